"""重点发展产业中层以上人才个税奖励: rebate of part of the income tax of middle and senior staff.

One application is one employer in one policy year with a roster of people; decisions are per person,
money goes to the employer, who pays it on. Rules: policy 2016 no. 4 and its yearly versions; what is
marked `demo` there is a parameter here.
"""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import BigIntegerField, CharField, DecimalField, ExpressionWrapper, F, Func, Q, Value
from django.db.models.functions import Cast, Concat, LPad, TruncDate

from accounts.models import APPLICANT_ROLES, District, Industry, Role
from config.words import T
from workflows import batches, corrections, notices, objections, payments, rosters
from workflows.engine.declare import (
    Guide,
    Holder,
    NoticeRule,
    Notify,
    Paper,
    Programme,
    Resume,
    Rule,
    Same,
    State,
    WorkingDays,
    step,
)
from workflows.engine.guards import Guard
from workflows.models import Application, Result
from workflows.programmes.talent_tax_rebate_form import (
    DISTRICT_WORDS,
    FORM,
    INDUSTRY_WORDS,
    PRE_CHECK,
    ROSTER,
)

# ── policy versions


@dataclass(frozen=True)
class Terms:
    """The parameters of one policy version."""

    industries: tuple[str, ...] = ("software", "electronics", "biomedicine", "new_materials")
    districts: tuple[str, ...] = ("siming", "huli", "jimei", "haicang", "tongan")
    min_tenure_months: int = 12
    min_pay_fen: int = 30_000_000
    management_counts: bool = True
    exclusions_apply: bool = False
    max_share: Decimal = Decimal("0.05")
    max_years: int = 3
    retained: Decimal = Decimal("0.40")
    share_of_retained: Decimal = Decimal("0.25")
    first_year: int = 2016
    promised_days: int = 60

    @property
    def arithmetic(self) -> T:
        sum_ = f"{{tax_fen}} × {self.retained} × {self.share_of_retained} = {{award_fen}}"
        return T(en=f"Award in yuan: {sum_}.", zh=f"奖励金额（元）：{sum_}。")

    @property
    def shown(self) -> tuple[tuple[T, T], ...]:
        """The parameters as the service guide prints them: what they are, and what they come to."""
        catalogue = [INDUSTRY_WORDS[Industry(i)] for i in self.industries]
        districts = [DISTRICT_WORDS[District(d)] for d in self.districts]
        pay, award = f"{self.min_pay_fen / 100:,.0f}", f"{self.retained:.0%} × {self.share_of_retained:.0%}"
        yes, no = T("Yes", "是"), T("No", "否")
        return (
            (
                T("Industries of the catalogue", "目录内行业"),
                T(", ".join(t.en for t in catalogue), "、".join(t.zh for t in catalogue)),
            ),
            (
                T("Districts accepted here", "受理的区"),
                T(", ".join(t.en for t in districts), "、".join(t.zh for t in districts)),
            ),
            (
                T("Shortest time in post", "在岗时间下限"),
                T(f"{self.min_tenure_months} months", f"{self.min_tenure_months} 个月"),
            ),
            (T("Least yearly pay", "年薪下限"), T(f"CNY {pay}", f"{pay} 元")),
            (T("Management posts count", "含管理岗"), yes if self.management_counts else no),
            (
                T(
                    "Large shareholders, logistics and official posts excluded",
                    "排除大股东、后勤行政岗、市管干部",
                ),
                T(f"Yes, from {self.max_share:.0%} of the shares", f"是，持股 {self.max_share:.0%} 以上")
                if self.exclusions_apply
                else no,
            ),
            (
                T("Years from the first claim", "自首次申报起年数"),
                T(f"{self.max_years} years", f"{self.max_years} 年"),
            ),
            (T("Award: tax × retained share × rate", "奖励 = 税额 × 地方留成 × 比例"), T(award, award)),
        )


POLICIES = {
    "2018": Terms(management_counts=False),
    "2019": Terms(),
    "2021": Terms(exclusions_apply=True),
}

# ── states

