"""Review sessions as the offices read them: the list, one session, its board, its minutes, its rooms."""

from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Schema

from accounts.models import Role, Scope
from config.words import T
from workflows.api.bearer import asker
from workflows.api.case_out import iso
from workflows.api.errors import VersionStale
from workflows.api.kinds import After, Id, Limit, Ref, Rows
from workflows.api.lists import page_of
from workflows.api.review_rounds import READERS, SessionOut, counted, session_out
from workflows.api.routes import CLERK, Routes, put_header
from workflows.api.versions import matched
from workflows.models import ReviewSession, Seat, SessionItem, SessionNote
from workflows.review.draw.drawing import sha256_of
from workflows.review.naming import applicant_as, presenter_as
from workflows.review.sessions import holding
from workflows.review.sessions.concluding import open_cases
from workflows.review.sessions.drawing import secrets_said
from workflows.review.sessions.places import confirmed
from workflows.review.sessions.turns import Stage, open_task
from workflows.web.sessions.board_rows import BoardRow, rows_of
from workflows.web.sessions.listing import OVER
from workflows.web.sessions.news_rows import words_of
from workflows.web.sessions.scope import may_run, rooms_by, rounds_by, sessions_by
from workflows.web.sessions.session import candidates_of, read_session

routes = Routes("Review sessions")
NOTES_SHOWN = 40


class SeatOut(Schema):
    """A seat of the panel. `follows` is the seat that fell before it."""

    id: int
    expert: str
    name: str
    state: str
    state_label: str
    is_chair: bool
    in_field: bool
    follows: int | None
    invited_at: str | None
    answer_by: str | None
    reason: str
    signed_in_at: str | None
    signed_at: str | None


class HeardOut(Schema):
    """A case in the running order."""

    case: int
    number: str
    position: int
    applicant: str
    presenter: str
    minutes: int
    question_minutes: int


class NewsOut(Schema):
    """What happened in a session, newest first."""

    at: str
    what: str
    words: str
    by: str
    reason: str


class DrawStandingOut(Schema):
    """The draw as it stands: who was excluded by which rule, and which officials have committed and revealed."""

    announced_sha256: str
    seed: dict[str, Any]
    panel: dict[str, Any]
    pool: int
    excluded: dict[str, str]
    committed: list[str]
    revealed: list[str]
    certificate_sha256: str


class SessionWhole(SessionOut):
    """One session: panel, running order, draw, what happened, and the task that waits.

    The answer's ETag is its version; acts on it take `If-Match`.
    """

    round: int
    office: Ref
    version: int
    waiting: str
    waits_for: Ref | None
    runs: bool
    panel: list[SeatOut]
    items: list[HeardOut]
    draw: DrawStandingOut | None
    news: list[NewsOut]


class BoardCaseOut(Schema):
    """A case on the board. The score and what it comes to are null before all reviews are in."""

    case: int
    number: str
    position: int
    applicant: str
    presenter: str
    called_at: str | None
    questions_at: str | None
    ended_at: str | None
    until: str | None
    leaving: list[str]
    given: int
    wanted: int
    score: str | None
    comes_to: str | None
    concluded: str | None


class BoardOut(Schema):
    """The board: the quorum, who is there, each case. `code` signs experts in; only who runs the session reads it."""

    session: int
    stage: str
    version: int
    has_quorum: bool
    quorum: str
    signed_in: list[str]
    code: str | None
    open_cases: list[str]
    cases: list[BoardCaseOut]


class MinutesOut(Schema):
    """The minutes, frozen when the session was concluded; members sign `sha256`."""

    session: int
    sha256: str
    minutes: dict[str, Any]
    signed: list[str]


class RoomOut(Schema):
    """A room in which panels meet."""

    id: int
    office: Ref
    name: str
    place: str
    seats: int
    closed_at: str | None


class CandidateOut(Schema):
    """A case that can be heard: before the panel, or about to be, and in no session."""

    id: int
    number: str
    applicant: str


