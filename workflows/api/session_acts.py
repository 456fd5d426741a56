"""What the offices do with a session: make it, draw and seat its panel, hold it, conclude it."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Schema
from pydantic import AwareDatetime, Field, StringConstraints

from accounts.models import Role, Scope, User
from workflows.api.bearer import asker
from workflows.api.kinds import Id, Sentence
from workflows.api.routes import CLERK, OFFICIAL, Declare, put_header
from workflows.api.sessions import BoardOut, RoomOut, SessionWhole, board, locked, room_out, routes, whole
from workflows.models import Round, Seat
from workflows.review.draw.pool import Quota
from workflows.review.draw.seeds import HIGHEST, MOST_NUMBERS, NamedSeed, Source
from workflows.review.experts.eligible import YEARS
from workflows.review.sessions import concluding, drawing, holding, keeping, making, seating
from workflows.review.sessions import rooms as rooms_of
from workflows.review.sessions.chairs import appoint_chair
from workflows.review.sessions.eligibility import Terms
from workflows.review.sessions.places import experts_by_code
from workflows.web.sessions.quotas import known_quotas
from workflows.web.sessions.scope import rooms_by, rounds_by
from workflows.web.sessions.session import read_session

Minutes = Annotated[int, Field(ge=1, le=600)]
Cases = Annotated[list[Id], Field(max_length=200)]
Code = Annotated[str, StringConstraints(min_length=1, max_length=20)]
DAY_MINUTES = 1440


class SlotIn(Schema):
    """When and where. Without `starts_at` each member scores on their own, wherever they are."""

    starts_at: AwareDatetime | None = None
    length: Annotated[int, Field(ge=1, le=DAY_MINUTES)] = 180
    room: Id | None = None


class SessionMakeIn(SlotIn):
    """A session of a round with its cases in this order; oneself keeps it, where no `secretary` is named."""

    round: Id
    cases: Cases
    secretary: Id | None = None
    seats: Annotated[int, Field(ge=1, le=99)] = making.LEAST_SEATS
    minutes: Minutes = making.MINUTES
    question_minutes: Minutes = making.QUESTION_MINUTES


class RescheduleIn(SlotIn):
    """Another time or place, and why."""

    reason: Sentence


class SourceIn(Schema):
    """Public numbers that nobody knows before `known_at`, such as those of a lottery."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
    numbers: Annotated[int, Field(ge=1, le=MOST_NUMBERS)]
    lowest: Annotated[int, Field(ge=0, le=HIGHEST)]
    highest: Annotated[int, Field(ge=0, le=HIGHEST)]
    known_at: AwareDatetime


class QuotaIn(Schema):
    """How many of the panel sit for a field."""

    least: Annotated[int, Field(ge=0, le=99)] = 0
    most: Annotated[int | None, Field(ge=0, le=99)] = None


class AnnounceIn(Schema):
    """The fields of the panel by their codes, quotas by code of a field, how many one employer may send.

    `years` and `senior` say what an expert has to be.

    The seed: two `officials` of the authority by id, who commit and reveal; or one or two public `sources`.
    """

    in_field: Annotated[list[Code], Field(min_length=1, max_length=200)]
    quotas: Annotated[dict[Code, QuotaIn], Field(max_length=20)] = {}
    per_employer: Annotated[int, Field(ge=1, le=99)] = 1
    years: Annotated[int, Field(ge=0, le=99)] = YEARS
    senior: bool = True
    officials: Annotated[list[Id], Field(max_length=9)] = []
    sources: Annotated[list[SourceIn], Field(max_length=9)] = []
    reason: Sentence = ""


class SecretIn(Schema):
    """The secret to which one has committed."""

    secret: Annotated[str, StringConstraints(max_length=200)]


class SecretOut(Schema):
    """Shown once: nothing keeps it. Reveal it when everybody has committed."""

    secret: str


class DrawIn(Schema):
    """The numbers of each named source by its name; null where officials have revealed."""

    numbers: (
        dict[str, Annotated[list[Annotated[int, Field(ge=0, le=HIGHEST)]], Field(max_length=MOST_NUMBERS)]]
        | None
    ) = None


class SeatExpertsIn(Schema):
    """Experts by their codes, the first of them chairs; and why they are seated without a draw."""

    experts: Annotated[list[Code], Field(min_length=1, max_length=99)]
    reason: Sentence


class ItemsIn(Schema):
    """Cases for the end of the running order."""

    cases: Cases


class BecauseIn(Schema):
    """One sentence that says why."""

    reason: Sentence


class PositionIn(Schema):
    """The place in the running order, from 1."""

    to: Annotated[int, Field(ge=1, le=999)]


class ChairIn(Schema):
    """The seat that chairs, and why."""

    seat: Id
    reason: Sentence


class SeatFallsIn(Schema):
    """Why a member leaves; a successor is asked by itself."""

    how: Literal["recused", "prevented"]
    reason: Sentence


