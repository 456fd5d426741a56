"""A round's cases and the experts of its office as a question: a dozen statements, whatever their number."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import Count

from workflows.models import (
    Application,
    Assignment,
    Bid,
    CaseField,
    Competence,
    Conflict,
    Expert,
    ExpertField,
    ExpertPost,
    Round,
)
from workflows.review.assignment.affinity import bid_share, by_fields, closeness, known, quality
from workflows.review.assignment.crossing import quotas_by_field
from workflows.review.assignment.problem import Bools, Problem, problem
from workflows.review.assignment.texts import vectors
from workflows.review.planning.waiting import under_review

# So many candidates a case, the best of them, where every pair would be too many.
CANDIDATES, ALL_UP_TO = 100, 1_000_000
# An expert who says that they cannot judge a case is no candidate.
CANNOT = -2
TEXT_LEAST = 4


@dataclass(frozen=True, slots=True)
class Asked:
    """What the office asks: experts a case, least and most cases an expert, pairs that are forced or left out.

    With `standing` pairs (of the proposal before) as few new ones as can be are proposed.
    """

    reviews: int = 3
    least: int = 0
    most: int = 10
    pins: frozenset[tuple[int, int]] = frozenset()
    without: frozenset[tuple[int, int]] = frozenset()
    standing: frozenset[tuple[int, int]] = frozenset()
    # Of the experts of each case so many know this field, or a part of it.
    quota_field: int | None = None
    quota_least: int = 0

    @classmethod
    def of(cls, asked: dict[str, Any]) -> "Asked":
        """As a run keeps it; pairs are [case, expert]."""
        return cls(
            int(asked.get("reviews", 3)),
            int(asked.get("least", 0)),
            int(asked.get("most", 10)),
            pins=_pairs(asked.get("pins", ())),
            without=_pairs(asked.get("without", ())),
            standing=_pairs(asked.get("standing", ())),
            quota_field=asked.get("quota_field"),
            quota_least=int(asked.get("quota_least") or 0),
        )


@dataclass(frozen=True, slots=True)
class Loaded:
    """The question, with the ids behind its numbers."""

    problem: Problem
    cases: list[int]
    experts: list[int]


def load(round_: Round, asked: Asked) -> Loaded:
    """Everything that assigning needs to know of a round.

    An expert counts with an account, enrolled by the round's office. A pair is no candidate where a conflict stands,
    where the expert was assigned before (and declined, was recused, or still reviews), where one of the same employer
    reviews already, or where they bid that they cannot judge it.
    """
    cases = list(
        Application.objects.filter(under_review(round_))
        .select_related("applicant")
        .only("number", "answers", "applicant__name")
        .order_by("pk")
    )
    experts = list(
        Expert.objects.enrolled().filter(office=round_.handler_id, user__isnull=False).order_by("pk")
    )
    rows, columns = {one.pk: n for n, one in enumerate(cases)}, {one.pk: n for n, one in enumerate(experts)}
    table = _Table(rows, columns)
    posts = table.posts()
    taken, held = table.assignments()
    open_to = table.open_pairs(taken, posts) & ~_mask(asked.without, rows, columns)
    forced = _mask(asked.pins, rows, columns) & open_to
    fit = _quality(cases, table)
    chosen = _best(open_to, fit, forced)
    case_of, expert_of = np.nonzero(chosen)
    busy = busy_elsewhere(round_)
    free = [
        min(asked.most, one.load_limit - busy.get(one.pk, 0)) - has
        for one, has in zip(experts, held, strict=True)
    ]
    most = np.maximum(np.array(free, dtype=np.int64), 0)
    least = np.minimum(np.maximum(asked.least - np.array(held, dtype=np.int64), 0), most)
    standing = np.zeros(len(cases), dtype=np.int64)
    for row, _ in taken.standing:
        standing[row] += 1
    wanted = np.maximum(asked.reviews - standing, 0)
    asked_for = problem(
        case_of, expert_of, fit[chosen],
        wanted=wanted, least=least, most=most,
        employer_of=[posts.get(number, -1) for number in range(len(experts))],
        pinned=forced[chosen],
        standing=_mask(asked.standing, rows, columns)[chosen] if asked.standing else None,
        quotas=quotas_by_field(asked, cases, columns, taken.standing, (case_of, expert_of, wanted)),
        case_names=tuple(f"{one.number} {one.applicant.name}" for one in cases),
        expert_names=tuple(f"{one.name} {one.code}" for one in experts),
    )  # fmt: skip
    return Loaded(asked_for, list(rows), list(columns))


def busy_elsewhere(round_: Round) -> dict[int, int]:
    """How many cases of other rounds the experts of its office have in hand."""
    rows = (
        Assignment.objects.filter(expert__office=round_.handler_id, submitted_at=None, abstained_at=None)
        .exclude(state=Assignment.State.ENDED)
        .exclude(application__round=round_)
        .order_by()
        .values_list("expert")
    )
    return dict(rows.annotate(n=Count("*")))


@dataclass(frozen=True, slots=True)
class _Taken:
    """(row, column) that stand, and those that ended."""

    standing: frozenset[tuple[int, int]]
    ended: frozenset[tuple[int, int]]


class _Table:
    """What the database knows of pairs, by row (case) and column (expert)."""

    def __init__(self, rows: dict[int, int], columns: dict[int, int]) -> None:
        self.rows, self.columns = rows, columns
        self.shape = (len(rows), len(columns))

    def posts(self) -> dict[int, int]:
        """The number of each expert's present employer; firms of one group are one."""
        names: dict[str, int] = {}
        found = {}
        posts = ExpertPost.objects.filter(
            expert__in=list(self.columns), kind=ExpertPost.Kind.EMPLOYED, until_on=None
        ).order_by("from_on", "pk")
        for expert, group, code, name in posts.values_list(
            "expert", "group_code", "credit_code", "organisation"
        ):
            found[self.columns[expert]] = names.setdefault(group or code or name.strip(), len(names))
        return found

    def assignments(self) -> tuple[_Taken, list[int]]:
        """What stands and what ended; how many cases of these each expert has."""
        held = [0] * len(self.columns)
        standing, ended = set(), set()
        rows = Assignment.objects.filter(application__in=list(self.rows), expert__in=list(self.columns))
        for case, expert, state in rows.exclude(state=Assignment.State.PROPOSED).values_list(
            "application", "expert", "state"
        ):
            pair = self.rows[case], self.columns[expert]
            if state == Assignment.State.STANDING:
                standing.add(pair)
                held[pair[1]] += 1
            else:
                ended.add(pair)
        return _Taken(frozenset(standing), frozenset(ended)), held

    def open_pairs(self, taken: _Taken, posts: dict[int, int]) -> Bools:
        """Which pairs are candidates."""
        found = np.ones(self.shape, dtype=np.bool_)
        conflicts = Conflict.objects.standing().filter(
            application__in=list(self.rows), expert__in=list(self.columns)
        )
        for case, expert in conflicts.values_list("application", "expert"):
            found[self.rows[case], self.columns[expert]] = False
        for pair in (*taken.standing, *taken.ended):
            found[pair] = False
        bids = Bid.objects.filter(
            application__in=list(self.rows), expert__in=list(self.columns), value=CANNOT
        )
        for case, expert in bids.values_list("application", "expert"):
            found[self.rows[case], self.columns[expert]] = False
        colleagues: dict[int, list[int]] = defaultdict(list)
        for column, employer in posts.items():
            colleagues[employer].append(column)
        for row, column in taken.standing:
            if column in posts:
                found[row, colleagues[posts[column]]] = False
        return found

    def bids(self) -> Any:
        """The bids as shares; nothing where nobody bids."""
        found = np.full(self.shape, bid_share(0), dtype=np.float32)
        bids = Bid.objects.filter(application__in=list(self.rows), expert__in=list(self.columns))
        given = list(bids.values_list("application", "expert", "value"))
        for case, expert, value in given:
            found[self.rows[case], self.columns[expert]] = bid_share(value)
        return found if given else None


