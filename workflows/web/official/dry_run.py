"""The dry run of a batch: every reason why its next step cannot be taken yet, before anybody presses anything."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count

from accounts.models import User
from config.words import T
from workflows.engine.asking import blockers
from workflows.engine.decide import same_person_elsewhere
from workflows.engine.guards import Reason
from workflows.models import Application, Batch, Person, Result
from workflows.rules import SCOPES
from workflows.web.desk.steps import address, mend

Stage = Batch.Stage
NEXT_STEP = {
    Stage.PREPARING: "approve",
    Stage.VERIFYING: "approve",
    Stage.APPROVING: "approve",
    Stage.RELEASING: "release_notice",
}
# Guards that speak of who presses, or of a task that is still to come: said above the button, not of each case.
OF_THE_BATCH = frozenset({"unverified", "four_eyes"})
NAMED = 8


@dataclass(frozen=True, slots=True)
class Named:
    """One case that is blocked, its own sentence, and where to mend it."""

    case: Application
    words: T | str
    url: str


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One reason, on how many cases, and some of them by name."""

    code: str
    count: int
    named: list[Named]

    @property
    def more(self) -> int:
        return self.count - len(self.named)


@dataclass(frozen=True, slots=True)
class DryRun:
    """All obstacles of the next step; `blocked` counts cases, one may have several."""

    obstacles: list[Obstacle]
    blocked: int

    @property
    def is_clear(self) -> bool:
        return not self.obstacles


def reasons_of(batch: Batch, ids: Sequence[int], user: User) -> dict[int, list[Reason]]:
    """Case id → what blocks the next step of the batch on it, whoever will press; set-based."""
    name = NEXT_STEP.get(Stage(batch.stage))
    if name is None or not ids:
        return {}
    step = batch.round.declaration.steps[name]
    guards = tuple(guard for guard in step.when if guard.code not in OF_THE_BATCH)
    return blockers(replace(step, by=frozenset(SCOPES), when=guards), ids, user)


def dry_run(batch: Batch, ids: Sequence[int], user: User, *, named: int = NAMED) -> DryRun:
    """Every obstacle of the next step of the batch whose cases are `ids`, the commonest first."""
    found: dict[str, list[tuple[int, Reason]]] = {}
    reasons = reasons_of(batch, ids, user)
    for pk, those in reasons.items():
        for reason in those:
            found.setdefault(reason.code, []).append((pk, reason))
    twice = _twice(batch)
    shown = {pk for those in found.values() for pk, _reason in those[:named]} | {
        pk for pk, _n in twice[:named]
    }
    cases = Application.objects.select_related("applicant").defer("answers", "sealed_answers").in_bulk(shown)
    obstacles = [
        Obstacle(code, len(those), [Named(cases[pk], r.words, mend(cases[pk], r)) for pk, r in those[:named]])
        for code, those in sorted(found.items(), key=lambda item: -len(item[1]))
    ]
    if twice:
        lines = [Named(cases[pk], _who(n), _people(pk)) for pk, n in twice[:named]]
        obstacles.append(Obstacle("duplicates", len(twice), lines))
    return DryRun(obstacles, len(reasons.keys() | {pk for pk, _n in twice}))


def _twice(batch: Batch) -> list[tuple[int, int]]:
    """(case, people) with granted people who by now stand in another application; approving would refuse them."""
    if NEXT_STEP.get(Stage(batch.stage)) != "approve":
        return []
    people = Person.objects.filter(application__batch=batch, result=Result.GRANTED).exclude(
        released__contains=["H01"]
    )
    rows: Any = (
        people.filter(same_person_elsewhere()).order_by().values("application").annotate(n=Count("pk"))
    )
    return [(row["application"], row["n"]) for row in rows.order_by("application")]


def _who(n: int) -> T:
    return T(
        f"{n} {'person stands' if n == 1 else 'people stand'} in another application of the year too: "
        "check for duplicates.",
        f"{n} 人同时出现在本年度另一份申报中，请先查重。",
    )


def _people(pk: int) -> str:
    return address("case_people", pk) + "?result=granted"
