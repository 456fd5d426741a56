"""Seats: planned, invited, confirmed or left; whoever leaves is followed by the seeded successor."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from accounts.models import User
from workflows.models import Expert, ReviewSession, Seat, SessionItem
from workflows.review.counting import SITTING
from workflows.review.sessions import news, redraw, refusals
from workflows.review.sessions.assigning import assign, end_of
from workflows.review.sessions.chairs import choose_chair
from workflows.review.sessions.places import confirmed, conflicts_of, of_session, place, sitting
from workflows.review.sessions.turns import BEFORE, Stage, Turn, open_task, turn

State = Seat.State
ANSWER_WITHIN = timedelta(hours=48)
# How a seat falls → the reason as a draw's certificate knows it.
FALLS = {
    State.DECLINED: "declined",
    State.SILENT: "no_answer",
    State.RECUSED: "conflict",
    State.PREVENTED: "prevented",
}


def seat(
    session: ReviewSession,
    experts: Sequence[Expert],
    *,
    by: User,
    reason: str,
    chair: Expert | None = None,
    outside: Iterable[Expert] = (),
    at: datetime | None = None,
) -> list[Seat]:
    """Seat these experts without a draw, with the reason (drawn on paper, say); the first chairs, or `chair`.

    Args:
        outside: those of them who are not in the field of the cases.

    Raises:
        CannotSit: one is not enrolled, has no account, or has a standing conflict with a case of the session.
        ExpertElsewhere: one sits elsewhere in the same half-day.
    """
    with turn(session, by=by, at=at) as taken:
        taken.require(Stage.PLANNED, Stage.INVITING, Stage.CONFIRMED)
        if not reason.strip():
            raise refusals.ReasonNeeded
        fields = {one.pk: True for one in experts} | {one.pk: False for one in outside}
        made = [place(taken, one, in_field=fields[one.pk]) for one in experts]
        choose_chair(taken, chair)
        taken.note("seated", reason, experts=[one.code for one in experts])
        if taken.session.stage == Stage.PLANNED:
            taken.session.stage = Stage.INVITING
            taken.finish("draw")
        elif (
            taken.session.stage == Stage.CONFIRMED
            or Seat.objects.filter(session=taken.session, invited_at__isnull=False).exists()
        ):
            ask(taken, made, taken.at + ANSWER_WITHIN)
    return made


def invite(
    session: ReviewSession, *, by: User, answer_by: datetime | None = None, at: datetime | None = None
) -> None:
    """Send every planned seat its invitation.

    Args:
        answer_by: until when they answer; 48 hours from now, and no later than the session begins, without.
    """
    with turn(session, by=by, at=at) as taken:
        taken.require(Stage.INVITING)
        seats = [one for one in sitting(taken.session) if one.state == State.PLANNED]
        ask(taken, seats, answer_by or taken.at + ANSWER_WITHIN)
        taken.finish("invite")


def ask(taken: Turn, seats: Sequence[Seat], answer_by: datetime) -> None:
    """These seats are invited now."""
    if taken.session.starts_at is not None and taken.at < taken.session.starts_at:
        answer_by = min(answer_by, taken.session.starts_at)
    for one in seats:
        one.state, one.invited_at, one.answer_by = State.INVITED, taken.at, answer_by
        one.reminded_at = one.answered_at = None
        one.save(update_fields=["state", "invited_at", "answer_by", "reminded_at", "answered_at"])
        taken.note("invited", expert=one.expert.code, answer_by=answer_by.isoformat())
    news.invited(taken, seats)


def ask_again(taken: Turn, seats: Sequence[Seat]) -> None:
    """Everybody who was asked is asked again: what they said was about another half-day."""
    asked = [one for one in seats if one.state in (State.INVITED, State.CONFIRMED)]
    end_of(taken, asked, "rescheduled")
    ask(taken, asked, taken.at + ANSWER_WITHIN)
    if taken.session.stage == Stage.CONFIRMED:
        taken.session.stage = Stage.INVITING


def accept(one: Seat, *, by: User, at: datetime | None = None) -> None:
    """The expert will come: the cases of the session without a conflict are theirs to review.

    Raises:
        SeatAnswered: the invitation is not open (any more).
        ConflictStands: with one of the cases, by now.
    """
    with turn(one.session, by=by, at=at, own=False) as taken:
        mine = _invited(taken, one)
        if mine.expert_id in conflicts_of([taken.session], [mine.expert_id]):
            raise refusals.ConflictStands(expert=mine.expert.code)
        mine.state, mine.answered_at, mine.reminded_at = State.CONFIRMED, taken.at, None
        mine.save(update_fields=["state", "answered_at", "reminded_at"])
        taken.note("confirmed", expert=mine.expert.code)
        assign(taken, [mine])


def decline(one: Seat, *, by: User, reason: str, at: datetime | None = None) -> None:
    """The expert will not come; the seeded successor is invited by itself.

    Raises:
        SeatAnswered: the invitation is not open (any more).
        ReasonNeeded: no reason is given.
    """
    if not reason.strip():
        raise refusals.ReasonNeeded
    with turn(one.session, by=by, at=at, own=False) as taken:
        fall(taken, _invited(taken, one), State.DECLINED, reason)


def drop(one: Seat, how: State, *, by: User, reason: str, at: datetime | None = None) -> None:
    """The secretary notes that a member is prevented or has to recuse themselves; a successor is invited."""
    if not reason.strip():
        raise refusals.ReasonNeeded
    with turn(one.session, by=by, at=at) as taken:
        taken.require(*BEFORE, Stage.HELD)
        held = of_session(Seat.objects.select_related("expert").get(pk=one.pk), taken.session)
        if held.state not in SITTING or how not in (State.PREVENTED, State.RECUSED):
            raise refusals.SeatAnswered(state=held.get_state_display())
        fall(taken, held, how, reason)


def fall(taken: Turn, one: Seat, how: State, reason: str) -> Seat | None:
    """A seat falls; its assignments end, and whoever follows by the draw's order is invited. The new seat, if any."""
    asked = one.invited_at is not None
    one.state, one.reason = how, reason.strip()[:500]
    one.answered_at = one.answered_at or (taken.at if how == State.DECLINED else None)
    was_chair, one.is_chair = one.is_chair, False
    one.save(update_fields=["state", "reason", "answered_at", "is_chair"])
    end_of(taken, [one], str(FALLS[how]))
    taken.note(how, reason, expert=one.expert.code)
    follower = redraw.follow(taken, one, FALLS[how])
    if follower is not None and asked:
        ask(taken, [follower], taken.at + ANSWER_WITHIN)
    if follower is None:
        news.nobody_follows(taken, one)
    if taken.session.stage == Stage.CONFIRMED:
        taken.session.stage = Stage.INVITING
    if was_chair:
        choose_chair(taken)
    return follower


