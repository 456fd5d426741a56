"""The sheet of one expert for one case: found, kept as one types, begun anew for a revision."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from config.errors import Refusal
from config.words import T
from workflows.engine.rubric import Rubric
from workflows.models import Application, Assignment, Review, ReviewDraft
from workflows.review.sheets.content import Content
from workflows.rules import reviewable_by

GIVE, REVISE = "submit_review", "revise_review"


class OlderTab(Refusal):
    """Another window or device saved the same sheet after this one was opened."""

    code = "sheet_stale"
    status = 409
    words = T(
        "Another window or device has saved this sheet at {at}, after yours was opened. Choose which one stands.",
        "另一个窗口或设备在 {at} 保存过这份评分表，晚于本窗口打开的时间。请选择以哪一份为准。",
    )


class ScoringClosed(Refusal):
    """The case is not before the panel (any more)."""

    code = "scoring_closed"
    status = 409
    words = T(
        "Scoring is closed: the case stands at “{standing}”. What you typed is not lost, but counts no more.",
        "评分已结束：本件目前处于“{standing}”。您填写的内容仍保留，但不再计入。",
    )


class NotUndertaken(Refusal):
    code = "no_undertaking"
    status = 409
    words = T(
        "The undertaking and the confidentiality statement come before scoring. Open the case and give them.",
        "评分前须先签署承诺书和保密声明。请打开本件签署。",
    )


class AlreadyIn(Refusal):
    """The review is in, or the expert abstained; the sheet takes nothing more by itself."""

    code = "sheet_submitted"
    status = 409
    words = T(
        "Your review of this case is in. To change it, press “Revise” and say why.",
        "您对本件的评分已提交。如需改动，请点“修改评分”并说明理由。",
    )


class Abstained(Refusal):
    code = "sheet_abstained"
    status = 409
    words = T("You have abstained from this case.", "您已对本件弃权。")


@dataclass(frozen=True, slots=True)
class Sheet:
    """An expert's sheet as it stands: the case, the rubric, what is submitted, what is being typed."""

    case: Application
    rubric: Rubric
    assignment: Assignment
    reviews: tuple[Review, ...]
    draft: ReviewDraft | None

    @property
    def content(self) -> Content:
        """What is being typed, else the latest review, else nothing."""
        if self.draft is not None:
            return Content.kept(self.draft.content)
        return content_of(self.reviews[-1]) if self.reviews else Content()

    @property
    def version(self) -> int:
        return self.draft.version if self.draft is not None else 0

    @property
    def revising(self) -> bool:
        """Whether what is being typed would replace a review that is in."""
        return bool(self.reviews)

    @property
    def is_open(self) -> bool:
        """Whether something can be typed now."""
        return self.refusal is None

    @property
    def refusal(self) -> Refusal | None:
        """Why nothing can be typed."""
        if self.assignment.undertaking_at is None:
            return NotUndertaken()
        if self.assignment.abstained_at is not None:
            return Abstained()
        if not self.in_time:
            return ScoringClosed(standing=self.case.standing.label)
        return AlreadyIn() if self.reviews and self.draft is None else None

    @property
    def in_time(self) -> bool:
        """Whether the case is still before the panel."""
        return self.case.state in self.case.declaration.steps[GIVE].sources


class NoSheet(Assignment.DoesNotExist):
    """Nobody may know of a sheet that is not theirs."""


def sheet_of(user: User, pk: int, *, lock: bool = False) -> Sheet:
    """The sheet of `user` for the case `pk`.

    Raises:
        NoSheet: the case is not theirs to review, or not scored by a rubric.
    """
    parties = reviewable_by(user).select_related("round", "applicant")
    case = (parties.select_for_update(of=("self",)) if lock else parties).filter(pk=pk).first()
    rubric = case.declaration.rubric if case is not None else None
    if case is None or rubric is None or GIVE not in case.declaration.steps:
        raise NoSheet(f"no sheet for case {pk}")
    assignment = Assignment.objects.open_to(user).select_related("expert", "seat").get(application=case)
    reviews = tuple(Review.objects.filter(assignment=assignment).order_by("number"))
    return Sheet(case, rubric, assignment, reviews, ReviewDraft.objects.filter(assignment=assignment).first())


def content_of(review: Review) -> Content:
    """A review as a sheet shows it."""
    return Content(review.scores, review.comments, tuple(review.vetoes), review.opinion)


def save(
    user: User, pk: int, content: Content, *, version: int, tab: str = "", takes_over: bool = False
) -> ReviewDraft:
    """Keep what was typed; the draft's version grows by one.

    `version` is what the window saw when it last loaded or saved. A window (`tab`) that saved last itself is never
    stale: its answer was lost on the way. One that `takes_over` was told and goes on all the same.

    Raises:
        OlderTab: somebody saved since; nothing was changed.
        NotUndertaken, ScoringClosed, AlreadyIn, Abstained: nothing can be typed now.
        NoSheet: as `sheet_of`.
    """
    with transaction.atomic():
        sheet = sheet_of(user, pk, lock=True)
        if sheet.refusal is not None:
            raise sheet.refusal
        draft = sheet.draft or ReviewDraft(assignment=sheet.assignment)
        same = draft.content.get("tab", "") == tab != ""
        if (
            draft.version != version
            and not same
            and not takes_over
            and Content.kept(draft.content) != content
        ):
            raise OlderTab(at=clock(draft.saved_at))
        draft.content = {**content.data, "tab": tab}
        draft.version, draft.saved_at = draft.version + 1, timezone.now()
        draft.save()
    return draft


def begin_revision(user: User, pk: int) -> Sheet:
    """A draft that starts from the review that is in; one that was begun already goes on.

    Raises:
        NotUndertaken, ScoringClosed, Abstained: nothing can be revised now.
        NoSheet: as `sheet_of`.
    """
    with transaction.atomic():
        sheet = sheet_of(user, pk, lock=True)
        if sheet.refusal is not None and not isinstance(sheet.refusal, AlreadyIn):
            raise sheet.refusal
        if sheet.draft is None:
            ReviewDraft.objects.create(assignment=sheet.assignment, content=sheet.content.data, version=1)
    return sheet_of(user, pk)


def drop_revision(user: User, pk: int) -> None:
    """The review that is in stands; what was typed to replace it is given up."""
    with transaction.atomic():
        sheet = sheet_of(user, pk, lock=True)
        if sheet.reviews:
            ReviewDraft.objects.filter(assignment=sheet.assignment).delete()


def clock(at: datetime) -> str:
    """Hour and minute where the offices are."""
    return f"{timezone.localtime(at):%H:%M:%S}"
