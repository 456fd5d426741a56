"""The proposal of who reviews what, as rows: loads, fit, what is missing, and the pairs case by case."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from accounts.models import User
from config.words import T
from workflows.models import Application, Expert, PlanningRun
from workflows.rules import readable_by
from workflows.web.paging import page_of

# In whole per cent; qualities are per mille.
PER_CENT = 10


@dataclass(frozen=True, slots=True)
class Given:
    """An expert for a case, with how well they fit and whether the pair is forced."""

    expert: Expert
    fit: int
    pinned: bool


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case with its proposed experts."""

    case: Application
    given: list[Given]
    short: bool


@dataclass(frozen=True, slots=True)
class Load:
    """How many experts have so many cases."""

    cases: int
    experts: int


def assigned(run: PlanningRun, user: User, query: QueryDict) -> dict[str, Any]:
    """What the preview shows; a handful of statements, whatever the number of pairs."""
    found = run.found
    by_case: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for case, expert, fit in found["pairs"]:
        by_case[case].append((expert, fit))
    short = {case for case, _, _ in found["short"]}
    cases = readable_by(user).filter(pk__in={*by_case, *short}).select_related("applicant").defer("answers")
    page = page_of(cases, query, by="pk", total=len({*by_case, *short}))
    shown = [one.pk for one in page.rows]
    experts = Expert.objects.in_bulk({expert for case in shown for expert, _ in by_case[case]})
    pinned = {(case, expert) for case, expert in run.asked.get("pins", [])}
    rows = [
        CaseRow(
            one,
            [
                Given(experts[expert], round(fit / PER_CENT), (one.pk, expert) in pinned)
                for expert, fit in sorted(by_case[one.pk], key=lambda given: -given[1])
            ],
            one.pk in short,
        )
        for one in page.rows
    ]
    loads = Counter(Counter(expert for _, expert, _ in found["pairs"]).values())
    loads[0] = found["experts"] - sum(loads.values())
    fits = [fit for _, _, fit in found["pairs"]]
    return {
        "page": page,
        "rows": rows,
        "loads": [Load(cases, experts) for cases, experts in sorted(loads.items()) if experts],
        "fit": round(sum(fits) / len(fits) / PER_CENT) if fits else None,
        "worst": round(min(fits) / PER_CENT) if fits else None,
        "lacking": [T(en=en, zh=zh) for en, zh in found["lacking"]],
        "ways": [T(en=en, zh=zh) for en, zh in found["ways"]],
        "short": len(short),
    }