def locked(request: HttpRequest, pk: int) -> ReviewSession:
    """The session for a change, as it was read where the request says under which ETag.

    Raises:
        Http404: the asker may not know of it.
        VersionStale: it has changed since.
    """
    found, given = read_session(asker(request), pk), matched(request)
    if given is not None:
        now = ReviewSession.objects.select_for_update(of=("self",)).only("version").get(pk=pk)
        if now.version != given:
            raise VersionStale(number=found.number, version=now.version)
    return found


def whole(request: HttpRequest, pk: int) -> SessionWhole:
    """The session as it stands now; a fixed number of statements.

    Raises:
        Http404: the asker may not know of it.
    """
    user = asker(request)
    found = get_object_or_404(counted(sessions_by(user)).select_related("office", "round__handler"), pk=pk)
    put_header(request, "ETag", f'"{found.version}"')
    seats = Seat.objects.filter(session=found).select_related("expert").order_by("pk")
    items = SessionItem.objects.filter(session=found, removed_at=None).select_related(
        "application__applicant"
    )
    notes = SessionNote.objects.filter(session=found).select_related("by").order_by("-pk")
    task = open_task(found)
    return SessionWhole(
        **session_out(found).model_dump(),
        round=found.round_id, office=Ref(id=found.office_id, name=found.office.name), version=found.version,
        waiting=str(task.flow_task.name) if task else "",
        waits_for=Ref(id=task.owner.pk, name=str(task.owner)) if task and task.owner else None,
        runs=may_run(user, found), panel=[_seat(one) for one in seats],
        items=[
            HeardOut(
                case=one.application_id, number=str(one.application.number), position=one.position,
                applicant=str(applicant_as(one.application, user)),
                presenter=presenter_as(one.application, one.presenter, user), minutes=one.minutes,
                question_minutes=one.question_minutes,
            )
            for one in items.order_by("position")
        ],
        draw=_draw(found),
        news=[
            NewsOut(at=one.at.isoformat(), what=one.what, words=str(words_of(one)), by=str(one.by), reason=one.reason)
            for one in notes[:NOTES_SHOWN]
        ],
    )  # fmt: skip


def _seat(one: Seat) -> SeatOut:
    return SeatOut(
        id=one.pk, expert=one.expert.code, name=one.expert.name, state=one.state, state_label=one.get_state_display(),
        is_chair=one.is_chair, in_field=one.in_field, follows=one.follows_id, invited_at=iso(one.invited_at),
        answer_by=iso(one.answer_by), reason=one.reason, signed_in_at=iso(one.signed_in_at),
        signed_at=iso(one.signed_at),
    )  # fmt: skip


def _draw(found: ReviewSession) -> DrawStandingOut | None:
    said = found.announcement
    if said is None:
        return None
    secrets = secrets_said(found)
    return DrawStandingOut(
        announced_sha256=found.announced_sha256, seed=said.get("seed", {}), panel=said.get("panel", {}),
        pool=len(said.get("pool", ())),
        excluded={one["code"]: str(T(**said["rules"][one["rule"]])) for one in said.get("excluded", ())},
        committed=sorted(secrets["committed"]), revealed=sorted(secrets["revealed"]),
        certificate_sha256=sha256_of(found.certificate) if found.certificate else "",
    )  # fmt: skip


@routes.get("/sessions", Rows[SessionOut], scope=Scope.REVIEWS_READ, by=READERS)
def sessions(
    request: HttpRequest, over: bool | None = None, after: After = None, limit: Limit = 30
) -> Rows[SessionOut]:
    """The review sessions of one's offices, newest first: all, or those that are `over`, or not."""
    found = counted(sessions_by(asker(request)))
    if over is not None:
        found = found.filter(stage__in=OVER) if over else found.exclude(stage__in=OVER)
    rows, following = page_of(request, found, after=after, limit=limit)
    return Rows[SessionOut](rows=[session_out(one) for one in rows], next=following)


