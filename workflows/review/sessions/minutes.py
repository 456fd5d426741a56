"""The minutes of a session as data: what is hashed, signed, and printed."""

import hashlib
from typing import Any

from workflows.dossier.plain import canonical, plain
from workflows.models import (
    Application,
    Conclusion,
    Conflict,
    Expert,
    ReviewSession,
    Seat,
    SessionItem,
    SessionNote,
)
from workflows.review.draw.drawing import sha256_of
from workflows.review.naming import hides_applicant, masked_text, presenter_as
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
                {"at": note.at, "what": note.what, "reason": _masked(session, note.reason), "data": note.data}
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
            # Each member of the panel reads and signs them.
            "applicant": "" if hides_applicant(item.application) else item.application.applicant.name,
            "presenter": presenter_as(item.application, item.presenter, None),
            "called_at": item.called_at, "questions_at": item.questions_at, "ended_at": item.ended_at,
            "left": left[item.application_id], "reviews": item.application.reviews_in,
            "outcome": kept.outcome, "score": kept.score, "cut_fen": kept.cut_fen, "opinion": kept.opinion,
            "revise_by": kept.revise_by, "concluded_by": str(kept.concluded_by), "concluded_at": kept.concluded_at,
        }
        for item in items
        if (kept := concluded.get(item.application_id)) is not None
    ]  # fmt: skip


def _masked(session: ReviewSession, reason: str) -> str:
    """A reason without the names that the panel is not to know."""
    if reason and session.round.declaration.blind.applicants:
        for case in Application.objects.filter(session_items__session=session).select_related("applicant"):
            reason = masked_text(case, reason)
    return reason


def minutes_for(session: ReviewSession, reader: Expert | None) -> dict[str, Any]:
    """The minutes as `reader` may read them: of a case that a conflict keeps them away from, that they were away.

    None reads all of them. Signed is the hash of all in any case.
    """
    minutes: dict[str, Any] = session.minutes or {}
    if reader is None:
        return minutes
    numbers = [one["number"] for one in minutes.get("cases", ())]
    kept = Conflict.objects.standing().filter(expert=reader, application__number__in=numbers)
    away = set(Application.objects.filter(pk__in=kept.values("application")).values_list("number", flat=True))
    cases = [
        {"position": one["position"], "number": one["number"], "withheld": True}
        if one["number"] in away
        else one
        for one in minutes.get("cases", ())
    ]
    return {**minutes, "cases": cases}


def sha256_of_minutes(minutes: dict[str, Any]) -> str:
    """What each member of the panel signs."""
    return hashlib.sha256(canonical(minutes).encode()).hexdigest()
