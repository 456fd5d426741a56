"""Sessions from the other side of the table: an expert's own seats, and the applicant's defence."""

from typing import Annotated, Any

from django.http import Http404, HttpRequest
from ninja import Schema
from pydantic import StringConstraints

from accounts.models import Role, Scope
from workflows.api.bearer import asker
from workflows.api.case_out import iso
from workflows.api.kinds import After, Digest, Id, Limit, Rows, Sentence
from workflows.api.lists import page_of
from workflows.api.routes import EMPLOYER, Declare, Routes
from workflows.models import Assignment, Seat, SessionItem
from workflows.review.sessions import concluding, holding, seating
from workflows.review.sessions.making import name_presenter
from workflows.review.sessions.minutes import minutes_for
from workflows.review.sessions.turns import BEFORE, Stage
from workflows.web.public.throttle import count_try
from workflows.web.sessions.defence import defence_of
from workflows.web.sessions.scope import seats_by
from workflows.web.sessions.seat import CODE_SECONDS, CODE_TRIES, read_seat

EXPERT = frozenset({Role.EXPERT})
routes = Routes("One’s seats")


class MySeatOut(Schema):
    """One's own seat in a session."""

    id: int
    session: str
    round: int
    state: str
    state_label: str
    stage: str
    is_chair: bool
    starts_at: str | None
    ends_at: str | None
    room: str | None
    answer_by: str | None
    signed_in_at: str | None
    signed_at: str | None


class MySeatWhole(MySeatOut):
    """One's seat: how many cases are heard, which of them are one's own to review, what can be done now."""

    cases: int
    mine: list[int]
    may_answer: bool
    may_sign_in: bool
    may_sign: bool
    minutes_sha256: str | None


class MyMinutesOut(Schema):
    """The minutes as a member reads them; of a case that a conflict keeps them away from, only that it was heard.

    `sha256` is over all of them, and is what is signed.
    """

    sha256: str
    minutes: dict[str, Any]


class NotComingIn(Schema):
    """Why one does not come."""

    reason: Sentence


class CodeIn(Schema):
    """The six digits on the board."""

    code: Annotated[str, StringConstraints(max_length=20)]


class SignedIn(Schema):
    """The hash of the minutes that one has read."""

    sha256: Digest


class DefenceOut(Schema):
    """When and where the case is heard; all null before the session is confirmed."""

    case: int
    session: str | None
    starts_at: str | None
    ends_at: str | None
    room: str | None
    place: str | None
    position: int | None
    minutes: int | None
    question_minutes: int | None
    presenter: str
    presenter_email: str
    may_name: bool


class PresenterIn(Schema):
    """Who defends the case, and where they get the invitation."""

    name: Annotated[str, StringConstraints(max_length=80)]
    email: Annotated[str, StringConstraints(max_length=200)] = ""


def _seat(one: Seat) -> MySeatOut:
    session = one.session
    return MySeatOut(
        id=one.pk, session=session.number, round=session.round_id, state=one.state,
        state_label=one.get_state_display(), stage=session.stage, is_chair=one.is_chair,
        starts_at=iso(session.starts_at), ends_at=iso(session.ends_at),
        room=None if session.room is None else session.room.name, answer_by=iso(one.answer_by),
        signed_in_at=iso(one.signed_in_at), signed_at=iso(one.signed_at),
    )  # fmt: skip


def _whole(request: HttpRequest, pk: int) -> MySeatWhole:
    user = asker(request)
    one = read_seat(user, pk)
    session, sits = one.session, one.state == Seat.State.CONFIRMED
    cases = SessionItem.objects.filter(session=session, removed_at=None)
    mine = Assignment.objects.open_to(user).filter(application__in=cases.values("application"))
    return MySeatWhole(
        **_seat(one).model_dump(),
        cases=cases.count(),
        mine=sorted(mine.values_list("application_id", flat=True)) if sits else [],
        may_answer=one.state == Seat.State.INVITED and session.stage in BEFORE,
        may_sign_in=sits and one.signed_in_at is None and session.stage in (Stage.CONFIRMED, Stage.HELD)
        and session.held_on is not None,
        may_sign=sits and session.stage == Stage.CONCLUDED and one.signed_at is None,
        minutes_sha256=session.minutes_sha256 or None if sits else None,
    )  # fmt: skip


