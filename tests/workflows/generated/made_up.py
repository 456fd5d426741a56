"""A made-up programme with what the real ones use least: an excluded stage, steps of one version, four eyes by
events, a second limit, a clock that is stopped inside another limit."""

from accounts.models import Role
from config.words import T
from tests.workflows.engine.declared import Terms, declared
from workflows.engine.declare import Programme, Same, State, WorkingDays, step, steps_of
from workflows.engine.state import Holder
from workflows.guards import CORRECTED
from workflows.stages import correction, intake, withdrawal
from workflows.states import ACCEPTED, APPROVED, CLOSED, CORRECTING, DRAFT, REFUSED, SUBMITTED, WITHDRAWN

REVIEWING = State("reviewing", T("Experts’ review", "专家评审"), Holder.OFFICE, excluded=True)
REVIEWED = State("reviewed", T("Reviewed", "已评审"), Holder.OFFICE)


class Body:
    take_in = intake(within=WorkingDays(3))
    correct = correction([SUBMITTED, ACCEPTED, REVIEWED], at_most=2, within=WorkingDays(7), when=CORRECTED)
    begin = step(
        ACCEPTED,
        REVIEWING,
        label=T("Begin the review", "开始评审"),
        by=Role.CLERK,
        due=WorkingDays(4),
        since="2019",
    )
    settle = step(
        REVIEWING,
        REVIEWED,
        label=T("Settle the review", "完成评审"),
        by=Role.CLERK,
        due=WorkingDays(30),
        since="2019",
    )
    skip = step(ACCEPTED, REVIEWED, label=T("Pass", "通过"), by=Role.CLERK, due=WorkingDays(6), until="2018")
    approve = step(
        REVIEWED, APPROVED, label=T("Approve", "审批"), by=[Role.CLERK, Role.OFFICIAL], due=WorkingDays(5),
        other_than=("settle", "skip"),
    )  # fmt: skip
    undo = step(APPROVED, REVIEWED, label=T("Take back", "收回"), by=Role.OFFICIAL, needs_reason=True)
    finish = step(
        APPROVED,
        CLOSED,
        label=T("Close", "办结"),
        by=Role.OFFICIAL,
        due=WorkingDays(2),
        other_than=("approve",),
    )
    look = step(
        [REVIEWED, APPROVED],
        Same,
        label=T("Look", "查看"),
        by=Role.AUDITOR,
        in_batch=False,
        other_than=("look",),
    )
    take_back = withdrawal([DRAFT, SUBMITTED, REVIEWING, CORRECTING])


def made_up() -> Programme:
    """The declaration, new each time."""
    states = (
        DRAFT,
        SUBMITTED,
        ACCEPTED,
        REVIEWING,
        REVIEWED,
        APPROVED,
        CLOSED,
        CORRECTING,
        REFUSED,
        WITHDRAWN,
    )
    programme = declared(
        slug="made-up", code="MU", states=states, award=None, policies={"2018": Terms(), "2019": Terms()}
    )
    return programme.with_steps(steps_of(Body))