@routes.get("/sessions/{pk}", SessionWhole, scope=Scope.REVIEWS_READ, by=READERS)
def session(request: HttpRequest, pk: Id) -> SessionWhole:
    """One session: its panel, its running order, its draw, what happened in it and what it waits for."""
    return whole(request, pk)


@routes.get("/sessions/{pk}/board", BoardOut, scope=Scope.REVIEWS_READ, by=READERS)
def session_board(request: HttpRequest, pk: Id) -> BoardOut:
    """What is heard now, who is there, how many have scored; no score of a case before all of them are in."""
    user = asker(request)
    return board(user, read_session(user, pk))


def board(user: Any, found: ReviewSession) -> BoardOut:
    """The board as it stands."""
    seats = confirmed(found)
    quorum = holding.quorum_of(found, seats)
    return BoardOut(
        session=found.pk, stage=found.stage, version=found.version, has_quorum=quorum.is_met,
        quorum=str(quorum.words or ""),
        signed_in=[one.expert.code for one in seats if one.signed_in_at is not None],
        code=holding.sign_in_code(found) if may_run(user, found) else None,
        open_cases=open_cases(found) if found.stage == Stage.HELD else [],
        cases=[_board_case(row) for row in rows_of(found, seats)],
    )  # fmt: skip


def _board_case(row: BoardRow) -> BoardCaseOut:
    item = row.item
    return BoardCaseOut(
        case=row.case.pk, number=str(row.case.number), position=item.position, applicant=str(row.who),
        presenter=row.presenter, called_at=iso(item.called_at), questions_at=iso(item.questions_at),
        ended_at=iso(item.ended_at), until=iso(row.until), leaving=[one.expert.code for one in row.leaving],
        given=row.given, wanted=row.wanted, score=None if row.score is None else str(row.score),
        comes_to=row.outcome or None, concluded=row.conclusion.outcome if row.conclusion else None,
    )  # fmt: skip


@routes.get("/sessions/{pk}/minutes", MinutesOut, scope=Scope.REVIEWS_READ, by=READERS)
def session_minutes(request: HttpRequest, pk: Id) -> MinutesOut:
    """The minutes, with the codes of those who have signed them; 404 before the session is concluded."""
    found = read_session(asker(request), pk)
    if found.minutes is None:
        raise Http404
    signed = Seat.objects.filter(session=found, signed_at__isnull=False).order_by("pk")
    return MinutesOut(
        session=pk, sha256=found.minutes_sha256, minutes=found.minutes,
        signed=list(signed.values_list("expert__code", flat=True)),
    )  # fmt: skip


@routes.get("/rounds/{pk}/session-candidates", Rows[CandidateOut], scope=Scope.REVIEWS_READ, by=CLERK)
def session_candidates(
    request: HttpRequest, pk: Id, after: After = None, limit: Limit = 30
) -> Rows[CandidateOut]:
    """The cases of a round that can be put into a session."""
    user = asker(request)
    round_ = get_object_or_404(rounds_by(user), pk=pk)
    found = candidates_of(round_).defer("answers")
    rows, following = page_of(request, found, after=after, limit=limit, by="pk")
    cases = [
        CandidateOut(id=one.pk, number=str(one.number), applicant=str(applicant_as(one, user)))
        for one in rows
    ]
    return Rows[CandidateOut](rows=cases, next=following)


def room_out(one: Any) -> RoomOut:
    return RoomOut(
        id=one.pk, office=Ref(id=one.office_id, name=one.office.name), name=one.name, place=one.place,
        seats=one.seats, closed_at=iso(one.closed_at),
    )  # fmt: skip


@routes.get("/rooms", Rows[RoomOut], scope=Scope.REVIEWS_READ, by=frozenset({Role.CLERK}))
def rooms(request: HttpRequest, after: After = None, limit: Limit = 30) -> Rows[RoomOut]:
    """The rooms of one's offices; also those that are closed."""
    found = rooms_by(asker(request)).select_related("office")
    rows, following = page_of(request, found, after=after, limit=limit, by="pk")
    return Rows[RoomOut](rows=[room_out(one) for one in rows], next=following)
