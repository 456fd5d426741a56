"""The chair: the first in the field as drawn, or whom the panel chooses."""

from datetime import datetime

from accounts.models import User
from workflows.models import Expert, ReviewSession, Seat
from workflows.review.sessions import refusals
from workflows.review.sessions.places import sitting
from workflows.review.sessions.turns import Stage, Turn, turn


def choose_chair(taken: Turn, expert: Expert | None = None, reason: str = "") -> Seat | None:
    """`expert` chairs; without one, the first in the field, in the order in which they were seated."""
    seats = sitting(taken.session)
    chosen = next((one for one in seats if expert is not None and one.expert_id == expert.pk), None)
    chosen = chosen or next((one for one in seats if one.in_field), None)
    if expert is not None and (chosen is None or chosen.expert_id != expert.pk):
        raise refusals.NotPresent(expert=expert.code)
    if chosen is None or chosen.is_chair:
        return chosen
    Seat.objects.filter(session=taken.session, is_chair=True).update(is_chair=False)
    chosen.is_chair = True
    chosen.save(update_fields=["is_chair"])
    taken.note("chair", reason, expert=chosen.expert.code, how="panel" if expert else "first in the field")
    return chosen


def appoint_chair(
    session: ReviewSession, expert: Expert, *, by: User, reason: str, at: datetime | None = None
) -> None:
    """The panel chose another chair; the minutes say so."""
    with turn(session, by=by, at=at) as taken:
        taken.require(Stage.INVITING, Stage.CONFIRMED, Stage.HELD)
        if not reason.strip():
            raise refusals.ReasonNeeded
        choose_chair(taken, expert, reason)