@routes.get("/seats", Rows[MySeatOut], scope=Scope.REVIEWS_READ, by=EXPERT)
def my_seats(request: HttpRequest, after: After = None, limit: Limit = 30) -> Rows[MySeatOut]:
    """One's own seats from the invitation on, newest first."""
    found = seats_by(asker(request)).select_related("session__room")
    rows, following = page_of(request, found, after=after, limit=limit)
    return Rows[MySeatOut](rows=[_seat(one) for one in rows], next=following)


@routes.get("/seats/{pk}", MySeatWhole, scope=Scope.REVIEWS_READ, by=EXPERT)
def my_seat(request: HttpRequest, pk: Id) -> MySeatWhole:
    """One of one's own seats, and what can be done now."""
    return _whole(request, pk)


@routes.get("/seats/{pk}/minutes", MyMinutesOut, scope=Scope.REVIEWS_READ, by=EXPERT)
def my_seat_minutes(request: HttpRequest, pk: Id) -> MyMinutesOut:
    """The minutes as a member of the panel reads them; 404 before the session is concluded."""
    one = read_seat(asker(request), pk)
    if one.state != Seat.State.CONFIRMED or one.session.minutes is None:
        raise Http404
    return MyMinutesOut(sha256=one.session.minutes_sha256, minutes=minutes_for(one.session, one.expert))


def _act(name: str) -> Declare:
    return routes.change("POST", f"/seats/{{pk}}/{name}", MySeatWhole, scope=Scope.REVIEWS_WRITE, by=EXPERT)


@_act("acceptance")
def my_seat_accept(request: HttpRequest, pk: Id) -> MySeatWhole:
    """Say that one comes: the cases without a conflict are one's own to review."""
    user = asker(request)
    seating.accept(read_seat(user, pk), by=user)
    return _whole(request, pk)


@_act("refusal")
def my_seat_decline(request: HttpRequest, pk: Id, asked: NotComingIn) -> MySeatWhole:
    """Say that one does not come, and why; somebody else is asked."""
    user = asker(request)
    seating.decline(read_seat(user, pk), by=user, reason=asked.reason)
    return _whole(request, pk)


@_act("sign-in")
def my_seat_sign_in(request: HttpRequest, pk: Id, asked: CodeIn) -> MySeatWhole:
    """Sign in with the code on the board."""
    user = asker(request)
    one = read_seat(user, pk)
    count_try("session_code", str(one.pk), limit=CODE_TRIES, seconds=CODE_SECONDS)
    holding.sign_in_by_code(one, asked.code, by=user)
    return _whole(request, pk)


@_act("signature")
def my_seat_sign(request: HttpRequest, pk: Id, asked: SignedIn) -> MySeatWhole:
    """Sign the minutes, by the hash of what one has read."""
    user = asker(request)
    concluding.sign(read_seat(user, pk), asked.sha256.lower(), by=user)
    return _whole(request, pk)


def _defence(request: HttpRequest, pk: int) -> DefenceOut:
    _case, item = defence_of(asker(request), pk)
    session = item.session if item else None
    room = session.room if session else None
    return DefenceOut(
        case=pk, session=session.number if session else None, starts_at=iso(session.starts_at) if session else None,
        ends_at=iso(session.ends_at) if session else None, room=room.name if room else None,
        place=room.place if room else None, position=item.position if item else None,
        minutes=item.minutes if item else None, question_minutes=item.question_minutes if item else None,
        presenter=item.presenter if item else "", presenter_email=item.presenter_email if item else "",
        may_name=bool(
            item and session and session.stage in (*BEFORE, Stage.HELD) and item.called_at is None
        ),
    )  # fmt: skip


@routes.get("/cases/{pk}/defence", DefenceOut, scope=Scope.CASES_READ, by=EMPLOYER)
def case_defence(request: HttpRequest, pk: Id) -> DefenceOut:
    """When and where one's case is heard, and who defends it."""
    return _defence(request, pk)


@routes.change("PUT", "/cases/{pk}/defence", DefenceOut, scope=Scope.CASES_WRITE, by=EMPLOYER)
def case_defence_name(request: HttpRequest, pk: Id, asked: PresenterIn) -> DefenceOut:
    """Name who defends the case; they get the invitation."""
    user = asker(request)
    _case, item = defence_of(user, pk)
    if item is None:
        raise Http404
    name_presenter(item, name=asked.name, email=asked.email, by=user)
    return _defence(request, pk)
