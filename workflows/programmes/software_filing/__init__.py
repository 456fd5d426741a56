"""软件和信息服务企业备案: an enterprise is put on file when its figures and its panel say so. No roster, no money.

Beside this file: what is asked, which papers, the guide (`form`); the policy versions and their conditions (`terms`);
what the panel scores by (`rubric`).
"""

from accounts.models import Role
from config.words import T
from workflows.engine.declare import CertificateRule, NoticeRule, Programme, WorkingDays, fields, step
from workflows.engine.ratios import all_reached
from workflows.models import Application
from workflows.programmes.software_filing.form import FORM, GUIDE, PAPERS
from workflows.programmes.software_filing.rubric import RUBRIC
from workflows.programmes.software_filing.terms import POLICIES, RATIOS
from workflows.stages import (
    appeal,
    approval,
    certificate,
    correction,
    handling,
    intake,
    notice,
    panel,
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
    NOTICED,
    REFUSED,
    REVIEWING,
    REVOKED,
    SUBMITTED,
    VERIFIED,
    WITHDRAWN,
)

QUEUED = CHECKED.worded(T("Waiting for the panel", "待专家评审"))
ON_PANEL = REVIEWING.worded(T("Expert panel", "专家评审"))
TO_FILE = CLEARED.worded(T("To be filed", "待备案"))
FILED = CLOSED.worded(T("Filed", "已备案"))
NOT_FILED = DENIED.worded(T("Not filed", "不予备案"))
IN_OFFICE = (SUBMITTED, ACCEPTED, QUEUED, ON_PANEL, VERIFIED, CONSOLIDATED)
STATES = (
    DRAFT, *IN_OFFICE, APPROVED, NOTICED, TO_FILE, FILED,
    CORRECTING, APPEALED, REFUSED, FAILED, NOT_FILED, REVOKED, WITHDRAWN,
)  # fmt: skip


class SoftwareFiling(Application):
    """Filing of a software and information services enterprise."""

    class Meta:
        proxy, app_label = True, "programmes"

    take_in = intake(submit=vary(records=("policy",)))
    correct = correction([SUBMITTED, ACCEPTED, QUEUED])
    examine = step(
        ACCEPTED, QUEUED, label=T("Pass the preliminary check", "初审通过"), done=T("Preliminary check passed", "初审通过"),
        by=Role.CLERK, due=WorkingDays(10, remind=2, escalate=(0, 3)), when=[all_reached],
        tells=applicant(T("preliminary check passed", "初审通过"),
                        T("Your papers are complete. The expert panel comes next.", "材料初审通过，下一步为专家评审。")),
    )  # fmt: skip
    fail_check = step(
        ACCEPTED, FAILED, label=T("Preliminary check not passed", "初审不通过"), by=Role.CLERK, needs_reason=True, in_batch=False,
        tells=applicant(T("preliminary check not passed", "初审未通过"),
                        T("The preliminary check was not passed: {reason}", "材料初审未通过。理由：{reason}")),
    )  # fmt: skip
    # [demo] Five meet, as the law asks; where figures decide, three who are left on a case are enough to conclude on it.
    review = panel(QUEUED, through=ON_PANEL, to=VERIFIED, chaired=True, quorum=3)
    decide = approval(
        deny=vary(label=T("Decide: not to be filed", "决定不予备案"), done=T("Not filed", "不予备案"), tells=applicant(
            T("not filed", "不予备案"), T("Your enterprise is not put on file: {reason}", "经审核，不予备案。理由：{reason}"))),
        consolidate=vary(records=()),
        approve=vary(records=("policy",), tells=applicant(
            T("approved", "审批通过"), T("Your filing is approved. The public notice comes next.", "备案已审批通过，下一步为公示。"))),
    )  # fmt: skip
    publish = notice(
        to=TO_FILE,
        release_notice=vary(tells=applicant(
            T("on public notice", "公示中"),
            T("The list of enterprises to be filed is on public notice until {notice_ends_on}.", "拟备案企业名单正在公示，公示期至 {notice_ends_on}。"))),
        revoke=vary(label=T("Refuse the filing after an objection", "异议成立，不予备案"), done=T("Filing refused after an objection", "异议成立，不予备案"),
                    records=(), tells=applicant(
            T("not filed", "不予备案"), T("An objection was upheld and your enterprise is not put on file: {reason}", "异议成立，不予备案。理由：{reason}"))),
    )  # fmt: skip
    file_enterprise = certificate(
        TO_FILE, to=FILED,
        issue_certificate=vary(label=T("Put on file and issue the certificate", "予以备案并颁发证书"), done=T("Put on file", "已备案")),
    )  # fmt: skip
    contest = appeal([FAILED, NOT_FILED], against=("fail_check", "fail_review", "deny"), reopened=ACCEPTED)
    take_back = withdrawal([DRAFT, SUBMITTED, ACCEPTED, QUEUED, CORRECTING])
    handle = handling(IN_OFFICE[:5], seen_in=STATES[1:])


PROGRAMME = Programme(
    slug="software-filing",
    code="RJ",
    title=T("Filing of software and information service enterprises", "软件和信息服务企业备案"),
    guide=GUIDE,
    states=STATES,
    policies=POLICIES,
    form=FORM,
    papers=PAPERS,
    ratios=RATIOS,
    rubric=RUBRIC,
    about=fields("IT01", "FN01"),
    notice=NoticeRule(days=5, counts_first_day=False, objection_answer_days=10,
                      title=T("Enterprises to be filed", "拟备案企业名单公示")),
    certificate=CertificateRule(
        title=T("Certificate of filing", "软件和信息服务企业备案证书"),
        says=T("{enterprise} (unified social credit code {credit_code}) is on file as a software and information services enterprise for {year}.",
               "兹证明 {enterprise}（统一社会信用代码 {credit_code}）已完成 {year} 年度软件和信息服务企业备案。"),
    ),
).on(SoftwareFiling)  # fmt: skip
