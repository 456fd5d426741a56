"""What is behind a ranking: the rounds that have one, a frozen one, the lot among equals, and why a case scored so."""

from typing import Annotated

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Schema
from pydantic import Field

from accounts.models import Scope
from workflows.api.bearer import asker
from workflows.api.case_out import desk_case, iso
from workflows.api.experts import STAFF, routes
from workflows.api.kinds import After, Id, Limit, Ref, Rows, Sentence
from workflows.api.lists import page_of
from workflows.api.review_rounds import scored_round
from workflows.api.routes import DESK, Declare
from workflows.api.session_acts import SourceIn
from workflows.models import Lot, Ranking, Remark, Round
from workflows.programmes import registry
from workflows.review.counting import standing_of
from workflows.review.draw.seeds import HIGHEST, MOST_NUMBERS, Source
from workflows.review.ranking.freezing import holds
from workflows.review.ranking.lots import announce_lot, enter_numbers
from workflows.rules import readable_by
from workflows.web.official.scope import rounds_by
from workflows.web.scoring.ranking import may_freeze
from workflows.web.scoring.scores import arithmetic, flags_shown, table_of


class RankedRoundOut(Schema):
    """A round whose cases are scored, and its newest frozen ranking."""

    round: int
    title: str
    frozen: int | None
    frozen_sha256: str | None
    frozen_at: str | None


class FrozenRowOut(Schema):
    """A line of a frozen ranking as it was kept; cases that the asker may not know of are left out."""

    case: int
    line: dict[str, str]


class FrozenRankingOut(Schema):
    """A ranking as it was frozen. `holds`: its hash is that of its content still."""

    id: int
    round: int
    sha256: str
    holds: bool
    frozen_by: Ref
    frozen_at: str
    newest: bool
    ranked: list[FrozenRowOut]


class LotOut(Schema):
    """The lot of a round, announced under `sha256`; its numbers by source once they are known."""

    id: int
    sha256: str
    sources: list[str]
    announced_at: str
    numbers: dict[str, list[int]] | None
    entered_at: str | None


class LotIn(SourceIn):
    """The public numbers that decide among equals; `reason` where a lot is announced already."""

    reason: Sentence = ""


class LotNumbersIn(Schema):
    """The numbers of each source, by its name."""

    numbers: dict[
        str, Annotated[list[Annotated[int, Field(ge=0, le=HIGHEST)]], Field(max_length=MOST_NUMBERS)]
    ]


class ReviewColumnOut(Schema):
    """One expert's review: scores by criterion, the total, whether it was dropped, what was said."""

    code: str
    name: str
    chairs: bool
    scores: dict[str, str]
    total: str
    dropped: bool
    vetoes: list[str]
    words: list[str]


class ConcludedOut(Schema):
    """What the panel concluded; a later conclusion replaces an earlier one."""

    outcome: str
    score: str | None
    cut_fen: int
    opinion: str
    revise_by: str | None
    concluded_by: str
    concluded_at: str
    confirmed_at: str | None
    replaced_at: str | None


class CaseScoreOut(Schema):
    """Why this score. Reviews, arithmetic, flags and remarks are empty before all reviews are in."""

    case: int
    all_in: bool
    waiting: list[str]
    reviews: list[ReviewColumnOut]
    abstained: list[str]
    arithmetic: list[str]
    flags: list[str]
    remarks: list[str]
    conclusions: list[ConcludedOut]


@routes.get("/rankings", Rows[RankedRoundOut], scope=Scope.REVIEWS_READ, by=DESK)
def rankings(request: HttpRequest, after: After = None, limit: Limit = 30) -> Rows[RankedRoundOut]:
    """The rounds of one's offices whose cases are scored, newest first."""
    scored = [slug for slug, programme in registry().items() if programme.rubric is not None]
    rounds = rounds_by(asker(request)).filter(programme__in=scored)
    rows, following = page_of(request, rounds, after=after, limit=limit)
    newest = Ranking.objects.filter(round__in=rows).order_by("round", "-pk").distinct("round")
    frozen = {one.round_id: one for one in newest}
    found = [(one, frozen.get(one.pk)) for one in rows]
    return Rows[RankedRoundOut](
        rows=[
            RankedRoundOut(
                round=one.pk, title=str(one.title), frozen=kept.pk if kept else None,
                frozen_sha256=kept.sha256 if kept else None, frozen_at=iso(kept.frozen_at) if kept else None,
            )
            for one, kept in found
        ],
        next=following,
    )  # fmt: skip


