"""The proposal of who reviews what, as rows: loads, fit, what is missing, and the pairs case by case."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from accounts.models import User
from config.words import T
from workflows.models import Application, ApplicationQuerySet, Expert, PlanningRun
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
    cases = cases_of(run, user)
    page = page_of(cases, query, by="pk", total=len(_proposed(run)))
    return {"page": page, "rows": rows_of(run, page.rows), **figures_of(run)}


def _proposed(run: PlanningRun) -> set[int]:
    return {case for case, *_ in (*run.found["pairs"], *run.found["short"])}


def cases_of(run: PlanningRun, user: User) -> ApplicationQuerySet:
    """The cases that the proposal is about, as far as `user` may read them."""
    found = readable_by(user).filter(pk__in=_proposed(run))
    return found.select_related("applicant").defer("answers")


def rows_of(run: PlanningRun, cases: Sequence[Application]) -> list[CaseRow]:
    """These cases with their proposed experts, the fittest first; one statement."""
    by_case: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for case, expert, fit in run.found["pairs"]:
        by_case[case].append((expert, fit))
    short = {case for case, _, _ in run.found["short"]}
    experts = Expert.objects.in_bulk({expert for one in cases for expert, _ in by_case[one.pk]})
    pinned = {(case, expert) for case, expert in run.asked.get("pins", [])}
    return [
        CaseRow(
            one,
            [
                Given(experts[expert], round(fit / PER_CENT), (one.pk, expert) in pinned)
                for expert, fit in sorted(by_case[one.pk], key=lambda given: -given[1])
            ],
            one.pk in short,
        )
        for one in cases
    ]


def figures_of(run: PlanningRun) -> dict[str, Any]:
    """Loads, fit, what is lacking and which ways there are."""
    found = run.found
    loads = Counter(Counter(expert for _, expert, _ in found["pairs"]).values())
    loads[0] = found["experts"] - sum(loads.values())
    fits = [fit for _, _, fit in found["pairs"]]
    return {
        "loads": [Load(cases, experts) for cases, experts in sorted(loads.items()) if experts],
        "fit": round(sum(fits) / len(fits) / PER_CENT) if fits else None,
        "worst": round(min(fits) / PER_CENT) if fits else None,
        "lacking": [T(en=en, zh=zh) for en, zh in found["lacking"]],
        "ways": [T(en=en, zh=zh) for en, zh in found["ways"]],
        "short": len({case for case, _, _ in found["short"]}),
    }
