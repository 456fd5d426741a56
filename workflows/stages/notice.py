"""Public notice 公示: the frozen, masked list of a batch, and objections, each of which stops one item only."""

from accounts.models import Role
from config.words import T
from workflows import notices, objections
from workflows.engine.composite import Vary, stage
from workflows.engine.declare import Same, State, WorkingDays, step
from workflows.guards import (
    nothing_paid,
    notice_is_withdrawn,
    notice_over,
    notice_runs,
    objection_upheld,
)
from workflows.stages.words import applicant, authority
from workflows.states import APPROVED, CLEARED, NOTICED, REVOKED

ON_NOTICE = applicant(
    T("on public notice", "公示中"),
    T(
        "The proposed award list is on public notice until {notice_ends_on}.",
        "拟奖励名单正在公示，公示期至 {notice_ends_on}。",
    ),
)
OBJECTED = authority(
    T("objection", "收到异议"),
    T("An objection has come in. Answer it in time.", "收到一件异议，请在时限内答复。"),
)
WAS_REVOKED = applicant(
    T("award revoked", "奖励已撤销"),
    T("An objection was upheld and the award is revoked: {reason}", "异议成立，奖励予以撤销。理由：{reason}"),
)
WAS_WITHDRAWN = applicant(
    T("public notice withdrawn", "公示已撤回"),
    T("The public notice was withdrawn before its end: {reason}", "公示已提前撤回。原因：{reason}"),
)
NOT_THE_SAME = T(
    "Whoever approved the batch cannot release its notice.", "审批人不能发布同一批次的公示，请由另一人发布。"
)


def notice(
    *,
    source: State = APPROVED,
    through: State = NOTICED,
    to: State = CLEARED,
    revoked: State | None = REVOKED,
    within: WorkingDays = WorkingDays(5),
    release_notice: Vary | None = None,
    end_notice: Vary | None = None,
    receive_objection: Vary | None = None,
    decide_objection: Vary | None = None,
    revoke: Vary | None = None,
    withdraw_notice: Vary | None = None,
    show_notice_again: Vary | None = None,
) -> object:
    """`release_notice` of an approved batch by another person than its approver, `end_notice` when its days are over.

    Its length and its counting rule are the programme's `notice=NoticeRule(…)`. An objection can be received
    while the notice stands and decided until the money is paid. An official can `withdraw_notice` early, with the
    reason, which the public reads; nothing goes on until another than the approver lets `show_notice_again`.

    Args:
        revoked: where a case ends whose objection was upheld (`revoke`); None where an objection is about one
            person of a roster, who alone loses the award.
    """
    objected_in = (through, to)
    return stage(
        "notice",
        (
            "release_notice",
            step(
                source, through, label=T("Release the public notice", "发布公示"), done=T("On public notice", "开始公示"),
                by=Role.OFFICIAL, due=within, other_than=("batch.approve",), other_words=NOT_THE_SAME,
                effect=notices.publish, tells=ON_NOTICE, place="batch",
            ),
            release_notice,
        ),
        (
            "end_notice",
            step(
                through, to, label=T("End the notice", "公示期满"), done=T("Notice ended", "公示期满"), by=Role.SYSTEM,
                when=[notice_over],
            ),
            end_notice,
        ),
        (
            "receive_objection",
            step(
                objected_in, Same, label=T("Objection received", "收到异议"),
                done=T("Objection received; it stops what it is about", "收到异议，暂停所涉事项"), by=Role.SYSTEM,
                effect=objections.receive, tells=OBJECTED, in_batch=False,
            ),
            receive_objection,
        ),
        (
            "decide_objection",
            step(
                objected_in, Same, label=T("Decide the objection", "处理异议"), done=T("Objection decided", "异议处理完毕"),
                by=Role.OFFICIAL, needs_reason=True, effect=objections.settle, in_batch=False, place="objections",
            ),
            decide_objection,
        ),
        (
            "withdraw_notice",
            step(
                through, Same, label=T("Withdraw the notice", "撤回公示"), done=T("Notice withdrawn", "公示已撤回"),
                by=Role.OFFICIAL, needs_reason=True, when=[notice_runs], effect=notices.withdraw, place="notice",
                tells=WAS_WITHDRAWN,
            ),
            withdraw_notice,
        ),
        (
            "show_notice_again",
            step(
                through, Same, label=T("Show the notice again", "重新公示"), done=T("On public notice again", "重新公示"),
                by=Role.OFFICIAL, when=[notice_is_withdrawn], other_than=("batch.approve",), other_words=NOT_THE_SAME,
                effect=notices.show_again, place="notice", tells=ON_NOTICE,
            ),
            show_notice_again,
        ),
        (
            "revoke",
            step(
                objected_in, revoked, label=T("Revoke the award", "撤销奖励"), done=T("Award revoked", "撤销奖励"),
                by=Role.OFFICIAL, needs_reason=True, when=[objection_upheld, nothing_paid], records=("amount_fen",),
                tells=WAS_REVOKED,
            ),
            revoke,
        )
        if revoked
        else None,
    )  # fmt: skip
