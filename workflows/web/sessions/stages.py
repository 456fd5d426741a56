"""A session in words and shapes: its path, the tone of its stages and seats."""

from typing import Any

from django.utils.translation import gettext as _

from workflows.flows.review_session import TASKS
from workflows.models import ReviewSession, Seat
from workflows.review.sessions.turns import Stage

STAGE_TONES = {
    Stage.PLANNED: "wait",
    Stage.DRAWING: "due",
    Stage.INVITING: "wait",
    Stage.CONFIRMED: "wait",
    Stage.HELD: "due",
    Stage.CONCLUDED: "due",
    Stage.SIGNED: "ok",
    Stage.CANCELLED: "",
}
SEAT_TONES = {
    Seat.State.PLANNED: "",
    Seat.State.INVITED: "wait",
    Seat.State.CONFIRMED: "ok",
    Seat.State.DECLINED: "no",
    Seat.State.SILENT: "no",
    Seat.State.RECUSED: "no",
    Seat.State.PREVENTED: "no",
    Seat.State.STOOD_DOWN: "",
}


def stage_words(session: ReviewSession, *, asked: bool) -> str:
    """The stage of a session in words; a panel that nobody has invited yet is not said to be."""
    if session.stage == Stage.INVITING and not asked:
        return _("Panel complete, not invited yet")
    return str(session.get_stage_display())


def path_of(session: ReviewSession, waiting: str) -> list[dict[str, Any]]:
    """The tasks of a session as a path strip; `waiting` is the open one, empty where none is."""
    names, found, past = list(TASKS), [], True
    for name in names:
        now = name == waiting
        past = past and not now
        state = "now" if now else "done" if past or session.stage == Stage.SIGNED else "ahead"
        if session.stage == Stage.CANCELLED:
            state = "ahead"
        found.append(
            {"name": TASKS[name], "state": state, "note": "", "who": str(session.secretary) if now else ""}
        )
    if session.stage == Stage.CANCELLED:
        found.append({"name": _("Cancelled"), "state": "stopped", "note": "", "who": ""})
    return found