def _quality(cases: list[Application], table: _Table) -> Any:
    """How well everybody fits every case."""
    fields = list(ExpertField.objects.values_list("pk", "parent", "title_zh", "title_en"))
    place, close = closeness({pk: parent for pk, parent, *_ in fields})
    words = {pk: f"{zh} {en}" for pk, _, zh, en in fields}
    competences = [
        (table.columns[expert], field, strength)
        for expert, field, strength in Competence.objects.filter(expert__in=list(table.columns)).values_list(
            "expert", "field", "strength"
        )
    ]
    of_case: dict[int, list[int]] = defaultdict(list)
    for case, field in CaseField.objects.filter(application__in=list(table.rows)).values_list(
        "application", "field"
    ):
        of_case[case].append(field)
    by_field = None
    if of_case and competences:
        knowing = known(len(table.columns), competences, place, close)
        by_field = by_fields([of_case[case.pk] for case in cases], knowing, place)
    knows: dict[int, list[str]] = defaultdict(list)
    for column, field, strength in competences:
        knows[column] += [words[field]] * strength
    rows = vectors(
        [text_of(case) for case in cases] + [" ".join(knows[column]) for column in range(table.shape[1])]
    )
    near = rows[: len(cases)] @ rows[len(cases) :].T
    by_text = near / near.max() if near.size and near.max() > 0 else None
    bids = table.bids()
    if by_field is None and by_text is None and bids is None:
        return np.full(table.shape, 500, dtype=np.int64)
    return quality(by_field, by_text, bids)


def text_of(case: Application) -> str:
    """The words that an applicant wrote, of the answers that are text."""
    found: list[str] = []

    def gather(value: Any) -> None:
        if isinstance(value, str) and len(value) >= TEXT_LEAST:
            found.append(value)
        elif isinstance(value, dict):
            for one in value.values():
                gather(one)
        elif isinstance(value, list):
            for one in value:
                gather(one)

    gather(case.answers)
    return " ".join(found)


def _best(open_to: Bools, fit: Any, forced: Bools) -> Bools:
    """Every open pair, or of very many the best of each case, and those that are forced."""
    if int(open_to.sum()) <= ALL_UP_TO:
        return open_to
    ranked = np.where(open_to, fit, -1)
    cut = np.partition(ranked, -CANDIDATES, axis=1)[:, -CANDIDATES]
    chosen: Bools = open_to & (ranked >= np.maximum(cut, 0)[:, None]) | forced
    return chosen


def _mask(pairs: frozenset[tuple[int, int]], rows: dict[int, int], columns: dict[int, int]) -> Bools:
    found = np.zeros((len(rows), len(columns)), dtype=np.bool_)
    for case, expert in pairs:
        if case in rows and expert in columns:
            found[rows[case], columns[expert]] = True
    return found


def _pairs(given: Any) -> frozenset[tuple[int, int]]:
    return frozenset((int(case), int(expert)) for case, expert in given)
