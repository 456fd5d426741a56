"""Sessions and ranking of a round, for the offices."""

from typing import Annotated, Any

from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Schema
from pydantic import Field

from accounts.models import Role, Scope
from workflows.api.bearer import asker
from workflows.api.case_out import iso
from workflows.api.experts import STAFF, routes
from workflows.api.kinds import After, Id, Limit, Rows, Sentence
from workflows.api.lists import page_of
from workflows.api.routes import DESK
from workflows.models import ReviewSession, Round
from workflows.review.naming import applicant_as
from workflows.review.ranking.freezing import freeze, frozen_of
from workflows.review.ranking.reading import ranking_of
from workflows.rules import readable_by
from workflows.web.official.scope import rounds_by
from workflows.web.scoring.ranking import may_freeze
from workflows.web.sessions.scope import sessions_by

READERS = frozenset({Role.CLERK, Role.OFFICIAL, Role.AUDITOR})


class SessionOut(Schema):
    """A review session of a round."""

    id: int
    number: str
    stage: str
    stage_label: str
    held_on: str | None
    starts_at: str | None
    ends_at: str | None
    room: str | None
    secretary: str
    cases: int
    seats: int
    confirmed: int
    announced_sha256: str
    minutes_sha256: str


class PlaceOut(Schema):
    """A case in the ranking. `place` is the rank after keys and lot; `adjusted` advises and never decides."""

    case: int
    number: str
    applicant: str
    rank: int
    place: int
    settled_by: str
    score: str
    outcome: str
    above_the_cut: bool | None
    reviews: int
    adjusted: float | None
    flags: list[str]


class UnrankedOut(Schema):
    """A case that has no place yet: vetoed, or reviews are missing."""

    case: int
    number: str
    vetoed: bool
    missing: int


class RankingOut(Schema):
    """The ranking as it stands, and the hash of the one that is frozen.

    Cases that the asker may not know of are left out; ranks are those of all. `comparable` is false where panels
    share no expert.
    """

    round: int
    ranked: list[PlaceOut]
    unranked: list[UnrankedOut]
    comparable: bool
    lot_sha256: str | None
    frozen_sha256: str | None
    frozen_at: str | None


class FreezeIn(Schema):
    """`places` above the cut, else the passing score; `reason` where one is frozen already."""

    places: Annotated[int | None, Field(ge=1, le=99_999)] = None
    reason: Sentence = ""


@routes.get("/rounds/{pk}/sessions", Rows[SessionOut], scope=Scope.REVIEWS_READ, by=READERS)
def round_sessions(request: HttpRequest, pk: Id, after: After = None, limit: Limit = 30) -> Rows[SessionOut]:
    """The review sessions of a round, as they were made."""
    user = asker(request)
    round_ = get_object_or_404(rounds_by(user), pk=pk)
    found = counted(sessions_by(user).filter(round=round_))
    rows, following = page_of(request, found, after=after, limit=limit, by="pk")
    return Rows(rows=[session_out(one) for one in rows], next=following)


def counted(found: QuerySet[ReviewSession]) -> QuerySet[ReviewSession]:
    """Sessions with what `session_out` says of them."""
    return found.select_related("room", "secretary").annotate(
        cases=Count("items", filter=Q(items__removed_at=None), distinct=True),
        confirmed=Count("seats", filter=Q(seats__state="confirmed"), distinct=True),
    )


def session_out(one: Any) -> SessionOut:
    """A session of `counted`."""
    return SessionOut(
        id=one.pk, number=one.number, stage=one.stage, stage_label=one.get_stage_display(),
        held_on=iso(one.held_on), starts_at=iso(one.starts_at), ends_at=iso(one.ends_at),
        room=None if one.room is None else one.room.name, secretary=str(one.secretary), cases=one.cases,
        seats=one.seats_wanted, confirmed=one.confirmed, announced_sha256=one.announced_sha256,
        minutes_sha256=one.minutes_sha256,
    )  # fmt: skip


def scored_round(request: HttpRequest, pk: int) -> Round:
    """Raises:
    Http404: no round of the asker's offices, or one without scores.
    """
    round_ = get_object_or_404(rounds_by(asker(request)), pk=pk)
    if round_.declaration.rubric is None:
        raise Http404
    return round_


def _ranking(request: HttpRequest, round_: Round, places: int | None) -> RankingOut:
    user = asker(request)
    found, kept = ranking_of(round_, places=places), frozen_of(round_)
    open_to = set(readable_by(user).filter(round=round_).values_list("pk", flat=True))
    return RankingOut(
        round=round_.pk,
        ranked=[
            PlaceOut(
                case=one.case.pk, number=str(one.case.number), applicant=str(applicant_as(one.case, user)),
                rank=one.ranked.rank, place=one.ranked.place, settled_by=one.ranked.settled_by,
                score=str(one.standing.score.shown), outcome=one.standing.outcome, above_the_cut=one.above,
                reviews=len(one.standing.score.used),
                adjusted=round(float(one.adjusted.adjusted), 4) if one.adjusted else None,
                flags=[str(flag.words) for flag in one.flags],
            )
            for one in found.ranked
            if one.case.pk in open_to and one.ranked is not None
        ],
        unranked=[
            UnrankedOut(
                case=one.case.pk, number=str(one.case.number), vetoed=one.vetoed, missing=len(one.standing.waiting)
            )
            for one in found.unranked
            if one.case.pk in open_to
        ],
        comparable=found.effects is None or found.effects.components <= 1,
        lot_sha256=found.lot.sha256 if found.lot else None,
        frozen_sha256=kept.sha256 if kept else None, frozen_at=iso(kept.frozen_at) if kept else None,
    )  # fmt: skip


@routes.get("/rounds/{pk}/ranking", RankingOut, scope=Scope.REVIEWS_READ, by=DESK)
def round_ranking(
    request: HttpRequest,
    pk: Id,
    places: Annotated[
        int | None, Query(ge=1, le=99_999, description="Above the cut; else the passing score.")
    ] = None,
) -> RankingOut:
    """The ranking of a round as its reviews stand; no score of a case before all of its reviews are in."""
    return _ranking(request, scored_round(request, pk), places)


@routes.change("POST", "/rounds/{pk}/ranking/freeze", RankingOut, scope=Scope.REVIEWS_WRITE, by=STAFF)
def round_ranking_freeze(request: HttpRequest, pk: Id, asked: FreezeIn) -> RankingOut:
    """Freeze the ranking with its hash, for the approval batch; anew only with a reason."""
    round_ = scored_round(request, pk)
    if not may_freeze(asker(request), round_):
        raise Http404
    freeze(round_, by=asker(request), reason=asked.reason, places=asked.places)
    return _ranking(request, round_, asked.places)