class KeeperIn(Schema):
    """The colleague who keeps the session from now on, and why."""

    to: Id
    reason: Sentence


class RoomIn(Schema):
    """A room of one's office."""

    name: Annotated[str, StringConstraints(max_length=80)]
    place: Annotated[str, StringConstraints(max_length=200)] = ""
    seats: Annotated[int, Field(ge=0, le=9999)] = 20


def _act(path: str, out: Any = SessionWhole, by: frozenset[Role] = CLERK, **more: Any) -> Declare:
    return routes.change(
        "POST", f"/sessions/{{pk}}/{path}", out, scope=Scope.REVIEWS_WRITE, by=by, matches=True, **more
    )


def _slot(request: HttpRequest, asked: SlotIn, office: int) -> making.Slot:
    if asked.starts_at is None:
        return making.Slot()
    open_rooms = rooms_by(asker(request)).filter(office=office, closed_at=None)
    room = get_object_or_404(open_rooms, pk=asked.room) if asked.room is not None else None
    return making.slot_from(asked.starts_at, asked.length, room)


@routes.change("POST", "/sessions", SessionWhole, scope=Scope.REVIEWS_WRITE, by=CLERK, status=201)
def session_make(request: HttpRequest, asked: SessionMakeIn) -> SessionWhole:
    """Make a session of a round with its cases in their order, and its process."""
    user = asker(request)
    round_: Round = get_object_or_404(rounds_by(user), pk=asked.round)
    secretary = keeping.clerk_of(round_.handler_id, asked.secretary) if asked.secretary is not None else None
    made = making.make(
        round_, asked.cases, when=_slot(request, asked, round_.handler_id), by=user, secretary=secretary,
        seats=asked.seats, minutes=asked.minutes, question_minutes=asked.question_minutes,
    )  # fmt: skip
    put_header(request, "Location", f"/api/v1/sessions/{made.pk}")
    return whole(request, made.pk)


@_act("announcement")
def session_announce(request: HttpRequest, pk: Id, asked: AnnounceIn) -> SessionWhole:
    """Freeze pool, exclusions and quotas, and publish their hash, before the seed is known."""
    seed: Any = list(User.objects.filter(pk__in=asked.officials).order_by("pk"))
    if asked.sources:
        seed = NamedSeed(tuple(Source(**one.model_dump()) for one in asked.sources))
    drawing.announce(
        locked(request, pk), by=asker(request), in_field=asked.in_field, seed=seed,
        terms=Terms(years=asked.years, senior=asked.senior), reason=asked.reason,
        quotas=known_quotas({code: Quota(one.least, one.most) for code, one in asked.quotas.items()}),
        per_employer=asked.per_employer,
    )  # fmt: skip
    return whole(request, pk)


@_act("commitment", SecretOut, OFFICIAL, kept=False)
def session_commit(request: HttpRequest, pk: Id) -> SecretOut:
    """Commit to a secret as an official of the draw. The secret is in this answer alone."""
    return SecretOut(secret=drawing.commit(locked(request, pk), by=asker(request)))


@_act("reveal", by=OFFICIAL)
def session_reveal(request: HttpRequest, pk: Id, asked: SecretIn) -> SessionWhole:
    """Reveal the secret to which one has committed, once everybody has."""
    drawing.reveal(locked(request, pk), asked.secret, by=asker(request))
    return whole(request, pk)


@_act("draw")
def session_draw(request: HttpRequest, pk: Id, asked: DrawIn) -> SessionWhole:
    """Draw the panel from the announced pool and seed; anybody can draw it again from the certificate."""
    drawing.draw(locked(request, pk), by=asker(request), numbers=asked.numbers)
    return whole(request, pk)


@_act("seats")
def session_seat(request: HttpRequest, pk: Id, asked: SeatExpertsIn) -> SessionWhole:
    """Seat experts without a draw, with the reason."""
    found = locked(request, pk)
    seating.seat(found, experts_by_code(found, asked.experts), by=asker(request), reason=asked.reason)
    return whole(request, pk)


@_act("invitations")
def session_invite(request: HttpRequest, pk: Id) -> SessionWhole:
    """Send every planned seat its invitation."""
    seating.invite(locked(request, pk), by=asker(request))
    return whole(request, pk)


@_act("confirmation")
def session_confirm(request: HttpRequest, pk: Id) -> SessionWhole:
    """Confirm the session: every seat is; the applicants are told when and where."""
    seating.confirm(locked(request, pk), by=asker(request))
    return whole(request, pk)


@_act("opening")
def session_open(request: HttpRequest, pk: Id) -> SessionWhole:
    """Begin: the panel is there."""
    holding.open_session(locked(request, pk), by=asker(request))
    return whole(request, pk)


@_act("conclusion")
def session_conclude(request: HttpRequest, pk: Id) -> SessionWhole:
    """End the session, every case of which is concluded; the minutes are frozen for their signatures."""
    concluding.conclude(locked(request, pk), by=asker(request))
    return whole(request, pk)