DRAFT = State("draft", T("Draft", "草稿"), Holder.APPLICANT)
SUBMITTED = State("submitted", T("Submitted", "已提交"), Holder.OFFICE)
ACCEPTED = State("accepted", T("Preliminary check", "初审"), Holder.OFFICE)
CHECKED = State("checked", T("Joint verification", "联审"), Holder.OFFICE)
VERIFIED = State("verified", T("Consolidation", "待汇总"), Holder.OFFICE)
CONSOLIDATED = State("consolidated", T("Approval", "复核审批"), Holder.AUTHORITY)
APPROVED = State("approved", T("Approved", "待公示"), Holder.AUTHORITY)
NOTICED = State("noticed", T("Public notice", "公示"), Holder.PUBLIC)
CLEARED = State("cleared", T("Disbursement", "拨付"), Holder.AUTHORITY)
PAID = State("paid", T("Onward payment", "转付"), Holder.APPLICANT)
CLOSED = State("closed", T("Closed", "办结"), Holder.NOBODY, outcome="good")
CORRECTING = State("correcting", T("Correction", "补正"), Holder.APPLICANT, on_path=False, stops_clock=True)
REFUSED = State(
    "refused", T("Not accepted", "不予受理"), Holder.NOBODY, on_path=False, outcome="bad", near="submitted"
)
DENIED = State(
    "denied", T("No award", "不予奖励"), Holder.NOBODY, on_path=False, outcome="bad", near="verified"
)
WITHDRAWN = State(
    "withdrawn", T("Withdrawn", "已撤回"), Holder.NOBODY, on_path=False, outcome="gone", near="draft"
)
IN_OFFICE = (SUBMITTED, ACCEPTED, CHECKED, VERIFIED, CONSOLIDATED)
SUBMITTED_ON = (*IN_OFFICE, APPROVED, NOTICED, CLEARED, PAID, CLOSED, CORRECTING, REFUSED, DENIED, WITHDRAWN)

# ── guards

window_open = Guard(
    lambda asking: Q(round__opens_at__lte=asking.at, round__closes_at__gt=asking.at),
    T("The application window is closed.", "申报期已结束或尚未开始。"),
    code="window",
)
form_complete = Guard(
    Q(form_problems=0),
    T("Answers missing or wrong: {form_problems}.", "单位信息有 {form_problems} 处未填或有误。"),
    mend="form",
    code="form",
)
roster_present = Guard(
    Q(rows_total__gt=0), T("The roster is empty.", "人员名单还是空的。"), mend="roster", code="roster_empty"
)
roster_clean = Guard(
    Q(rows_with_errors=0),
    T("Rows of the roster with errors: {rows_with_errors}.", "人员名单有 {rows_with_errors} 行有错误。"),
    mend="roster",
    code="roster",
)
papers_complete = Guard(
    Q(papers_missing=0),
    T(
        "Papers missing or not yet verified: {papers_missing}.",
        "还缺 {papers_missing} 份材料，或材料尚在校验。",
    ),
    mend="papers",
    code="papers",
)
declared = Guard(
    Q(declared_at__isnull=False),
    T("The declaration of truth has not been made.", "尚未作出真实性声明。"),
    mend="check",
    code="declaration",
)
points_answered = Guard(
    Q(points_open=0),
    T("Points still to be corrected: {points_open}.", "还有 {points_open} 项需要补正。"),
    mend="correction",
    code="points",
)
all_compared = Guard(
    Q(rows_uncompared=0),
    T(
        "People not yet compared with the tax record: {rows_uncompared}.",
        "{rows_uncompared} 人尚未与税务记录比对。",
    ),
    mend="tax_record",
    code="uncompared",
)
some_granted = Guard(
    Q(rows_granted__gt=0) | Q(rows_held__gt=0),
    T("Nobody on the roster is granted an award.", "名单中没有人可获奖励。"),
    mend="people",
    code="none_granted",
)
none_granted = Guard(
    Q(rows_granted=0, rows_held=0),
    T(
        "People granted an award: {rows_granted}; on hold: {rows_held}.",
        "仍有 {rows_granted} 人可奖励、{rows_held} 人暂缓。",
    ),
    mend="people",
    code="some_granted",
)
no_holds = Guard(
    Q(rows_held=0),
    T(
        "People on hold: {rows_held}. Release them, or take the case out.",
        "{rows_held} 人暂缓：先处理或移出本批。",
    ),
    mend="people",
    code="held",
)
tax_matches = Guard(
    Q(rows_in_dispute=0),
    T("People who differ from the tax record: {rows_in_dispute}.", "{rows_in_dispute} 人与税务记录不符。"),
    mend="people",
    code="dispute",
)
batch_verified = Guard(
    Q(batch__verified_at__isnull=False),
    T("A second person has not yet verified the batch.", "本批还没有经第二人核验。"),
    mend="batch",
    code="unverified",
)
four_eyes = Guard(
    lambda asking: ~Q(batch__prepared_by=asking.actor.pk) & ~Q(batch__verified_by=asking.actor.pk),
    T("Whoever prepared or verified a batch cannot approve it.", "汇总人和核验人不能审批同一批次。"),
    mend="batch",
    code="four_eyes",
)
another_person = Guard(
    lambda asking: ~Q(batch__approved_by=asking.actor.pk),
    T(
        "Whoever approved the batch cannot release its notice.",
        "审批人不能发布同一批次的公示，请由另一人发布。",
    ),
    mend="batch",
    code="second_person",
)
notice_over = Guard(
    lambda asking: Q(notice_ends_on__lt=TruncDate(asking.at)),
    T("The notice period runs until {notice_ends_on}.", "公示期至 {notice_ends_on}。"),
    code="notice",
)
nothing_frozen = Guard(
    Q(rows_frozen=0),
    T("People frozen by an objection: {rows_frozen}.", "{rows_frozen} 人因异议冻结。"),
    mend="objections",
    code="frozen",
)
fully_paid = Guard(
    Q(paid_fen=F("amount_fen")),
    T("{paid_fen} of {amount_fen} yuan are paid.", "应拨 {amount_fen} 元，已拨 {paid_fen} 元。"),
    mend="payments",
    code="unpaid",
)
receipt_attached = Guard(
    Q(receipt_attached=True),
    T("The receipt of the onward payment is missing.", "还没有上传转付回执。"),
    mend="receipt",
    code="receipt",
)

