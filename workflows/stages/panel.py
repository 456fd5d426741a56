"""Expert panel 专家评审: the case is put before experts, and their conclusion is recorded.

The time with the experts does not count into the promised limit. This is the way of the case; pages for the draw and
for scoring (`Programme.rubric`) do not exist yet, so the panel's conclusion is written as the reason. To let a case be
revised, name `REVIEWING` among the sources of `correction`.
"""

from collections.abc import Iterable

from accounts.models import Role
from config.words import T
from workflows.engine.composite import Vary, stage
from workflows.engine.declare import State, WorkingDays, step
from workflows.engine.guards import Guard
from workflows.stages.words import applicant
from workflows.states import FAILED, REVIEWED, REVIEWING

WAS_FAILED = applicant(
    T("review not passed", "评审未通过"),
    T("The expert review was not passed: {reason}", "专家评审未通过。理由：{reason}"),
)


def panel(
    source: State,
    *,
    through: State = REVIEWING,
    to: State = REVIEWED,
    failed: State = FAILED,
    when: Iterable[Guard] = (),
    within: WorkingDays = WorkingDays(30),
    put_to_panel: Vary | None = None,
    pass_review: Vary | None = None,
    fail_review: Vary | None = None,
) -> object:
    """`put_to_panel`; then `pass_review` or `fail_review`, each with the panel's conclusion as its reason.

    Args:
        when: what must hold before it is put to the experts.
        within: the limit for putting it to them, and for their conclusion.
    """
    return stage(
        "panel",
        (
            "put_to_panel",
            step(
                source, through, label=T("Put to the panel", "提交专家评审"), done=T("Put to the panel", "提交专家评审"),
                by=Role.CLERK, when=when, due=within,
            ),
            put_to_panel,
        ),
        (
            "pass_review",
            step(
                through, to, label=T("Review passed", "评审通过"), by=Role.CLERK, due=within, needs_reason=True,
                in_batch=False,
            ),
            pass_review,
        ),
        (
            "fail_review",
            step(
                through, failed, label=T("Review not passed", "评审未通过"), by=Role.CLERK, needs_reason=True,
                in_batch=False, tells=WAS_FAILED,
            ),
            fail_review,
        ),
    )  # fmt: skip