@routes.get("/rounds/{pk}/rankings/{ranking}", FrozenRankingOut, scope=Scope.REVIEWS_READ, by=DESK)
def ranking_frozen(request: HttpRequest, pk: Id, ranking: Id) -> FrozenRankingOut:
    """A frozen ranking as it was kept, with its hash counted anew."""
    user = asker(request)
    round_ = get_object_or_404(rounds_by(user), pk=pk)
    kept = get_object_or_404(Ranking.objects.select_related("frozen_by"), pk=ranking, round=round_)
    open_to = set(readable_by(user).filter(round=round_).values_list("pk", flat=True))
    rows = [one for one in kept.content["ranked"] if one["id"] in open_to]
    return FrozenRankingOut(
        id=kept.pk, round=pk, sha256=kept.sha256, holds=holds(kept),
        frozen_by=Ref(id=kept.frozen_by_id, name=str(kept.frozen_by)), frozen_at=kept.frozen_at.isoformat(),
        newest=not Ranking.objects.filter(round=round_, pk__gt=kept.pk).exists(),
        ranked=[
            FrozenRowOut(case=one["id"], line={name: str(value) for name, value in one.items()}) for one in rows
        ],
    )  # fmt: skip


def _lot(request: HttpRequest, pk: int) -> Round:
    """Raises:
    Http404: no round with scores whose ranking the asker freezes.
    """
    round_ = scored_round(request, pk)
    if not may_freeze(asker(request), round_):
        raise Http404
    return round_


def _lot_out(one: Lot) -> LotOut:
    return LotOut(
        id=one.pk, sha256=one.sha256, sources=[source["name"] for source in one.announcement["seed"]["sources"]],
        announced_at=one.announced_at.isoformat(), numbers=one.numbers, entered_at=iso(one.entered_at),
    )  # fmt: skip


def _kept(pk: int) -> LotOut:
    return _lot_out(Lot.objects.get(pk=pk))


def _of_lot(path: str) -> Declare:
    return routes.change("POST", f"/rounds/{{pk}}/{path}", LotOut, scope=Scope.REVIEWS_WRITE, by=STAFF)


@_of_lot("lot")
def ranking_lot_announce(request: HttpRequest, pk: Id, asked: LotIn) -> LotOut:
    """Announce the lot among equals, before anybody can know its numbers; its page is public from now on."""
    round_ = _lot(request, pk)
    source = Source(**asked.model_dump(exclude={"reason"}))
    return _kept(announce_lot(round_, [source], by=asker(request), reason=asked.reason).pk)


@_of_lot("lot/numbers")
def ranking_lot_enter(request: HttpRequest, pk: Id, asked: LotNumbersIn) -> LotOut:
    """Enter the numbers as they came out, once for good; equals have an order."""
    return _kept(enter_numbers(_lot(request, pk), asked.numbers, by=asker(request)).pk)


@routes.get("/cases/{pk}/score", CaseScoreOut, scope=Scope.REVIEWS_READ, by=DESK)
def case_score(request: HttpRequest, pk: Id) -> CaseScoreOut:
    """Why a case scored as it did: the reviews side by side, the arithmetic in words, what the panel concluded."""
    case = desk_case(request, pk)
    rubric = case.declaration.rubric
    if rubric is None:
        raise Http404
    standing = standing_of(case)
    table = table_of(rubric, standing) if standing.all_in else None
    remarks = Remark.objects.filter(application=case).select_related("assignment__expert").order_by("pk")
    concluded = case.conclusions.select_related("concluded_by").order_by("-pk")
    return CaseScoreOut(
        case=pk, all_in=standing.all_in, waiting=[one.expert.name for one in standing.waiting],
        reviews=[
            ReviewColumnOut(
                code=one.code, name=one.name, chairs=one.chairs,
                scores={leaf.name: score for leaf, score in zip(table.leaves, one.scores, strict=True)},
                total=one.total, dropped=one.dropped, vetoes=[str(veto) for veto in one.vetoes],
                words=[f"{title}: {text}" for title, text in one.words],
            )
            for one in table.columns
        ] if table else [],
        abstained=list(table.abstained) if table else [],
        arithmetic=[str(line) for line in arithmetic(rubric, standing)] if table else [],
        flags=[str(flag.words) for flag in flags_shown(rubric, standing)] if table else [],
        remarks=[f"{one.assignment.expert.name}: {one.text}" for one in remarks] if table else [],
        conclusions=[
            ConcludedOut(
                outcome=one.outcome, score=None if one.score is None else str(one.score), cut_fen=one.cut_fen,
                opinion=one.opinion, revise_by=iso(one.revise_by), concluded_by=str(one.concluded_by),
                concluded_at=one.concluded_at.isoformat(), confirmed_at=iso(one.confirmed_at),
                replaced_at=iso(one.replaced_at),
            )
            for one in concluded
        ],
    )  # fmt: skip