@_act("cancellation")
def session_cancel(request: HttpRequest, pk: Id, asked: BecauseIn) -> SessionWhole:
    """Cancel the session: room, experts and cases are free again, and everybody is told."""
    making.cancel(locked(request, pk), by=asker(request), reason=asked.reason)
    return whole(request, pk)


@_act("cases")
def session_add(request: HttpRequest, pk: Id, asked: ItemsIn) -> SessionWhole:
    """Put cases at the end of the running order."""
    making.add_cases(locked(request, pk), asked.cases, by=asker(request))
    return whole(request, pk)


@_act("cases/{case}/removal")
def session_take_out(request: HttpRequest, pk: Id, case: Id, asked: BecauseIn) -> SessionWhole:
    """Take a case out of the running order, with the reason."""
    making.take_out(locked(request, pk), case, by=asker(request), reason=asked.reason)
    return whole(request, pk)


@_act("cases/{case}/position")
def session_move(request: HttpRequest, pk: Id, case: Id, asked: PositionIn) -> SessionWhole:
    """Give a case another place in the running order."""
    making.move(locked(request, pk), case, asked.to, by=asker(request))
    return whole(request, pk)


@_act("time")
def session_reschedule(request: HttpRequest, pk: Id, asked: RescheduleIn) -> SessionWhole:
    """Give the session another time or place; where the half-day changes, its experts are asked again."""
    found = locked(request, pk)
    slot = _slot(request, asked, found.office_id)
    making.reschedule(found, slot, by=asker(request), reason=asked.reason)
    return whole(request, pk)


@_act("chair")
def session_chair(request: HttpRequest, pk: Id, asked: ChairIn) -> SessionWhole:
    """Note that the panel chose another chair."""
    found = locked(request, pk)
    seat = _seat(found.pk, asked.seat)
    appoint_chair(found, seat.expert, by=asker(request), reason=asked.reason)
    return whole(request, pk)


@_act("seats/{seat}/fall")
def session_drop(request: HttpRequest, pk: Id, seat: Id, asked: SeatFallsIn) -> SessionWhole:
    """Note that a member is prevented, or has to recuse themselves; who follows is asked."""
    found = locked(request, pk)
    seating.drop(_seat(found.pk, seat), Seat.State(asked.how), by=asker(request), reason=asked.reason)
    return whole(request, pk)


@_act("secretary")
def session_hand_over(request: HttpRequest, pk: Id, asked: KeeperIn) -> SessionWhole:
    """Hand the session over to a colleague, with the reason."""
    found = locked(request, pk)
    to = keeping.clerk_of(found.office_id, asked.to)
    keeping.hand_over(found, by=asker(request), to=to, reason=asked.reason)
    return whole(request, pk)


def _seat(session: int, pk: int) -> Seat:
    return get_object_or_404(Seat.objects.select_related("session", "expert"), pk=pk, session=session)


def _board(request: HttpRequest, pk: int) -> BoardOut:
    user = asker(request)
    return board(user, read_session(user, pk))


@_act("seats/{seat}/sign-in", BoardOut)
def session_sign_in(request: HttpRequest, pk: Id, seat: Id) -> BoardOut:
    """Tick that a member of the panel is there."""
    found = locked(request, pk)
    holding.sign_in(_seat(found.pk, seat), by=asker(request))
    return _board(request, pk)


@_act("cases/{case}/call", BoardOut)
def session_call(request: HttpRequest, pk: Id, case: Id) -> BoardOut:
    """Call a case: its defence begins, its time runs, and the case before it ends."""
    holding.call(locked(request, pk), case, by=asker(request))
    return _board(request, pk)


@_act("cases/{case}/questions", BoardOut)
def session_questions(request: HttpRequest, pk: Id, case: Id) -> BoardOut:
    """Go on to the questions of the panel."""
    holding.questions(locked(request, pk), case, by=asker(request))
    return _board(request, pk)


@_act("cases/{case}/end", BoardOut)
def session_end(request: HttpRequest, pk: Id, case: Id) -> BoardOut:
    """End the hearing of a case."""
    holding.end_item(locked(request, pk), case, by=asker(request))
    return _board(request, pk)


@routes.change("POST", "/rooms", RoomOut, scope=Scope.REVIEWS_WRITE, by=CLERK, status=201)
def room_open(request: HttpRequest, asked: RoomIn) -> RoomOut:
    """Open a room for sessions of one's office."""
    office = min(asker(request).organisations_as(Role.CLERK))
    return room_out(rooms_of.open_room(office, name=asked.name, place=asked.place, seats=asked.seats))


@routes.change("POST", "/rooms/{pk}/closing", RoomOut, scope=Scope.REVIEWS_WRITE, by=CLERK)
def room_close(request: HttpRequest, pk: Id) -> RoomOut:
    """Close a room: nothing more is put there."""
    mine = rooms_by(asker(request)).select_related("office")
    rooms_of.close_room(get_object_or_404(mine, pk=pk))
    return room_out(get_object_or_404(mine, pk=pk))
