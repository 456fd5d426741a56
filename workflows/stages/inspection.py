"""On-site inspection 现场考察: inspectors go there; what they found decides whether the case goes on.

This is the way of the case; pages for tours, teams, photographs and score sheets do not exist yet, so the findings are
written as the reason of the conclusion.
"""

from collections.abc import Iterable

from accounts.models import Role
from config.words import T
from workflows.engine.composite import Vary, stage
from workflows.engine.declare import State, WorkingDays, step
from workflows.engine.guards import Guard
from workflows.stages.words import applicant
from workflows.states import FAILED, INSPECTED, INSPECTING

IS_COMING = applicant(
    T("on-site inspection", "现场考察"),
    T("Inspectors will visit you. You will hear when.", "将安排现场考察，时间另行通知。"),
)
WAS_FAILED = applicant(
    T("inspection not passed", "考察未通过"),
    T("The inspection was not passed: {reason}", "现场考察未通过。理由：{reason}"),
)


def inspection(
    source: State,
    *,
    through: State = INSPECTING,
    to: State = INSPECTED,
    failed: State = FAILED,
    when: Iterable[Guard] = (),
    within: WorkingDays = WorkingDays(20),
    order_inspection: Vary | None = None,
    pass_inspection: Vary | None = None,
    fail_inspection: Vary | None = None,
) -> object:
    """`order_inspection`; then `pass_inspection` or `fail_inspection`, each with the findings as its reason.

    Args:
        when: what must hold before inspectors are sent.
        within: the limit of the inspection.
    """
    return stage(
        "inspection",
        (
            "order_inspection",
            step(
                source, through, label=T("Order the inspection", "安排现场考察"),
                done=T("Inspection ordered", "已安排现场考察"), by=Role.CLERK, when=when, due=within, tells=IS_COMING,
            ),
            order_inspection,
        ),
        (
            "pass_inspection",
            step(
                through, to, label=T("Inspection passed", "考察通过"), by=Role.CLERK, due=within, needs_reason=True,
                in_batch=False,
            ),
            pass_inspection,
        ),
        (
            "fail_inspection",
            step(
                through, failed, label=T("Inspection not passed", "考察未通过"), by=Role.CLERK, needs_reason=True,
                in_batch=False, tells=WAS_FAILED,
            ),
            fail_inspection,
        ),
    )  # fmt: skip
