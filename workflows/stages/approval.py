"""Approval 复核审批: cases are consolidated into a batch, a second person verifies it, a third signs it.

The human tasks of the batch are `workflows.approvals`; here is what happens to its cases.
"""

from collections.abc import Iterable

from accounts.models import Role
from config.words import T
from workflows import batches
from workflows.engine.composite import Vary, stage
from workflows.engine.declare import Same, State, WorkingDays, step
from workflows.engine.guards import Guard
from workflows.guards import batch_verified
from workflows.stages.words import applicant
from workflows.states import APPROVED, CONSOLIDATED, DENIED, VERIFIED

WAS_APPROVED = applicant(
    T("approved", "审批通过"),
    T("Your application is approved: {amount_fen} yuan.", "您的申报已审批通过，金额 {amount_fen} 元。"),
)
WAS_DENIED = applicant(
    T("no award", "不予奖励"),
    T("Your application is not granted an award: {reason}", "经审核，不予奖励。理由：{reason}"),
)
NOT_THE_SAME = T(
    "Whoever prepared or verified a batch cannot approve it.", "汇总人和核验人不能审批同一批次。"
)


def approval(
    *,
    source: State = VERIFIED,
    through: State = CONSOLIDATED,
    to: State = APPROVED,
    denied: State = DENIED,
    when: Iterable[Guard] = (),
    within: WorkingDays = WorkingDays(5),
    consolidate: Vary | None = None,
    deny: Vary | None = None,
    take_out: Vary | None = None,
    approve: Vary | None = None,
    send_back: Vary | None = None,
) -> object:
    """`consolidate` into a batch or `deny`; `approve` the batch as a whole, `take_out` a case, or `send_back` all.

    Args:
        when: what must hold of a case before it is approved, beside the verified batch and the four eyes.
        within: the limit of each of the two steps.
    """
    return stage(
        "approval",
        (
            "consolidate",
            step(
                source, through, label=T("Consolidate", "汇总成批"), done=T("Consolidated", "汇总成批"), by=Role.CLERK,
                due=within, effect=batches.join, records=("amount_fen",), place="selection",
            ),
            consolidate,
        ),
        (
            "deny",
            step(
                source, denied, label=T("Decide: no award", "决定不予奖励"), done=T("No award", "不予奖励"),
                by=Role.OFFICIAL, needs_reason=True, tells=WAS_DENIED,
            ),
            deny,
        ),
        (
            "take_out",
            step(
                through, source, label=T("Take out of the batch", "移出本批"), done=T("Taken out of the batch", "移出批次"),
                by=[Role.CLERK, Role.OFFICIAL], needs_reason=True, effect=batches.leave, place="batch",
            ),
            take_out,
        ),
        (
            "approve",
            step(
                through, to, label=T("Approve", "审批通过"), done=T("Approved", "审批通过"), by=Role.OFFICIAL,
                due=within, when=[*when, batch_verified], other_than=("batch.prepare", "batch.verify"),
                other_words=NOT_THE_SAME, records=("amount_fen", "policy"), tells=WAS_APPROVED, place="batch",
            ),
            approve,
        ),
        (
            "send_back",
            step(
                through, Same, label=T("Send the batch back", "退回本批"), done=T("Batch sent back", "批次退回"),
                by=Role.OFFICIAL, needs_reason=True, place="batch",
            ),
            send_back,
        ),
    )  # fmt: skip
