"""A plan becomes sessions: made in the round's order, with their panels seated or left to the draw."""

from datetime import date

from django.db import transaction

from accounts.models import User
from config.errors import Refusal
from config.words import T
from workflows.models import Expert, PlanningRun, ReviewSession, Room
from workflows.review.planning.runs import Stage, accepted, opened, require_clerk
from workflows.review.sessions.making import MINUTES, QUESTION_MINUTES, make, slot
from workflows.review.sessions.seating import seat

SEATED = T(en="Planned together with rooms and times", zh="与时间、会议室统一排定")


class PlanOutdated(Refusal):
    """Since it was worked out, somebody on a panel has left the database, or a room is gone."""

    code = "plan_outdated"
    status = 409
    words = T(
        en="Since this was worked out, some experts or rooms are no longer there. Plan again.",
        zh="方案生成后，部分专家或会议室已不可用。请重新安排。",
    )


def accept(run: PlanningRun, *, by: User, panels: bool) -> list[ReviewSession]:
    """Make every session of the plan, all or none; `panels`: seat the planned experts too, else they are drawn.

    Nobody is told: seats are planned, invitations are sent from each session.

    Raises:
        NotTheirRound, ProposalSettled: it is not theirs to accept, or not any more.
        PlanOutdated: somebody or some room is gone.
        RoomTaken, CaseElsewhere, CaseNotForSession, ConflictStands, ExpertElsewhere, CannotSit: what has changed since.
    """
    require_clerk(run.round, by)
    with transaction.atomic():
        locked = opened(run, Stage.READY)
        planned = locked.found["sessions"]
        rooms = Room.objects.filter(closed_at=None).in_bulk({one["room"] for one in planned})
        experts = Expert.objects.select_related("user").in_bulk(
            {pk for one in planned for pk in one["panel"]}
        )
        made = []
        for one in planned:
            if one["room"] not in rooms or any(pk not in experts for pk in one["panel"]):
                raise PlanOutdated
            when = slot(
                date.fromisoformat(one["on"]), one["half"], rooms[one["room"]],
                minutes=len(one["cases"]) * (MINUTES + QUESTION_MINUTES),
            )  # fmt: skip
            session = make(locked.round, one["cases"], when=when, by=by, seats=len(one["panel"]))
            if panels:
                outside = [experts[pk] for pk in one["outside"]]
                seat(
                    session, [experts[pk] for pk in one["panel"]], by=by, reason=str(SEATED), outside=outside
                )
            made.append(session)
        accepted(locked, by)
    return made
