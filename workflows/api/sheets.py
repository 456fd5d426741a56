"""Score sheets: the rubric with what is typed, keeping it, submitting, revising, abstaining; the others' reviews."""

from typing import Annotated, Literal

from django.http import Http404, HttpRequest
from ninja import Schema
from pydantic import Field, StringConstraints

from accounts.models import Scope
from workflows.api.bearer import asker
from workflows.api.case_out import iso
from workflows.api.keeping import key_of
from workflows.api.kinds import Digest, Done, Id, Typed
from workflows.api.problems import WrongOut
from workflows.api.reviews import EXPERT, Reason, act, routes
from workflows.engine.perform import perform
from workflows.models import Remark
from workflows.review.concluding import CONCLUDING, CONFIRMING, conclude
from workflows.review.counting import leaves, standing_of
from workflows.review.sheets import submitting
from workflows.review.sheets.content import Content, problems, running
from workflows.review.sheets.discussion import kept_from, say
from workflows.review.sheets.drafts import Sheet, begin_revision, drop_revision, save
from workflows.web.scoring.conclusion import OPINION_MAX
from workflows.web.scoring.reading import own_sheet
from workflows.web.scoring.reviews import REMARKS_SHOWN
from workflows.web.scoring.scores import table_of

Name = Annotated[str, StringConstraints(max_length=60)]
Points = Annotated[str, StringConstraints(max_length=40)]
LARGEST_FEN = 10**13


class CriterionOut(Schema):
    """What is scored, from 0 to `points`; `asks_comment` says when it has to be explained."""

    name: str
    title: str
    points: int
    required: bool
    guidance: str
    comment_below: str | None
    comment_from: str | None


class VetoOut(Schema):
    """A defect on which a case fails where a majority finds it."""

    name: str
    title: str


class ContentOut(Schema):
    """What stands on a sheet, as it was typed."""

    scores: dict[str, str]
    comments: dict[str, str]
    vetoes: list[str]
    opinion: str
    reason: str


class SubmittedOut(Schema):
    """A review that was submitted; the latest counts."""

    number: int
    submitted_at: str
    reason: str
    content: ContentOut


class SheetOut(Schema):
    """The asker's sheet of a case. Save with `version`; submit with `sha256`, which is null while something is wrong.

    `closed` says why nothing can be typed; `errors` what keeps it from being submitted, by its field.
    """

    case: int
    number: str
    criteria: list[CriterionOut]
    vetoes: list[VetoOut]
    content: ContentOut
    version: int
    revising: bool
    total: str
    out_of: int
    open: bool
    closed: str | None
    errors: list[WrongOut]
    sha256: str | None
    submitted: list[SubmittedOut]


class SheetIn(Schema):
    """The whole sheet as it stands. `version` is what was read: 409 `sheet_stale` where somebody saved since, unless
    `over` says that this one is to stand."""

    version: Annotated[int, Field(ge=0, le=10**8)]
    scores: dict[Name, Points] = {}
    comments: dict[Name, Typed] = {}
    vetoes: Annotated[list[Name], Field(max_length=100)] = []
    opinion: Typed = ""
    reason: Typed = ""
    over: bool = False


class RevisionIn(Schema):
    """`drop` gives up a revision that was begun."""

    drop: bool = False


class SubmitIn(Schema):
    """The hash of the review that is confirmed; with a revision its reason stands on the sheet."""

    sha256: Digest


class AbstainIn(Schema):
    reason: Reason


class RemarkIn(Schema):
    text: Typed


class RemarkOut(Schema):
    """What an expert said to the others."""

    expert: str
    name: str
    at: str
    text: str


class OtherOut(Schema):
    """A review of the panel: the latest of its expert."""

    expert: str
    name: str
    chair: bool
    scores: dict[str, str]
    total: str
    left_out: bool
    vetoes: list[str]
    said: list[str]


