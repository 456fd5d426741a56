"""What experts read of each other's reviews, and what they say to each other about a case."""

from decimal import Decimal

from django.db import transaction

from accounts.models import User
from config.errors import Refusal
from config.words import T
from workflows.engine.rubric import Rubric, Shown
from workflows.models import Remark
from workflows.review.counting import Standing
from workflows.review.naming import knows_panel
from workflows.review.scoring.agreement import range_of
from workflows.review.scoring.exact import half_up
from workflows.review.sheets.drafts import ScoringClosed, Sheet, sheet_of

REMARK_MAX = 2000


class OwnReviewFirst(Refusal):
    code = "own_review_first"
    status = 409
    words = T("The others’ reviews open once your own is in.", "提交自己的评分之后，才能查看其他专家的评分。")


class WaitForAll(Refusal):
    code = "wait_for_all"
    status = 409
    words = T(
        "The reviews open to the panel once all are in: {here} of {of}.",
        "全部专家提交后方可互相查看，已提交 {here} 人，共 {of} 人。",
    )


class OthersNotShown(Refusal):
    code = "others_not_shown"
    status = 409
    words = T("In this programme experts do not read each other’s reviews.", "本项目各专家的评分互不公开。")


class RemarkRefused(Refusal):
    code = "remark_refused"
    status = 422
    words = T("Write between 1 and {most} characters.", "请输入 1 至 {most} 字。")


class SubmittersSpeak(Refusal):
    code = "submitters_speak"
    status = 409
    words = T("Whoever has scored this case may speak here.", "提交过本件评分的专家方可参加讨论。")


def kept_from(sheet: Sheet, standing: Standing) -> Refusal | None:
    """Why this expert may not read the others' reviews now; nothing where they may. The chair may once all are in."""
    mine, shown = sheet.assignment, sheet.rubric.others_shown
    if mine.seat is not None and mine.seat.is_chair and standing.all_in:
        return None
    if shown is Shown.NEVER:
        return OthersNotShown()
    if not knows_panel(mine, sheet.case):
        return OwnReviewFirst()
    if shown is Shown.ALL_IN and not standing.all_in:
        waiting = len(standing.waiting)
        return WaitForAll(here=len(standing.assignments) - waiting, of=len(standing.assignments))
    return None


def say(user: User, pk: int, text: str) -> Remark:
    """Say something to the others about the case; the same once more says nothing new.

    Raises:
        SubmittersSpeak: one's own review is not in.
        RemarkRefused: nothing, or too much.
        ScoringClosed: the panel is through with the case.
        OthersNotShown: the programme knows no discussion.
        NoSheet: the case is not theirs to review.
    """
    with transaction.atomic():
        sheet = sheet_of(user, pk, lock=True)
        if not sheet.in_time:
            raise ScoringClosed(standing=sheet.case.standing.label)
        if sheet.rubric.others_shown is Shown.NEVER:
            raise OthersNotShown
        if not sheet.reviews:
            raise SubmittersSpeak
        said = text.replace("\r\n", "\n").strip()
        if not 0 < len(said) <= REMARK_MAX:
            raise RemarkRefused(most=REMARK_MAX)
        last = Remark.objects.filter(assignment=sheet.assignment).order_by("pk").last()
        if last is not None and last.text == said:
            return last
        return Remark.objects.create(assignment=sheet.assignment, application=sheet.case, text=said)


def apart(rubric: Rubric, standing: Standing) -> Decimal | None:
    """How far the highest and the lowest total are apart, where that asks for a discussion; in points."""
    width = range_of(standing.score)
    if rubric.discuss_spread is None or width <= rubric.discuss_spread:
        return None
    return half_up(width)
