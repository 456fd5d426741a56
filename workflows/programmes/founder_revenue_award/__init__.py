"""“双百计划”领军型创业人才创办企业业务收入奖励: award on the revenue of firms founded by selected entrepreneurs.

One application is one firm in one policy year; the decision is on the case itself. Beside this file: what is asked
(`form`), the policy versions and their conditions (`terms`), what the public reads and what is scored (`guide`).
"""

from accounts.models import Role
from config.words import T
from workflows.engine.caps import BUDGET
from workflows.engine.declare import NoticeRule, Programme, WorkingDays, fields, step
from workflows.guards import CORRECTED
from workflows.models import Application
from workflows.programmes.founder_revenue_award.form import FORM
from workflows.programmes.founder_revenue_award.guide import GUIDE, INSPECTION, PAPERS, RUBRIC, SECTORS
from workflows.programmes.founder_revenue_award.terms import ELIGIBLE, POLICIES, amount
from workflows.stages import (
    appeal,
    approval,
    correction,
    handling,
    inspection,
    intake,
    notice,
    panel,
    payment,
    vary,
    withdrawal,
)
from workflows.stages.words import applicant
from workflows.states import (
    ACCEPTED,
    APPEALED,
    APPROVED,
    CHECKED,
    CLEARED,
    CLOSED,
    CONSOLIDATED,
    CORRECTING,
    DENIED,
    DRAFT,
    FAILED,
    INSPECTED,
    INSPECTING,
    NOTICED,
    REFUSED,
    REVIEWING,
    REVOKED,
    SUBMITTED,
    VERIFIED,
    WITHDRAWN,
)

TO_INSPECT = CHECKED.worded(T("Inspection to be ordered", "待安排考察"))
AT_WORK = (ACCEPTED, TO_INSPECT, INSPECTING, INSPECTED, REVIEWING, VERIFIED, CONSOLIDATED)
IN_OFFICE = (SUBMITTED, *AT_WORK)
ENDED = (REFUSED, FAILED, DENIED, REVOKED, WITHDRAWN)
NOT_ELIGIBLE = applicant(
    T("preliminary check not passed", "初审未通过"),
    T("Your application does not meet the conditions: {reason}", "您的申报不符合条件。理由：{reason}"),
)


class FounderRevenueAward(Application):
    """Award on the revenue of firms founded by selected entrepreneurs."""

    class Meta:
        proxy, app_label = True, "programmes"

    take_in = intake()
    correct = correction([SUBMITTED, ACCEPTED, TO_INSPECT], within=WorkingDays(10), when=CORRECTED)
    examine = step(
        ACCEPTED, TO_INSPECT, label=T("Pass the preliminary check", "初审通过"), done=T("Preliminary check passed", "初审通过"),
        by=Role.CLERK, due=WorkingDays(10, remind=2, escalate=(0, 3)), when=ELIGIBLE, records=("amount_fen", "policy"),
    )  # fmt: skip
    turn_down = step(
        ACCEPTED, FAILED, label=T("Not eligible", "初审不通过"), done=T("Preliminary check not passed", "初审未通过"),
        by=Role.CLERK, needs_reason=True, tells=NOT_ELIGIBLE,
    )  # fmt: skip
    inspect = inspection(TO_INSPECT, within=WorkingDays(20, remind=3, escalate=(0, 3)), toured=True)
    review = panel(
        INSPECTED, to=VERIFIED, chaired=True,
        pass_review=vary(tells=applicant(
            T("review passed", "评审通过"), T("The panel has passed your application: {reason}", "专家组评审通过：{reason}"))),
    )  # fmt: skip
    decide = approval(
        approve=vary(
            records=("amount_fen", "policy"),
            tells=applicant(T("approved", "审批通过"),
                            T("Sum: {amount_fen} yuan. The public notice comes next.",
                              "奖励金额 {amount_fen} 元。下一步为公示。")),
        ),
    )  # fmt: skip
    contest = appeal([DENIED], against=("deny",), reopened=VERIFIED)
    publish = notice()
    disburse = payment(within=WorkingDays(20))
    take_back = withdrawal([DRAFT, SUBMITTED, ACCEPTED, CORRECTING])
    handle = handling(
        (SUBMITTED, ACCEPTED, TO_INSPECT, INSPECTING, INSPECTED, REVIEWING, VERIFIED),
        seen_in=[*IN_OFFICE, APPROVED, NOTICED, CLEARED, CLOSED, CORRECTING, APPEALED, *ENDED],
    )


PROGRAMME = Programme(
    slug="founder-revenue-award",
    code="CY",
    title=T("Revenue award for firms of selected founders", "领军型创业人才创办企业业务收入奖励"),
    guide=GUIDE,
    states=(DRAFT, *IN_OFFICE, APPROVED, NOTICED, CLEARED, CLOSED, CORRECTING, APPEALED, *ENDED),
    policies=POLICIES,
    form=FORM,
    papers=PAPERS,
    amount=amount,
    notice=NoticeRule(days=5, counts_first_day=False, objection_answer_days=10,
                      title=T("Firms to be awarded", "拟奖励企业公示")),
    rubric=RUBRIC,
    about=fields("FN04", by="industry", where=SECTORS),
    inspection=INSPECTION,
    caps=(BUDGET,),
).on(FounderRevenueAward)  # fmt: skip