# ── words to people


def _tell(who: str, en: str, zh: str, body_en: str, body_zh: str) -> tuple[Notify]:
    return (Notify(who, T(en, zh), T(body_en, body_zh)),)


RECEIVED = _tell(
    "applicant",
    "{number}: received",
    "{number} 已收到",
    "We have received your application. You will hear by {due_on} whether it is accepted. Promised date: {promised_on}.",
    "您的申报已收到，最迟 {due_on} 告知是否受理。承诺办结日期：{promised_on}。",
) + _tell(
    "office",
    "{number}: new application",
    "{number} 新的申报",
    "{applicant} has applied.",
    "{applicant} 提交了申报。",
)
TO_CORRECT = _tell(
    "applicant",
    "{number}: please correct",
    "{number} 请补正",
    "Some points need correcting by {due_on}. The promised limit stands still until then. All points are named on the page.",
    "有需要补正的内容，请在 {due_on} 前完成。补正期间办理时限暂停，全部要求已在页面列出。",
)


def _applicant(en: str, zh: str, body_en: str, body_zh: str) -> tuple[Notify]:
    return _tell("applicant", "{number}: " + en, "{number} " + zh, body_en, body_zh)


# ── the steps

RECEIPT_NUMBER = Concat(
    Value("GS"),
    Cast("year", CharField()),
    Value("-"),
    LPad(Cast("pk", CharField()), 6, Value("0")),
    output_field=CharField(),
)


