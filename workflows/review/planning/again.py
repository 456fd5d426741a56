"""Proposing again with pins: what is kept or must not be; the rest changes as little as can be."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, time
from typing import Any

from django.db import transaction

from accounts.models import User
from config.nudge import nudge
from workflows.engine.case_fields import MOST
from workflows.engine.clock import HERE
from workflows.models import CaseField, ExpertField, PlanningRun, Round
from workflows.review.planning import runs
from workflows.review.planning.waiting import under_review
from workflows.rules import readable_by

END_OF_DAY = time(18, 0)
Pair = tuple[int, int]


def put(round_: Round, kind: str, asked: dict[str, Any], *, by: User) -> PlanningRun:
    """As `runs.ask`, and a worker begins as soon as this is committed.

    Raises:
        NotTheirRound: `by` is no clerk of the handling office.
    """
    run = runs.ask(round_, kind, asked, by=by)
    transaction.on_commit(lambda: nudge("workflows.work_out_planning", str(run.pk)))
    return run


def again(run: PlanningRun, pins: dict[str, Any], *, by: User) -> PlanningRun:
    """The same question once more, with these pins.

    Raises:
        NotTheirRound: `by` is no clerk of the handling office.
    """
    return put(run.round, run.kind, {**run.asked, **pins}, by=by)


def pinned_pairs(
    run: PlanningRun, *, shown: Collection[int], keep: Iterable[Pair], without: Iterable[Pair]
) -> dict[str, Any]:
    """Of the cases `shown`, these pairs are kept and those must not be; other cases keep their pins."""
    kept = [pair for pair in run.asked.get("pins", []) if pair[0] not in shown]
    pairs = {(case, expert) for case, expert, _ in run.found.get("pairs", [])}
    out = [one for one in without if one in pairs]
    pins = [list(one) for one in keep if one in pairs and one not in out]
    return {
        "pins": [*kept, *pins],
        "without": [*run.asked.get("without", []), *map(list, out)],
        "standing": [list(one) for one in sorted(pairs)],
    }


def place_of(one: dict[str, Any]) -> str:
    """The name of a planned session's half-day and room."""
    return f"{one['on']}.{one['half']}.{one['room']}"


def pinned_sessions(run: PlanningRun, *, keep: Collection[str], without: Collection[str]) -> dict[str, Any]:
    """The sessions at these places are kept; `without` names an expert whom a place must not have: `place.expert`."""
    case_pins: list[list[Any]] = []
    expert_pins: list[list[Any]] = []
    never = list(run.asked.get("without", []))
    for one in run.found.get("sessions", []):
        where, name = [one["on"], one["half"], one["room"]], place_of(one)
        out = {pk for pk in one["panel"] if f"{name}.{pk}" in without}
        never += [[pk, *where] for pk in sorted(out)]
        if name in keep:
            case_pins += [[pk, *where] for pk in one["cases"]]
            expert_pins += [[pk, *where] for pk in one["panel"] if pk not in out]
    standing = run.found.get("sessions", [])
    return {"case_pins": case_pins, "expert_pins": expert_pins, "without": never, "standing": standing}


def end_of(day: date) -> datetime:
    """Until when reviews are due that are due on a day."""
    return datetime.combine(day, END_OF_DAY, tzinfo=HERE)


def say_fields(round_: Round, said: dict[int, list[int]], *, by: User) -> int:
    """Case → the fields that it is about, instead of those that it had; of how many cases they are kept.

    What is not under review is left alone. At most `MOST` of a case, and none that is retired or unknown.
    """
    cases = list(
        readable_by(by).filter(under_review(round_), pk__in=said).order_by("pk").values_list("pk", flat=True)
    )
    known = set(ExpertField.objects.filter(retired_at=None).values_list("pk", flat=True))
    made = [
        CaseField(application_id=case, field_id=field)
        for case in cases
        for field in [one for one in dict.fromkeys(said[case]) if one in known][:MOST]
    ]
    with transaction.atomic():
        CaseField.objects.filter(application__in=cases).delete()
        CaseField.objects.bulk_create(made)
    return len(cases)
