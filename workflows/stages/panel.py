"""Expert panel 专家评审: the case is put before experts, and their conclusion is recorded.

The time with the experts does not count into the promised limit. Without `chaired` the panel's conclusion is
written by a clerk as the reason. With it, the experts who are assigned to the case give their undertaking, score by
the programme's rubric, and the chair concludes what the scores come to. To let a case be corrected while it is
reviewed, name `REVIEWING` among the sources of `correction`.
"""

from collections.abc import Iterable

from accounts.models import APPLICANT_ROLES, Role
from config.words import T
from workflows.engine.composite import Vary, stage
from workflows.engine.declare import Same, State, Step, WorkingDays, step
from workflows.engine.guards import Guard
from workflows.review import acts
from workflows.review.guards import (
    all_reviews_in,
    at_quorum,
    chairs,
    comes_to,
    has_undertaken,
    not_reviewed_yet,
    not_undertaken_yet,
    reviewed_already,
)
from workflows.review.recusal import settling
from workflows.review.sessions.quorum import LEAST
from workflows.stages.words import applicant
from workflows.states import FAILED, REVIEWED, REVIEWING, REVISED, REVISING

WAS_FAILED = applicant(
    T("review not passed", "评审未通过"),
    T("The expert review was not passed: {reason}", "专家评审未通过。理由：{reason}"),
)
TO_REVISE = applicant(
    T("to be revised", "修改后通过"),
    T("The panel asks for a revision: {reason}", "专家组意见为“修改后通过”，请修改：{reason}"),
)
NOT_CONFIRMED = applicant(
    T("revision not confirmed", "修改未获确认"),
    T("The revision is not enough yet: {reason}", "修改稿尚未通过确认：{reason}"),
)


def panel(
    source: State,
    *,
    through: State = REVIEWING,
    to: State = REVIEWED,
    failed: State = FAILED,
    when: Iterable[Guard] = (),
    within: WorkingDays = WorkingDays(30),
    chaired: bool = False,
    quorum: int = LEAST,
    revision: WorkingDays | None = None,
    revised_when: Iterable[Guard] = (),
    put_to_panel: Vary | None = None,
    pass_review: Vary | None = None,
    fail_review: Vary | None = None,
) -> object:
    """`put_to_panel`; then `pass_review` or `fail_review`, each with the panel's conclusion as its reason.

    With `chaired`: whoever is tied to the applicant is found when the case is put to the panel, and staff
    `declare_conflict_for` somebody or `settle_conflict`; `undertake`, `declare_conflict`, `submit_review`, `revise_review` and `abstain` by the experts
    of the case, and the conclusion by their chair, as the scores come to. With `revision` also
    `ask_revision` → `hand_in_revision` by the applicant → `confirm_revision` or `return_revision` by the chair.

    Args:
        when: what must hold before it is put to the experts.
        within: the limit for putting it to them, and for their conclusion.
        quorum: with `chaired`, how many experts have to sit on the case itself for a conclusion; who recused
            themselves from it does not, who abstains does.
        revision: the applicant's limit for a revision, where a case can pass after one.
        revised_when: what must hold before a revision is handed in.
    """
    concluding = Role.EXPERT if chaired else Role.CLERK

    def about(outcome: str) -> tuple[Guard, ...]:
        return (chairs, at_quorum(quorum), all_reviews_in, comes_to(outcome)) if chaired else ()

    return stage(
        "panel",
        (
            "put_to_panel",
            step(
                source, through, label=T("Put to the panel", "提交专家评审"), done=T("Put to the panel", "提交专家评审"),
                by=Role.CLERK, when=when, due=within, effect=settling.put_before_panel if chaired else None,
            ),
            put_to_panel,
        ),
        *(_acts(through) if chaired else ()),
        *(_recusal((through, REVISING, REVISED) if revision else (through,)) if chaired else ()),
        (
            "pass_review",
            step(
                through, to, label=T("Review passed", "评审通过"), by=concluding, due=within, needs_reason=True,
                in_batch=False, when=about("pass"), place="panel" if chaired else "",
                effect=acts.conclude if chaired else None,
            ),
            pass_review,
        ),
        *(_revision(through, to, revision, about("revise"), tuple(revised_when)) if revision else ()),
        (
            "fail_review",
            step(
                through, failed, label=T("Review not passed", "评审未通过"), by=concluding, needs_reason=True,
                in_batch=False, tells=WAS_FAILED, when=about("fail"), place="panel" if chaired else "",
                effect=acts.conclude if chaired else None,
            ),
            fail_review,
        ),
    )  # fmt: skip