class TalentTaxRebate(Application):
    """Rebate of part of the income tax of middle and senior staff, policy 2016 no. 4."""

    class Meta:
        proxy = True

    submit = step(
        DRAFT, SUBMITTED, label=T("Submit", "提交申报"), done=T("Submitted", "提交申报"), by=APPLICANT_ROLES,
        when=[window_open, form_complete, roster_present, roster_clean, papers_complete, declared],
        sets={"number": RECEIPT_NUMBER, "submitted_at": lambda move: move.at, "promised_on": rosters.promised_on},
        effect=rosters.decide_people, records=("rows_total", "policy"), tells=RECEIVED,
    )  # fmt: skip
    accept = step(
        SUBMITTED, ACCEPTED, label=T("Accept", "受理"), done=T("Accepted", "受理"), by=[Role.CLERK, Role.SYSTEM],
        due=WorkingDays(5), lapses=True,
        tells=_applicant("accepted", "已受理", "Your application is accepted. Promised date: {promised_on}.",
                         "您的申报已受理。承诺办结日期：{promised_on}。"),
    )  # fmt: skip
    refuse = step(
        SUBMITTED, REFUSED, label=T("Refuse to accept", "不予受理"), done=T("Not accepted", "不予受理"), by=Role.CLERK,
        needs_reason=True,
        tells=_applicant("not accepted", "不予受理", "Your application was not accepted: {reason}",
                         "您的申报不予受理。理由：{reason}"),
    )  # fmt: skip
    ask_correction = step(
        [SUBMITTED, ACCEPTED, CHECKED], CORRECTING, label=T("Ask for correction", "要求补正"),
        done=T("Correction asked for", "要求补正"), by=Role.CLERK, effect=corrections.open_points, tells=TO_CORRECT,
    )  # fmt: skip
    resubmit = step(
        CORRECTING, Resume, label=T("Send the correction", "提交补正"), done=T("Corrected", "提交补正"), by=APPLICANT_ROLES,
        when=[points_answered, form_complete, roster_present, roster_clean, papers_complete], due=WorkingDays(10),
        effect=corrections.close_points, records=("rows_total",),
        tells=_tell("office", "{number}: corrected", "{number} 已补正", "{applicant} has sent the correction.",
                    "{applicant} 提交了补正。"),
    )  # fmt: skip
    examine = step(
        ACCEPTED, CHECKED, label=T("Pass the preliminary check", "初审通过"), done=T("Preliminary check passed", "初审通过"),
        by=Role.CLERK, due=WorkingDays(10), when=[roster_clean], effect=rosters.decide_people,
        records=("rows_granted", "rows_refused", "rows_held", "amount_fen"),
    )  # fmt: skip
    verify = step(
        CHECKED, VERIFIED, label=T("Finish joint verification", "完成联审"), done=T("Jointly verified", "联审完成"),
        by=Role.CLERK, due=WorkingDays(15), when=[all_compared], effect=rosters.decide_people,
        records=("rows_granted", "rows_refused", "rows_held", "rows_in_dispute", "amount_fen"),
    )  # fmt: skip
    consolidate = step(
        VERIFIED, CONSOLIDATED, label=T("Consolidate", "汇总成批"), done=T("Consolidated", "汇总成批"), by=Role.CLERK,
        due=WorkingDays(5), when=[some_granted], effect=batches.join, records=("amount_fen",),
    )  # fmt: skip
    deny = step(
        VERIFIED, DENIED, label=T("Decide: no award", "决定不予奖励"), done=T("No award", "不予奖励"), by=Role.OFFICIAL,
        when=[none_granted], needs_reason=True, records=("rows_refused",),
        tells=_applicant("no award", "不予奖励", "Nobody on your roster is granted an award: {reason}",
                         "经审核，名单中没有人可获奖励。理由：{reason}"),
    )  # fmt: skip
    take_out = step(
        CONSOLIDATED, VERIFIED, label=T("Take out of the batch", "移出本批"), done=T("Taken out of the batch", "移出批次"),
        by=[Role.CLERK, Role.OFFICIAL], needs_reason=True, effect=batches.leave,
    )  # fmt: skip
    approve = step(
        CONSOLIDATED, APPROVED, label=T("Approve", "审批通过"), done=T("Approved", "审批通过"), by=Role.OFFICIAL,
        due=WorkingDays(5), when=[no_holds, tax_matches, some_granted, batch_verified, four_eyes],
        effect=batches.refuse_new_duplicates, records=("rows_granted", "rows_refused", "amount_fen", "policy"),
        tells=_applicant("approved", "审批通过", "People granted: {rows_granted}; sum: {amount_fen} yuan. The public notice comes next.",
                         "{rows_granted} 人，{amount_fen} 元。下一步为公示。"),
    )  # fmt: skip
    send_back = step(
        CONSOLIDATED, Same, label=T("Send the batch back", "退回本批"), done=T("Batch sent back", "批次退回"), by=Role.OFFICIAL,
        needs_reason=True,
    )  # fmt: skip
    release_notice = step(
        APPROVED, NOTICED, label=T("Release the public notice", "发布公示"), done=T("On public notice", "开始公示"),
        by=Role.OFFICIAL, due=WorkingDays(5), when=[another_person], effect=notices.publish,
        tells=_applicant("on public notice", "公示中", "The proposed award list is on public notice until {notice_ends_on}.",
                         "拟奖励名单正在公示，公示期至 {notice_ends_on}。"),
    )  # fmt: skip
    end_notice = step(
        NOTICED, CLEARED, label=T("End the notice", "公示期满"), done=T("Notice ended", "公示期满"), by=Role.SYSTEM,
        when=[notice_over],
    )  # fmt: skip
    pay = step(
        CLEARED, PAID, label=T("Paid in full", "拨付完成"), done=T("Paid", "拨付完成"), by=[Role.CASHIER, Role.SYSTEM],
        due=WorkingDays(20), when=[nothing_frozen, fully_paid], records=("paid_fen",),
        tells=_applicant("paid", "已拨付", "{paid_fen} yuan are paid to your account. Pay each person on and send the receipt by {due_on}.",
                         "奖励资金 {paid_fen} 元已拨付到账。请转付到个人，并在 {due_on} 前上传转付回执。"),
    )  # fmt: skip
    confirm_onward = step(
        PAID, CLOSED, label=T("Confirm onward payment", "确认已转付"), done=T("Onward payment confirmed", "转付完成"),
        by=APPLICANT_ROLES, due=WorkingDays(20), when=[receipt_attached], records=("paid_fen",),
        tells=_applicant("closed", "已办结", "Thank you. The case is closed.", "感谢您的配合，本件已办结。"),
    )  # fmt: skip
    withdraw = step(
        [DRAFT, SUBMITTED, ACCEPTED, CORRECTING], WITHDRAWN, label=T("Withdraw", "撤回申报"), done=T("Withdrawn", "撤回"),
        by=APPLICANT_ROLES,
    )  # fmt: skip

    claim = step(
        IN_OFFICE[:4], Same, label=T("Claim", "认领"), done=T("Claimed", "认领"), by=Role.CLERK,
        when=[Guard(lambda asking: Q(assigned_to=None), T("A colleague handles it already.", "已有同事在办理。"), code="claimed")],
        sets={"assigned_to": lambda move: move.actor.pk},
    )  # fmt: skip
    hand_over = step(
        IN_OFFICE[:4], Same, label=T("Hand over", "移交"), done=T("Handed over", "移交"), by=Role.CLERK,
        sets={"assigned_to": lambda move: move.data.get("to")},
    )  # fmt: skip
    compare = step(
        [ACCEPTED, CHECKED, VERIFIED, CONSOLIDATED, CORRECTING], Same, label=T("Compare with the tax record", "与税务记录比对"),
        done=T("Compared with the tax record", "与税务记录比对"), by=Role.CLERK, effect=rosters.compare_people,
        records=("rows_in_dispute", "rows_uncompared"),
    )  # fmt: skip
    recheck = step(
        IN_OFFICE, Same, label=T("Check for duplicates again", "重新查重"), done=T("Checked for duplicates", "重新查重"),
        by=Role.SYSTEM, effect=rosters.decide_people, records=("rows_held",),
    )  # fmt: skip
    hold_person = step(
        [ACCEPTED, CHECKED, VERIFIED, CONSOLIDATED], Same, label=T("Put a person on hold", "暂缓某人"),
        done=T("A person put on hold", "暂缓一人"), by=Role.CLERK, needs_reason=True, effect=rosters.hold,
    )  # fmt: skip
    release_hold = step(
        [ACCEPTED, CHECKED, VERIFIED, CONSOLIDATED], Same, label=T("Release a hold", "解除暂缓"),
        done=T("Hold released", "解除暂缓"), by=Role.CLERK, needs_reason=True, effect=rosters.release,
    )  # fmt: skip
    receive_objection = step(
        [NOTICED, CLEARED], Same, label=T("Objection received", "收到异议"), done=T("Objection received; the person is frozen", "收到异议，冻结该人"),
        by=Role.SYSTEM, effect=objections.receive,
        tells=_tell("authority", "{number}: objection", "{number} 收到异议", "An objection has come in. Answer it in time.",
                    "收到一件异议，请在时限内答复。"),
    )  # fmt: skip
    decide_objection = step(
        [NOTICED, CLEARED], Same, label=T("Decide the objection", "处理异议"), done=T("Objection decided", "异议处理完毕"),
        by=Role.OFFICIAL, needs_reason=True, effect=objections.settle,
    )  # fmt: skip
    record_payment = step(
        CLEARED, Same, label=T("Record the bank's return", "登记银行回单"), done=T("Bank's return recorded", "登记银行回单"),
        by=Role.CASHIER, effect=payments.record_return, records=("paid_fen",),
    )  # fmt: skip
    reveal = step(
        SUBMITTED_ON, Same, label=T("Show a sealed number", "查看完整号码"), done=T("A sealed number was shown", "查看了完整号码"),
        by=[Role.CLERK, Role.OFFICIAL, Role.CASHIER, Role.AUDITOR],
    )  # fmt: skip


