"""A sheet becomes a review; or its expert abstains."""

from accounts.models import User
from config.errors import Refusal
from config.words import T
from workflows.engine.perform import Outcome, perform
from workflows.review.acts import review_sha256
from workflows.review.sheets.content import problems, review_of
from workflows.review.sheets.drafts import GIVE, REVISE, Sheet, sheet_of


class SheetNotReady(Refusal):
    """Something on the sheet is missing or wrong; `fields` says where."""

    code = "sheet_not_ready"
    status = 422
    words = T(
        "The sheet cannot be submitted yet: {count} to mend. Each is named beside its field.",
        "评分表暂不能提交：还有 {count} 处需要处理，已在各栏旁标出。",
    )


def confirmed_sha256(sheet: Sheet) -> str:
    """The hash of the review that the sheet would be: what the check page shows and the expert confirms."""
    return review_sha256(review_of(sheet.rubric, sheet.content))


def submit(user: User, pk: int, *, sha256: str, key: str, revising: bool, reason: str = "") -> Outcome:
    """Submit the sheet as the review that was confirmed, once however often it is sent; or revise the one that is in.

    Args:
        sha256: of what was confirmed (`confirmed_sha256`).
        revising, reason: as the check page was drawn, so that a second click asks for the same.

    Raises:
        SheetNotReady: something is missing or wrong.
        NotWhatWasSigned: another window has changed the sheet since it was confirmed.
        Blocked: the case is not before the panel, the undertaking is missing, a review is in already.
        NoSheet: as `sheet_of`.
    """
    sheet = sheet_of(user, pk)
    if sheet.draft is not None and (wrong := problems(sheet.rubric, sheet.content, revising=revising)):
        raise SheetNotReady(count=len(wrong))
    return perform(
        REVISE if revising else GIVE, [pk], actor=user, key=key, reason=reason, data={"sha256": sha256},
        kept={"review": review_of(sheet.rubric, sheet.content)},
    )  # fmt: skip


def abstain(user: User, pk: int, *, reason: str, key: str) -> Outcome:
    """Take no part in this case, with the reason; that is not nought.

    Raises:
        ReasonMissing, Blocked, NoSheet: as `perform` and `sheet_of`.
    """
    sheet_of(user, pk)
    return perform("abstain", [pk], actor=user, key=key, reason=reason)
