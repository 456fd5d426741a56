"""A quota that crosses the employers: of the experts of each case so many know a field. Linear programming keeps it."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from config.words import T
from workflows.models import Application, Competence, ExpertField
from workflows.review.assignment.problem import Ints, Quota
from workflows.review.experts.eligible import with_parts

if TYPE_CHECKING:
    from workflows.review.assignment.loading import Asked


def quotas_by_field(
    asked: "Asked",
    cases: Sequence[Application],
    columns: Mapping[int, int],
    standing: Collection[tuple[int, int]],
    candidates: tuple[Ints, Ints, Ints],
) -> tuple[Quota, ...]:
    """One quota for each case that still needs experts of the field; none where nobody asked for it.

    Args:
        columns: expert → number.
        standing: (case, expert) by number who review already; those of the field count.
        candidates: the case and the expert of each candidate by number, and how many each case still wants.
    """
    field = ExpertField.objects.filter(pk=asked.quota_field).first() if asked.quota_field else None
    if field is None or asked.quota_least < 1:
        return ()
    rows = Competence.objects.filter(expert__in=list(columns), field__in=with_parts([field]))
    knows = np.zeros(len(columns), dtype=np.bool_)
    knows[[columns[expert] for expert in set(rows.values_list("expert", flat=True))]] = True
    case_of, expert_of, wanted = candidates
    have = np.zeros(len(cases), dtype=np.int64)
    for row, column in standing:
        have[row] += knows[column]
    # Candidates come in the order of their cases.
    inside = np.flatnonzero(knows[expert_of])
    ends = np.searchsorted(case_of[inside], np.arange(len(cases) + 1))
    found = []
    for row, case in enumerate(cases):
        least = min(asked.quota_least - int(have[row]), int(wanted[row]))
        if least > 0:
            pairs = inside[ends[row] : ends[row + 1]]
            name = T(f"{case.number}, {field.title_en}", f"{case.number}，{field.title_zh}")
            found.append(Quota(tuple(pairs.tolist()), least, int(wanted[row]), name))
    return tuple(found)