# ── the decision table, first match wins (domain table of the programme)


def _half_up(terms: Terms) -> Cast:
    rate = Value(terms.retained * terms.share_of_retained, output_field=DecimalField())
    product = ExpressionWrapper(F("tax_fen") * rate, output_field=DecimalField())
    return Cast(Func(product, function="ROUND"), BigIntegerField())


DECISIONS = (
    Rule("R01", lambda p: ~Q(industry__in=p.industries), Result.REFUSED,
         T("The employer's industry is not in the catalogue: hand over.", "单位所属行业不在重点产业目录内，转交相应部门。"),
         T("Industry not in the catalogue", "行业不在目录内")),
    Rule("R02", lambda p: ~Q(district__in=p.districts), Result.REFUSED,
         T("Another bureau accepts applications of this district: hand over.", "该区由其他部门受理，转交相应部门。"),
         T("Wrong accepting bureau", "受理部门不符")),
    Rule("R03", lambda p: Q(still_employed=False) | Q(tenure_months__lt=p.min_tenure_months), Result.REFUSED,
         T("Not employed any more, or in post {tenure_months} months only (12 needed).", "已离职，或在岗仅 {tenure_months} 个月，不满 12 个月。"),
         T("Tenure too short", "在岗时间不足")),
    Rule("R04", lambda p: Q(pay_fen__lt=p.min_pay_fen), Result.REFUSED,
         T("Yearly pay {pay_fen} is under {min_pay_fen} yuan.", "年薪 {pay_fen} 元，低于 {min_pay_fen} 元。"),
         T("Pay too low", "年薪不足")),
    Rule("R05", lambda p: Q(post_level="junior") | (Q() if p.management_counts else Q(post_kind="management")), Result.REFUSED,
         T("The post is below middle level, or a management post before 2019.", "岗位低于中层，或 2019 年前的管理岗。"),
         T("Post does not qualify", "岗位不符")),
    Rule("R06", lambda p: (Q(shares__gte=p.max_share) | Q(post_kind__in=["logistics", "official"])) & Q(year__gte=0 if p.exclusions_apply else 9999),
         Result.REFUSED,
         T("Holds {shares_percent} % of the shares, or a logistics or official post.", "持股 {shares_percent}%，或属后勤行政岗、市管干部。"),
         T("Excluded from policy 2021 on", "2021 年起不予奖励的情形")),
    Rule("R07", lambda p: Q(first_claimed_year__lte=F("year") - p.max_years), Result.REFUSED,
         T("First claimed in {first_claimed_year}: the three years are over.", "首次申报为 {first_claimed_year} 年，已满三年。"),
         T("The three years are over", "已满三年")),
    Rule("R08", lambda p: Q(other_award=True), Result.REFUSED,
         T("Another income-tax award in the same year; the year is used up.", "同年已享受其他个税奖励，就高不重复；该年计入年限。"),
         T("Another award in the year", "已享受其他奖励")),
    Rule("H01", lambda p: Q(duplicate=True), Result.HELD,
         T("The same person stands in another application of the year.", "同一人在本年度另一份申报中出现。"),
         T("In another application", "重复申报")),
    Rule("H02", lambda p: Q(compared_at__isnull=False) & (Q(record_tax_fen=None) | ~Q(record_tax_fen=F("tax_fen"))), Result.HELD,
         T("Declared tax {tax_fen} differs from the tax record {record_tax_fen} by {difference_fen} yuan.",
           "申报税额 {tax_fen} 元与税务记录 {record_tax_fen} 元相差 {difference_fen} 元。"),
         T("Differs from the tax record", "与税务记录不符")),
)  # fmt: skip