class OthersOut(Schema):
    """The reviews of the panel, and what was said. `score` and `outcome` are null before all are in."""

    wanted: int
    given: int
    score: str | None
    outcome: str | None
    reviews: list[OtherOut]
    remarks: list[RemarkOut]


class ConcludeIn(Schema):
    """What the chair concludes; `opinion` is the panel's, `cut_fen` is cut from the budget."""

    step: Literal["pass_review", "ask_revision", "fail_review", "confirm_revision", "return_revision"]
    opinion: Annotated[str, StringConstraints(max_length=OPINION_MAX)] = ""
    cut_fen: Annotated[int, Field(ge=0, le=LARGEST_FEN)] = 0


def _content(content: Content) -> ContentOut:
    return ContentOut(
        scores=dict(content.scores), comments=dict(content.comments), vetoes=list(content.vetoes),
        opinion=content.opinion, reason=content.reason,
    )  # fmt: skip


def sheet_out(sheet: Sheet) -> SheetOut:
    """The sheet as it stands."""
    rubric, content = sheet.rubric, sheet.content
    wrong = problems(rubric, content, revising=sheet.revising) if sheet.is_open else {}
    sums = running(rubric, content)
    return SheetOut(
        case=sheet.case.pk, number=str(sheet.case.number),
        criteria=[
            CriterionOut(
                name=one.name, title=str(one.title), points=one.points, required=one.required,
                guidance=str(one.guidance or ""),
                comment_below=None if one.comment_below is None else str(one.comment_below),
                comment_from=None if one.comment_from is None else str(one.comment_from),
            )
            for one in leaves(rubric)
        ],
        vetoes=[VetoOut(name=one.name, title=str(one.title)) for one in rubric.vetoes],
        content=_content(content), version=sheet.version, revising=sheet.revising, total=sums.shown,
        out_of=sums.out_of, open=sheet.is_open, closed=None if sheet.refusal is None else str(sheet.refusal),
        errors=[WrongOut(at=field, sentence=str(words)) for field, words in wrong.items()],
        sha256=submitting.confirmed_sha256(sheet) if sheet.is_open and not wrong else None,
        submitted=[
            SubmittedOut(
                number=one.number, submitted_at=str(iso(one.submitted_at)), reason=one.reason,
                content=_content(Content(one.scores, one.comments, tuple(one.vetoes), one.opinion)),
            )
            for one in sheet.reviews
        ],
    )  # fmt: skip


def _mine(request: HttpRequest, pk: int) -> Sheet:
    return own_sheet(asker(request), pk)


@routes.get("/reviews/{pk}/sheet", SheetOut, scope=Scope.REVIEWS_READ, by=EXPERT)
def review_sheet(request: HttpRequest, pk: Id) -> SheetOut:
    """The asker's score sheet of a case: criteria, what is typed, what is wrong with it, what was submitted."""
    return sheet_out(_mine(request, pk))


@routes.change("PUT", "/reviews/{pk}/sheet", SheetOut, scope=Scope.REVIEWS_WRITE, by=EXPERT)
def review_sheet_save(request: HttpRequest, pk: Id, asked: SheetIn) -> SheetOut:
    """Keep the sheet as a draft. What is wrong on it is kept and named; what the rubric does not have is nobody's."""
    sheet = _mine(request, pk)
    named = {leaf.name for leaf in leaves(sheet.rubric)}
    vetoes = {veto.name for veto in sheet.rubric.vetoes}
    content = Content(
        scores={name: typed for name, typed in asked.scores.items() if name in named},
        comments={name: text for name, text in asked.comments.items() if text and name in named | vetoes},
        vetoes=tuple(name for name in asked.vetoes if name in vetoes),
        opinion=asked.opinion, reason=asked.reason,
    )  # fmt: skip
    save(asker(request), pk, content, version=asked.version, takes_over=asked.over)
    return sheet_out(_mine(request, pk))


