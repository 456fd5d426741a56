"""重点发展产业中层以上人才个税奖励: rebate of part of the income tax of middle and senior staff.

One application is one employer in one policy year with a roster of people; decisions are per person,
money goes to the employer, who pays it on. Beside this file: what is asked (`form`), the policy versions
and their decision table (`terms`), and what the public reads (`guide`).
"""

from accounts.models import Role
from config.words import T
from workflows import batches, rosters
from workflows.engine.declare import NoticeRule, Programme, WorkingDays, step
from workflows.guards import (
    CORRECTED_WITH_ROSTER,
    READY_WITH_ROSTER,
    all_compared,
    fully_paid,
    no_holds,
    none_granted,
    nothing_frozen,
    roster_clean,
    some_granted,
    tax_matches,
)
from workflows.models import Application
from workflows.programmes.talent_tax_rebate.form import FORM, PRE_CHECK, ROSTER
from workflows.programmes.talent_tax_rebate.guide import GUIDE, PAPERS
from workflows.programmes.talent_tax_rebate.terms import DECISIONS, POLICIES, half_up
from workflows.stages import (
    approval,
    correction,
    handling,
    intake,
    notice,
    payment,
    roster,
    vary,
    withdrawal,
)
from workflows.stages.words import applicant
from workflows.states import (
    ACCEPTED,
    APPROVED,
    CHECKED,
    CLEARED,
    CLOSED,
    CONSOLIDATED,
    CORRECTING,
    DENIED,
    DRAFT,
    NOTICED,
    PAID,
    REFUSED,
    SUBMITTED,
    VERIFIED,
    WITHDRAWN,
)

VERIFYING = CHECKED.worded(T("Joint verification", "联审"))
AT_WORK = (ACCEPTED, VERIFYING, VERIFIED, CONSOLIDATED)
IN_OFFICE = (SUBMITTED, *AT_WORK)
ENDED = (REFUSED, DENIED, WITHDRAWN)


class TalentTaxRebate(Application):
    """Rebate of part of the income tax of middle and senior staff, policy 2016 no. 4."""

    class Meta:
        proxy, app_label = True, "programmes"

    take_in = intake(when=READY_WITH_ROSTER, submit=vary(records=("rows_total", "policy")))
    correct = correction(
        [SUBMITTED, ACCEPTED, VERIFYING], within=WorkingDays(10), when=CORRECTED_WITH_ROSTER,
        resubmit=vary(records=("rows_total",)),
    )  # fmt: skip
    examine = step(
        ACCEPTED, VERIFYING, label=T("Pass the preliminary check", "初审通过"), done=T("Preliminary check passed", "初审通过"),
        by=Role.CLERK, due=WorkingDays(10, remind=2, escalate=(0, 3)), when=[roster_clean], effect=rosters.decide_people,
        records=("rows_granted", "rows_refused", "rows_held", "amount_fen"),
    )  # fmt: skip
    verify = step(
        VERIFYING, VERIFIED, label=T("Finish joint verification", "完成联审"), done=T("Jointly verified", "联审完成"),
        by=Role.CLERK, due=WorkingDays(15, remind=3, escalate=(0, 3)), when=[all_compared], effect=rosters.decide_people,
        records=("rows_granted", "rows_refused", "rows_held", "rows_in_dispute", "amount_fen"),
    )  # fmt: skip
    decide = approval(
        within=WorkingDays(5, escalate=(0, 3)), when=[no_holds, tax_matches, some_granted],
        consolidate=vary(when=[some_granted]),
        deny=vary(
            when=[none_granted], records=("rows_refused",),
            tells=applicant(T("no award", "不予奖励"),
                            T("Nobody on your roster is granted an award: {reason}", "经审核，名单中没有人可获奖励。理由：{reason}")),
        ),
        approve=vary(
            effect=batches.refuse_new_duplicates, records=("rows_granted", "rows_refused", "amount_fen", "policy"),
            tells=applicant(T("approved", "审批通过"),
                            T("People granted: {rows_granted}; sum: {amount_fen} yuan. The public notice comes next.",
                              "{rows_granted} 人，{amount_fen} 元。下一步为公示。")),
        ),
    )  # fmt: skip
    publish = notice(
        revoked=None,
        receive_objection=vary(
            label=T("Objection received", "收到异议"),
            done=T("Objection received; the person is frozen", "收到异议，冻结该人"),
        ),
    )
    disburse = payment(onward=True, pay=vary(when=[nothing_frozen, fully_paid]))
    take_back = withdrawal([DRAFT, SUBMITTED, ACCEPTED, CORRECTING])
    work_on_people = roster(AT_WORK, compared_in=[*AT_WORK, CORRECTING], rechecked_in=IN_OFFICE)
    handle = handling(
        IN_OFFICE[:4], seen_in=[*IN_OFFICE, APPROVED, NOTICED, CLEARED, PAID, CLOSED, CORRECTING, *ENDED]
    )


PROGRAMME = Programme(
    slug="talent-tax-rebate",
    code="GS",
    title=T("Income-tax award for middle and senior talent in key industries", "重点发展产业中层以上人才个税奖励"),
    guide=GUIDE,
    states=(DRAFT, *IN_OFFICE, APPROVED, NOTICED, CLEARED, PAID, CLOSED, CORRECTING, *ENDED),
    policies=POLICIES,
    form=FORM,
    papers=PAPERS,
    roster=ROSTER,
    decisions=DECISIONS,
    award=half_up,
    notice=NoticeRule(days=5, counts_first_day=False, objection_answer_days=10,
                      title=T("Proposed award list", "拟奖励名单公示")),
    pre_check=PRE_CHECK,
).on(TalentTaxRebate)  # fmt: skip