PAPERS = (
    Paper("application_form", T("Application form, sealed", "申报表（盖章）"), T("Print it from here, seal it, scan it.", "从本系统打印，盖章后扫描。")),
    Paper("tax_certificate", T("Tax payment certificates after annual reconciliation", "完税证明（汇算清缴后）"), T("One file for all people.", "全部人员合并为一个文件。")),
    Paper("pay_summary", T("Pay summary", "薪酬汇总表"), T("As of the year of the claim.", "申报年度口径。")),
    Paper("identity_documents", T("Identity documents", "身份证件"), T("Resident ID, passport or Taiwan travel permit.", "身份证、护照或台胞证。")),
    Paper("employment_certificate", T("Certificates of employment and achievements", "在职证明及业绩材料")),
    Paper("declaration_of_truth", T("Declaration of truth", "真实性声明"), T("Signed by the legal representative, sealed.", "法定代表人签字并盖章。")),
    Paper("payment_letter", T("Payment letter", "拨款函"), T("With the account of the employer.", "写明单位收款账户。")),
    Paper("labour_contracts", T("Labour contracts or appointments", "劳动合同或任职文件"), required=False),
    Paper("insurance_record", T("Social-insurance record", "社保缴费记录"), required=False),
    Paper("onward_receipt", T("Receipt of the onward payment", "转付回执"), T("Bank receipts of the payments to each person.", "向个人转付的银行回单。"), state="paid"),
)  # fmt: skip

