"""Making a session: its day, room and secretary, the cases in their running order; moving and cancelling it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import Max

from accounts.models import User
from config.words import T, listed
from workflows.engine import clock
from workflows.engine.clock import HERE
from workflows.engine.guards import spoken_day
from workflows.models import Application, Conclusion, ReviewSession, Room, Round, Seat, SessionItem
from workflows.review.counting import SITTING
from workflows.review.recusal.finding import find_conflicts
from workflows.review.sessions import news, refusals, seating
from workflows.review.sessions.assigning import assign, end_assignments
from workflows.review.sessions.letters import presenter_of
from workflows.review.sessions.places import confirmed, require_free
from workflows.review.sessions.turns import BEFORE, Stage, Turn, abandon, begin, require_own, turn

LEAST_SEATS = 5
MINUTES, QUESTION_MINUTES = 20, 10
NOON = 13


@dataclass(frozen=True, slots=True)
class Slot:
    """When and where a panel meets; all empty where its members score each on their own (函评)."""

    held_on: date | None = None
    half: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    room: Room | None = None


def slot(
    held_on: date, half: str, room: Room | None, *, hour: int = 0, minute: int = 0, minutes: int = 180
) -> Slot:
    """A half-day in a room: from `hour` (9:00 or 14:30 where none is given), for so many minutes."""
    if not hour:
        hour, minute = (9, 0) if half == "am" else (14, 30)
    starts = datetime(held_on.year, held_on.month, held_on.day, hour, minute, tzinfo=HERE)
    return Slot(held_on, half, starts, starts + timedelta(minutes=minutes), room)


def slot_from(starts_at: datetime, minutes: int, room: Room | None) -> Slot:
    """The slot that begins then and lasts so many minutes; before 13:00 here is the morning.

    Raises:
        TimesWrong: no such moment.
    """
    try:
        starts = starts_at.astimezone(HERE)
        ends = starts + timedelta(minutes=minutes)
    except OverflowError:
        raise refusals.TimesWrong from None
    return Slot(starts.date(), "am" if starts.hour < NOON else "pm", starts, ends, room)


def make(
    round_: Round,
    cases: Iterable[int],
    *,
    when: Slot,
    by: User,
    secretary: User | None = None,
    seats: int = LEAST_SEATS,
    minutes: int = MINUTES,
    question_minutes: int = QUESTION_MINUTES,
    at: datetime | None = None,
) -> ReviewSession:
    """A new session of a round with its cases in this order, and its process; its secretary holds the first task.

    Raises:
        NotTheirSession: `by` or the secretary is no clerk of the handling office.
        SeatsWrong, TimesWrong, RoomTaken: it cannot be held like that.
        SessionEmpty, CaseNotForSession, CaseElsewhere: its cases.
    """
    if seats < LEAST_SEATS or seats % 2 == 0:
        raise refusals.SeatsWrong(seats=seats)
    with transaction.atomic():
        Round.objects.select_for_update().get(pk=round_.pk)
        ordinal = (round_.sessions.aggregate(last=Max("ordinal"))["last"] or 0) + 1
        made = ReviewSession(
            round=round_, ordinal=ordinal, number=f"{round_.declaration.code}{round_.year}-S{ordinal:02d}",
            office_id=round_.handler_id, secretary=secretary or by, seats_wanted=seats, made_at=at or clock.now(),
        )  # fmt: skip
        require_own(made, by)
        require_own(made, made.secretary)
        _place(made, when)
        made.save()
        begin(made, at)
        with turn(made, by=by, at=at) as taken:
            _add(taken, list(cases), minutes, question_minutes)
            taken.note("made", seats=seats)
    return made


def add_cases(
    session: ReviewSession,
    cases: Iterable[int],
    *,
    by: User,
    minutes: int = MINUTES,
    question_minutes: int = QUESTION_MINUTES,
    at: datetime | None = None,
) -> None:
    """Put cases at the end of the running order; whoever has a confirmed seat reviews them too."""
    with turn(session, by=by, at=at) as taken:
        taken.require(*BEFORE)
        _add(taken, list(cases), minutes, question_minutes)
        assign(taken, confirmed(taken.session))


def take_out(session: ReviewSession, case: int, *, by: User, reason: str, at: datetime | None = None) -> None:
    """Take a case out of the running order, with the reason; its assignments here end.

    One that was called too, while the panel has not concluded: too few may be left who can.

    Raises:
        ItemConcluded: the panel has concluded on it.
    """
    with turn(session, by=by, at=at) as taken:
        taken.require(*BEFORE, Stage.HELD)
        item = _item(taken, case, reason)
        if Conclusion.objects.filter(application=case, replaced_at=None).exists():
            raise refusals.ItemConcluded(number=item.application.number)
        _leave(taken, item)
        taken.note("taken_out", reason, case=case, number=item.application.number)


def move(session: ReviewSession, case: int, to: int, *, by: User, at: datetime | None = None) -> None:
    """Give a case the place `to` (from 1) in the running order; the others make room."""
    with turn(session, by=by, at=at) as taken:
        taken.require(*BEFORE, Stage.HELD)
        items = _items(taken.session)
        wanted = next((item for item in items if item.application_id == case), None)
        if wanted is None:
            raise refusals.NotInSession(number=taken.session.number)
        items.remove(wanted)
        items.insert(min(max(to, 1), len(items) + 1) - 1, wanted)
        _number(items)
        taken.note("moved", case=case, to=items.index(wanted) + 1)


def hand_on(
    session: ReviewSession,
    case: int,
    to: ReviewSession,
    *,
    by: User,
    reason: str,
    at: datetime | None = None,
) -> None:
    """Move a case into another session of the round, at the end of its order."""
    with transaction.atomic():
        # In id order, so that two who move cases both ways do not wait for each other for ever.
        ids = sorted({session.pk, to.pk})
        list(ReviewSession.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk"))
        take_out(session, case, by=by, reason=reason, at=at)
        add_cases(to, [case], by=by, at=at)


def reschedule(
    session: ReviewSession, when: Slot, *, by: User, reason: str, at: datetime | None = None
) -> None:
    """Another time or place. Where the half-day changes, everybody who had confirmed is asked again.

    Raises:
        RoomTaken, TimesWrong: the new slot cannot be.
        ExpertElsewhere: a member of the panel sits elsewhere then.
    """
    with turn(session, by=by, at=at) as taken:
        taken.require(*BEFORE)
        _need(reason)
        before = (taken.session.held_on, taken.session.half)
        _place(taken.session, when)
        seats = list(Seat.objects.filter(session=taken.session, state__in=SITTING).select_related("expert"))
        for seat in seats:
            seat.held_on, seat.half = when.held_on, when.half
            require_free(taken.session, seat.expert)
        Seat.objects.bulk_update(seats, ["held_on", "half"])
        taken.note("rescheduled", reason, day=str(when.held_on or ""), half=when.half)
        if before != (when.held_on, when.half):
            seating.ask_again(taken, seats)
        news.session_moved(taken, seats)


def cancel(session: ReviewSession, *, by: User, reason: str, at: datetime | None = None) -> None:
    """The session is not held: its room, its experts and its cases are free again; everybody is told."""
    with turn(session, by=by, at=at) as taken:
        taken.require(*BEFORE, Stage.HELD)
        _need(reason)
        seats = list(Seat.objects.filter(session=taken.session, state__in=SITTING).select_related("expert"))
        news.cancelled(taken, seats, reason)
        seating.stand_down(taken, seats, reason)
        for item in _items(taken.session):
            item.removed_at = taken.at
            item.save(update_fields=["removed_at"])
        taken.session.stage, taken.session.cancelled_reason = Stage.CANCELLED, reason.strip()[:500]
        taken.note("cancelled", reason)
        abandon(taken.session, taken.at)


def name_presenter(item: SessionItem, *, name: str, email: str, by: User, at: datetime | None = None) -> None:
    """The applicant says who defends the case; `by` acts for the applicant, as their door has made sure.

    Whoever has a relative of that name is kept away from the case from now on.

    Raises:
        NotUnderstood: no name, or an address that is none.
    """
    if not name.strip():
        raise refusals.NotUnderstood(what=T("name of the presenter", "答辩人姓名"))
    if email.strip():
        try:
            validate_email(email.strip())
        except ValidationError:
            raise refusals.NotUnderstood(what=T("e-mail", "电子邮箱")) from None
    with turn(item.session, by=by, at=at, own=False) as taken:
        taken.require(*BEFORE, Stage.HELD)
        before = item.presenter_email
        item.presenter, item.presenter_email = name.strip()[:80], email.strip()
        item.save(update_fields=["presenter", "presenter_email"])
        taken.note("presenter", case=item.application_id, name=item.presenter)
        find_conflicts([item.application_id], at=at)
        if item.presenter_email != before and taken.session.notes.filter(what="session_confirmed").exists():
            news.presenter_named(taken, item)


def _add(taken: Turn, cases: Sequence[int], minutes: int, question_minutes: int) -> None:
    session = taken.session
    if not cases:
        raise refusals.SessionEmpty(number=session.number)
    found = {case.pk: case for case in Application.objects.filter(pk__any=cases)}
    over = {str(state) for state in session.round.declaration.states if state.outcome}
    wrong = [
        found[pk].number or "—" if pk in found else f"#{pk}"
        for pk in cases
        if pk not in found
        or found[pk].round_id != session.round_id
        or found[pk].number is None
        or found[pk].state in over
    ]
    if wrong:
        raise refusals.CaseNotForSession(names=listed(wrong))
    place = len(_items(session))
    taken_ones = SessionItem.objects.filter(application__in=cases, removed_at=None)
    if names := list(taken_ones.values_list("application__number", flat=True)):
        raise refusals.CaseElsewhere(names=listed(map(str, names)))
    try:
        with transaction.atomic():
            SessionItem.objects.bulk_create(
                SessionItem(
                    session=session, application_id=pk, position=place + n, minutes=minutes,
                    question_minutes=question_minutes, **presenter_of(found[pk]),
                )
                for n, pk in enumerate(dict.fromkeys(cases), 1)
            )  # fmt: skip
    except IntegrityError as race:
        raise refusals.CaseElsewhere(names=listed(str(found[pk].number) for pk in cases)) from race
    taken.note("cases", cases=[found[pk].number for pk in cases])


def _place(session: ReviewSession, when: Slot) -> None:
    """The session stands in that slot.

    Raises:
        TimesWrong, RoomTaken: it cannot.
    """
    if when.held_on is not None:
        if when.starts_at is None or when.ends_at is None or when.half not in ("am", "pm"):
            raise refusals.TimesWrong
        starts = when.starts_at.astimezone(HERE)
        in_half = starts.hour < NOON if when.half == "am" else starts.hour >= NOON - 1
        if starts.date() != when.held_on or not in_half or when.ends_at <= when.starts_at:
            raise refusals.TimesWrong
    if when.room is not None:
        Room.objects.select_for_update().get(pk=when.room.pk)
        there = ReviewSession.objects.filter(room=when.room, held_on=when.held_on, half=when.half)
        if other := there.exclude(pk=session.pk).exclude(stage=Stage.CANCELLED).first():
            raise refusals.RoomTaken(
                room=when.room.name,
                day=spoken_day(when.held_on) if when.held_on else "—",
                half=ReviewSession.Half(when.half).label,
                number=other.number,
            )
    session.held_on, session.half, session.room = when.held_on, when.half, when.room
    session.starts_at, session.ends_at = when.starts_at, when.ends_at


def _items(session: ReviewSession) -> list[SessionItem]:
    """The running order."""
    found = SessionItem.objects.filter(session=session, removed_at=None)
    return list(found.select_related("application").order_by("position", "pk"))


def _item(taken: Turn, case: int, reason: str) -> SessionItem:
    _need(reason)
    items = [item for item in _items(taken.session) if item.application_id == case]
    if not items:
        raise refusals.NotInSession(number=taken.session.number)
    return items[0]


def _leave(taken: Turn, item: SessionItem) -> None:
    item.removed_at = taken.at
    item.save(update_fields=["removed_at"])
    end_assignments(taken, [item.application_id], "taken out of the session")
    _number(_items(taken.session))


def _number(items: Sequence[SessionItem]) -> None:
    for place, item in enumerate(items, 1):
        item.position = place
    SessionItem.objects.bulk_update(items, ["position"])


def _need(reason: str) -> None:
    if not reason.strip():
        raise refusals.ReasonNeeded
