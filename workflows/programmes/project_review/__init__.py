"""财政性信息化项目立项复评: a bureau's project before an expert panel, with defence, revision and cut of the budget.

Beside this file: what is asked, papers, guide (`form`); unit prices by policy version, the panel's rubric (`terms`).
"""

from django.db.models import F, Q

from accounts.models import OrganisationKind, Role
from config.words import T
from workflows.engine.amounts import answer
from workflows.engine.budget import Benchmarks
from workflows.engine.declare import Programme, WorkingDays, fields, step
from workflows.engine.guards import Guard
from workflows.guards import READY
from workflows.models import Application
from workflows.programmes.project_review.form import FORM, GUIDE, PAPERS
from workflows.programmes.project_review.terms import POLICIES, RUBRIC
from workflows.review.cut import panel_cut
from workflows.stages import appeal, approval, correction, handling, intake, panel, vary, withdrawal
from workflows.stages.words import applicant
from workflows.states import (
    ACCEPTED,
    APPEALED,
    CHECKED,
    CLOSED,
    CONSOLIDATED,
    CORRECTING,
    DENIED,
    DRAFT,
    FAILED,
    REFUSED,
    REVIEWING,
    REVISED,
    REVISING,
    SUBMITTED,
    VERIFIED,
    WITHDRAWN,
)

QUEUED = CHECKED.worded(T("Waiting for a session", "待安排场次"))
ON_PANEL = REVIEWING.worded(T("Review and defence", "评审答辩"))
APPROVED = CLOSED.worded(T("Approved", "已批复"))
NOT_APPROVED = DENIED.worded(T("Not approved", "不予立项"))
IN_OFFICE = (SUBMITTED, ACCEPTED, QUEUED, ON_PANEL, REVISED, VERIFIED, CONSOLIDATED)
STATES = (
    DRAFT, SUBMITTED, ACCEPTED, QUEUED, ON_PANEL, VERIFIED, CONSOLIDATED, APPROVED,
    CORRECTING, REVISING, REVISED, APPEALED, REFUSED, FAILED, NOT_APPROVED, WITHDRAWN,
)  # fmt: skip

not_its_own = Guard(
    ~Q(applicant=F("authority")),
    T("A bureau does not decide its own project.", "主管部门不能审批本单位的项目。"),
    code="own_project",
)
revised_plan = Guard(
    Q(receipt_attached=True),
    T("The revised plan is missing.", "还没有上传修改后的方案。"),
    mend="receipt",
    code="revised_plan",
)


class ProjectReview(Application):
    """Review of a publicly funded project before it is approved."""

    class Meta:
        proxy, app_label = True, "programmes"

    take_in = intake(when=[*READY, not_its_own], submit=vary(records=("policy", "amount_fen")))
    correct = correction([SUBMITTED, ACCEPTED, QUEUED])
    examine = step(
        ACCEPTED, QUEUED, label=T("Pass the preliminary check", "初审通过"), done=T("Preliminary check passed", "初审通过"),
        by=Role.CLERK, due=WorkingDays(10, remind=2, escalate=(0, 3)),
        tells=applicant(T("preliminary check passed", "初审通过"),
                        T("Your papers are complete. You will be told when and where the project is heard.", "材料初审通过，评审答辩的时间地点将另行通知。")),
    )  # fmt: skip
    review = panel(
        QUEUED, through=ON_PANEL, to=VERIFIED, chaired=True,
        # [demo] The panel meets with five; a member who leaves for one case leaves four, and no more may.
        quorum=4, revision=WorkingDays(20, remind=5), revised_when=[revised_plan],
        pass_review=vary(records=("amount_fen",), tells=applicant(
            T("review passed", "评审通过"), T("The panel has passed your project: {reason}", "专家组评审通过：{reason}"))),
    )  # fmt: skip
    decide = approval(
        to=APPROVED, denied=NOT_APPROVED, when=[not_its_own],
        deny=vary(label=T("Decide: not approved", "决定不予立项"), done=T("Not approved", "不予立项"), tells=applicant(
            T("not approved", "不予立项"), T("Your project is not approved: {reason}", "经审核，不予立项。理由：{reason}"))),
        approve=vary(tells=applicant(
            T("approved", "已批复"), T("Your project is approved with {amount_fen} yuan.", "您的项目已批复立项，金额 {amount_fen} 元。"))),
    )  # fmt: skip
    contest = appeal([FAILED, NOT_APPROVED], against=("fail_review", "deny"), reopened=QUEUED)
    take_back = withdrawal([DRAFT, SUBMITTED, ACCEPTED, QUEUED, CORRECTING])
    handle = handling(IN_OFFICE, seen_in=STATES[1:])


PROGRAMME = Programme(
    slug="project-review",
    code="XM",
    title=T("Review of publicly funded IT projects", "财政性信息化项目立项复评"),
    guide=GUIDE,
    states=STATES,
    policies=POLICIES,
    form=FORM,
    papers=PAPERS,
    amount=lambda _: answer("budget_fen") - panel_cut(),
    benchmarks=Benchmarks(),
    applicants=OrganisationKind.AUTHORITY,
    rubric=RUBRIC,
    about=fields("IT", "GV"),
).on(ProjectReview)