GUIDE = Guide(
    summary=T(
        "Part of the income tax of middle and senior staff in key industries is paid back, for three years.",
        "对重点发展产业企业中层以上人才，按其缴纳个人所得税的地方留成部分给予奖励，连续三年。",
    ),
    conditions=(
        T("The employer's industry is in the city's catalogue of key industries.", "单位所属行业在本市重点产业目录内。"),
        T("In post for at least a year and still employed.", "在岗满一年且仍在职。"),
        T("Pre-tax yearly pay of at least CNY 300,000.", "税前年薪不低于 30 万元。"),
        T("A middle or higher technical post; management posts from 2019 on.", "中层以上技术岗位；2019 年起含管理岗位。"),
        T("At most three consecutive years from the first claim.", "自首次申报起连续不超过三年。"),
        T("Only the higher of two income-tax awards in a year.", "同一年度就高不重复。"),
    ),
    promised_days=60,
    fee=T("Free of charge", "不收费"),
    legal_basis=(T("Municipal policy 2016 no. 4", "厦委发〔2016〕4 号"),),
    questions=(
        (T("Who receives the money?", "奖励资金付给谁？"),
         T("The employer, who pays it on to each person and sends a receipt.", "付给单位，由单位转付个人并上传回执。")),
        (T("Does a missed year count?", "漏报的年度算不算？"),
         T("Yes: a missed or ineligible year uses up one of the three.", "算。漏报或不符合条件的年度也计入三年。")),
        (T("What if something is wrong in my papers?", "材料有误怎么办？"),
         T("All points are named at once; only those unlock, and the clock stands still.", "一次性告知全部问题；仅所列内容可修改，期间时限暂停。")),
    ),
    contact=T("Hotline 968119", "咨询热线 968119"),
)  # fmt: skip

PROGRAMME = Programme(
    slug="talent-tax-rebate",
    code="GS",
    title=T("Income-tax award for middle and senior talent in key industries", "重点发展产业中层以上人才个税奖励"),
    guide=GUIDE,
    states=(DRAFT, SUBMITTED, ACCEPTED, CHECKED, VERIFIED, CONSOLIDATED, APPROVED, NOTICED, CLEARED, PAID, CLOSED,
            CORRECTING, REFUSED, DENIED, WITHDRAWN),
    policies=POLICIES,
    form=FORM,
    papers=PAPERS,
    roster=ROSTER,
    decisions=DECISIONS,
    award=_half_up,
    notice=NoticeRule(days=5, counts_first_day=False, objection_answer_days=10,
                      title=T("Proposed award list", "拟奖励名单公示")),
    pre_check=PRE_CHECK,
).on(TalentTaxRebate)  # fmt: skip
