"""The plan of sessions, as rows: when and where, the panel, the running order."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts.models import User
from config.words import T
from workflows.models import Application, Expert, PlanningRun, ReviewSession, Room
from workflows.rules import readable_by


@dataclass(frozen=True, slots=True)
class Planned:
    """A session of the plan. `place` names its half-day and room in a form."""

    on: date
    half: str
    room: Room | None
    cases: list[Application]
    panel: list[Expert]
    outside: set[int]
    place: str
    kept: bool


def planned(run: PlanningRun, user: User) -> dict[str, Any]:
    """What the preview shows: three statements."""
    sessions = run.found["sessions"]
    rooms = Room.objects.in_bulk({one["room"] for one in sessions})
    experts = Expert.objects.in_bulk({pk for one in sessions for pk in one["panel"]})
    cases = (
        readable_by(user)
        .filter(pk__in={pk for one in sessions for pk in one["cases"]})
        .select_related("applicant")
        .defer("answers")
        .in_bulk()
    )
    kept = {tuple(where) for _, *where in run.asked.get("case_pins", [])}
    rows = [
        Planned(
            date.fromisoformat(one["on"]),
            str(ReviewSession.Half(one["half"]).label),
            rooms.get(one["room"]),
            [cases[pk] for pk in one["cases"] if pk in cases],
            [experts[pk] for pk in one["panel"] if pk in experts],
            set(one["outside"]),
            f"{one['on']}.{one['half']}.{one['room']}",
            (one["on"], one["half"], one["room"]) in kept,
        )
        for one in sessions
    ]
    warning = run.found.get("warning")
    loads = [sum(pk in one["panel"] for one in sessions) for pk in experts]
    return {
        "rows": rows,
        "warning": T(en=warning[0], zh=warning[1]) if warning else None,
        "most_sessions": max(loads, default=0),
        "sitting": len(experts),
    }