def confirm(session: ReviewSession, *, by: User, at: datetime | None = None) -> None:
    """Every seat is confirmed: the session stands; presenters are told when, where and what to bring.

    Raises:
        SeatsOpen: some seats wait for an answer.
        SessionEmpty: it has no cases.
    """
    with turn(session, by=by, at=at) as taken:
        taken.require(Stage.INVITING)
        sure = confirmed(taken.session)
        if len(sure) < taken.session.seats_wanted:
            raise refusals.SeatsOpen(confirmed=len(sure), wanted=taken.session.seats_wanted)
        if not SessionItem.objects.filter(session=taken.session, removed_at=None).exists():
            raise refusals.SessionEmpty(number=taken.session.number)
        taken.session.stage = Stage.CONFIRMED
        taken.note("session_confirmed")
        # Confirmed once more after a seat fell: the task is done, and the presenters have been told.
        waiting = open_task(taken.session)
        if waiting is not None and waiting.flow_task.name == "confirm":
            taken.finish("confirm")
            news.presenters_asked(taken)


def stand_down(taken: Turn, seats: Sequence[Seat], reason: str) -> None:
    """These seats are not needed any more."""
    end_of(taken, seats, "stood down")
    Seat.objects.filter(pk__in=[one.pk for one in seats]).update(
        state=State.STOOD_DOWN, reason=reason.strip()[:500]
    )


def _invited(taken: Turn, one: Seat) -> Seat:
    """The seat under the lock, still waiting for an answer.

    Raises:
        SeatAnswered: it is not.
    """
    found = of_session(Seat.objects.select_related("expert__user").get(pk=one.pk), taken.session)
    # Who follows a member that fell on the day can still come.
    if found.state != State.INVITED or taken.session.stage not in (*BEFORE, Stage.HELD):
        raise refusals.SeatAnswered(state=found.get_state_display())
    return found