@act("sheet/revision", SheetOut)
def review_sheet_revise(request: HttpRequest, pk: Id, asked: RevisionIn) -> SheetOut:
    """Begin a revision from the review that is in, or give one up."""
    _mine(request, pk)
    if asked.drop:
        drop_revision(asker(request), pk)
    else:
        begin_revision(asker(request), pk)
    return sheet_out(_mine(request, pk))


@act("submission", SheetOut)
def review_submit(request: HttpRequest, pk: Id, asked: SubmitIn) -> SheetOut:
    """Submit the sheet as the review with that hash, or revise the one that is in, with the reason on the sheet.

    422 `sheet_not_ready` while something is wrong, 409 `review_changed` where the sheet is not what was confirmed.
    """
    sheet = _mine(request, pk)
    submitting.submit(
        asker(request), pk, sha256=asked.sha256.lower(), key=key_of(request), revising=sheet.revising,
        reason=sheet.content.reason,
    )  # fmt: skip
    return sheet_out(_mine(request, pk))


@act("abstention", SheetOut)
def review_abstain(request: HttpRequest, pk: Id, asked: AbstainIn) -> SheetOut:
    """Take no part in this case, with the reason; that is not nought, and cannot be taken back."""
    _mine(request, pk)
    submitting.abstain(asker(request), pk, reason=asked.reason, key=key_of(request))
    return sheet_out(_mine(request, pk))


@routes.get("/reviews/{pk}/others", OthersOut, scope=Scope.REVIEWS_READ, by=EXPERT)
def review_others(request: HttpRequest, pk: Id) -> OthersOut:
    """The reviews of the whole panel, and the discussion: 409 until the programme opens them to the asker."""
    sheet = _mine(request, pk)
    standing = standing_of(sheet.case)
    if (closed := kept_from(sheet, standing)) is not None:
        raise closed
    table = table_of(sheet.rubric, standing)
    remarks = (
        Remark.objects.filter(application=sheet.case).select_related("assignment__expert").order_by("pk")
    )
    return OthersOut(
        wanted=len(standing.assignments), given=len(standing.assignments) - len(standing.waiting),
        score=str(standing.score.shown) if standing.all_in and standing.score.shown is not None else None,
        outcome=standing.outcome or None,
        reviews=[
            OtherOut(
                expert=one.code, name=one.name, chair=one.chairs,
                scores={leaf.name: given for leaf, given in zip(table.leaves, one.scores, strict=True)},
                total=one.total, left_out=one.dropped, vetoes=[str(veto) for veto in one.vetoes],
                said=[f"{title}: {text}" for title, text in one.words],
            )
            for one in table.columns
        ],
        remarks=[
            RemarkOut(
                expert=one.assignment.expert.code, name=one.assignment.expert.name, at=one.at.isoformat(), text=one.text
            )
            for one in remarks[:REMARKS_SHOWN]
        ],
    )  # fmt: skip


@act("remarks", Done)
def review_remark(request: HttpRequest, pk: Id, asked: RemarkIn) -> Done:
    """Say something to the others of the panel about the case; the same once more says nothing new."""
    _mine(request, pk)
    say(asker(request), pk, asked.text)
    return Done(done="said")


@act("conclusion", Done)
def review_conclude(request: HttpRequest, pk: Id, asked: ConcludeIn) -> Done:
    """The chair concludes what the scores come to, or confirms or returns what was revised: 409 for anybody else."""
    sheet = _mine(request, pk)
    if asked.step not in sheet.case.declaration.steps:
        raise Http404
    if asked.step in CONCLUDING:
        conclude(
            asker(request),
            sheet.case,
            asked.step,
            opinion=asked.opinion,
            cut_fen=asked.cut_fen,
            key=key_of(request),
        )
    elif asked.step in CONFIRMING:
        perform(asked.step, [pk], actor=asker(request), key=key_of(request), reason=asked.opinion)
    return Done(done=asked.step)