def _acts(through: State) -> tuple[tuple[str, Step, None], ...]:
    """What the experts do on a case; each leaves an event of its chain, none says what was scored."""
    return (
        (
            "undertake",
            step(
                through, Same, label=T("Give the undertaking", "签署承诺书"), done=T("Undertaking given", "已签承诺书"),
                by=Role.EXPERT, when=[not_undertaken_yet], effect=acts.undertake, place="panel",
            ),
            None,
        ),
        (
            "declare_conflict",
            step(
                through, Same, label=T("Recuse myself", "申请回避"), done=T("An expert recused themselves", "专家回避"),
                by=Role.EXPERT, needs_reason=True, effect=acts.declare_conflict, place="panel", in_batch=False,
            ),
            None,
        ),
        (
            "submit_review",
            step(
                through, Same, label=T("Submit the scores", "提交评分"), done=T("Scores submitted", "已提交评分"),
                by=Role.EXPERT, when=[has_undertaken, not_reviewed_yet], effect=acts.submit_review, place="panel",
                in_batch=False, records=("reviews_in",),
            ),
            None,
        ),
        (
            "revise_review",
            step(
                through, Same, label=T("Revise the scores", "修改评分"), done=T("Scores revised", "已修改评分"),
                by=Role.EXPERT, when=[has_undertaken, reviewed_already], needs_reason=True,
                effect=acts.submit_review, place="panel", in_batch=False, records=("reviews_in",),
            ),
            None,
        ),
        (
            "abstain",
            step(
                through, Same, label=T("Abstain", "弃权"), done=T("An expert abstained", "专家弃权"), by=Role.EXPERT,
                when=[has_undertaken, not_reviewed_yet], needs_reason=True, effect=acts.abstain, place="panel",
                in_batch=False, records=("reviews_in",),
            ),
            None,
        ),
    )  # fmt: skip


def _recusal(sources: tuple[State, ...]) -> tuple[tuple[str, Step, None], ...]:
    """What staff do about conflicts of interest; it stands in the chain of the case."""
    staff = (Role.CLERK, Role.OFFICIAL)
    return (
        (
            "declare_conflict_for",
            step(
                sources, Same, label=T("Declare a conflict", "登记回避"), done=T("Conflict declared", "已登记回避"),
                by=staff, needs_reason=True, effect=settling.declare_for, place="conflicts", in_batch=False,
            ),
            None,
        ),
        (
            "settle_conflict",
            step(
                sources, Same, label=T("Settle a conflict", "处理回避"), done=T("Conflict settled", "已处理回避"),
                by=staff, needs_reason=True, effect=settling.settle, place="conflicts", in_batch=False,
            ),
            None,
        ),
    )  # fmt: skip


def _revision(
    through: State, to: State, within: WorkingDays, when: tuple[Guard, ...], revised_when: tuple[Guard, ...]
) -> tuple[tuple[str, Step, None], ...]:
    return (
        (
            "ask_revision",
            step(
                through, REVISING, label=T("Pass after revision", "修改后通过"),
                done=T("To pass after revision", "修改后通过"), by=Role.EXPERT, needs_reason=True, in_batch=False,
                when=when, effect=acts.conclude, tells=TO_REVISE, place="panel",
            ),
            None,
        ),
        (
            "hand_in_revision",
            step(
                REVISING, REVISED, label=T("Hand in the revision", "提交修改稿"),
                done=T("Revision handed in", "已提交修改稿"), by=APPLICANT_ROLES, due=within, when=revised_when,
                in_batch=False,
            ),
            None,
        ),
        (
            "confirm_revision",
            step(
                REVISED, to, label=T("Confirm the revision", "确认修改"), done=T("Revision confirmed", "组长已确认修改"),
                by=Role.EXPERT, when=[chairs], effect=acts.confirm_revision, place="panel", in_batch=False,
            ),
            None,
        ),
        (
            "return_revision",
            step(
                REVISED, REVISING, label=T("Return the revision", "退回修改稿"),
                done=T("Revision returned", "修改稿已退回"), by=Role.EXPERT, when=[chairs], needs_reason=True,
                tells=NOT_CONFIRMED, place="panel", in_batch=False, at_most=3, counted="correction_rounds",
            ),
            None,
        ),
    )  # fmt: skip
