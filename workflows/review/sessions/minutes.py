"""The minutes of a session as data: what is hashed, signed, and printed."""

import hashlib
from typing import Any

from workflows.dossier.plain import canonical, plain
from workflows.models import Conclusion, ReviewSession, Seat, SessionItem, SessionNote
from workflows.review.draw.drawing import sha256_of
from workflows.review.sessions.holding import leaving
from workflows.review.sessions.turns import Turn

FORMAT = "bailu.minutes.1"
# What of the notes is told in the minutes.
TOLD = ("seated", "drawn", "declined", "silent", "recused", "prevented", "redrawn", "no_successor", "chair",
        "taken_out", "rescheduled")  # fmt: skip


def minutes_of(taken: Turn) -> dict[str, Any]:
    """The minutes as they stand, of a session whose cases are all concluded."""
    session = taken.session
    seats = Seat.objects.filter(session=session, state=Seat.State.CONFIRMED).select_related("expert")
    found: dict[str, Any] = plain(
        {
            "format": FORMAT,
            "number": session.number,
            "round": session.round.title,
            "office": session.office.name,
            "secretary": str(session.secretary),
            "held_on": session.held_on,
            "half": session.half,
            "room": session.room.name if session.room else "",
            "place": session.room.place if session.room else "",
            "opened_at": session.opened_at,
            "concluded_at": session.concluded_at,
            "draw": {
                "announced_sha256": session.announced_sha256,
                "certificate_sha256": sha256_of(session.certificate) if session.certificate else "",
            },
            "panel": [
                {
                    "code": one.expert.code, "name": one.expert.name, "chair": one.is_chair, "in_field": one.in_field,
                    "signed_in_at": one.signed_in_at,
                }
                for one in seats.order_by("pk")
            ],
            "cases": _cases(session),
            "notes": [
                {"at": note.at, "what": note.what, "reason": note.reason, "data": note.data}
                for note in SessionNote.objects.filter(session=session, what__in=TOLD).order_by("pk")
            ],
        }
    )  # fmt: skip
    return found


def _cases(session: ReviewSession) -> list[dict[str, Any]]:
    left = leaving(session)
    items = (
        SessionItem.objects.filter(session=session, removed_at=None)
        .select_related("application__applicant")
        .order_by("position")
    )
    now = Conclusion.objects.filter(replaced_at=None, application__session_items__in=items)
    concluded = {one.application_id: one for one in now.select_related("concluded_by")}
    return [
        {
            "position": item.position, "number": item.application.number,
            "applicant": item.application.applicant.name, "presenter": item.presenter,
            "called_at": item.called_at, "questions_at": item.questions_at, "ended_at": item.ended_at,
            "left": left[item.application_id], "reviews": item.application.reviews_in,
            "outcome": kept.outcome, "score": kept.score, "cut_fen": kept.cut_fen, "opinion": kept.opinion,
            "revise_by": kept.revise_by, "concluded_by": str(kept.concluded_by), "concluded_at": kept.concluded_at,
        }
        for item in items
        if (kept := concluded.get(item.application_id)) is not None
    ]  # fmt: skip


def sha256_of_minutes(minutes: dict[str, Any]) -> str:
    """What each member of the panel signs."""
    return hashlib.sha256(canonical(minutes).encode()).hexdigest()
