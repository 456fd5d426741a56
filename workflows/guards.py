"""Guards that programmes share: each one `Q` and one sentence. A programme lists those it uses."""

from django.db.models import F, Q
from django.db.models.functions import TruncDate

from config.words import T
from workflows.engine.guards import Guard

# ── before it is sent

window_open = Guard(
    lambda asking: Q(round__opens_at__lte=asking.at, round__closes_at__gt=asking.at),
    T("The application window is closed.", "申报期已结束或尚未开始。"),
    code="window",
)
not_barred = Guard(
    lambda asking: Q(barred_until=None) | Q(barred_until__lt=TruncDate(asking.at)),
    T(
        "The applicant is barred from applying until {barred_until}, because of what was found earlier.",
        "申报单位因此前查实的问题，{barred_until} 前（含当日）不得申报。",
    ),
    code="barred",
)
is_barred = Guard(
    lambda asking: Q(barred_until__gte=TruncDate(asking.at)),
    T("The applicant is not barred.", "申报单位未被限制申报。"),
    code="not_barred",
)
form_complete = Guard(
    Q(form_problems=0),
    T("Answers missing or wrong: {form_problems}.", "填写内容有 {form_problems} 处未填或有误。"),
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
# ── what the table says of people

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
# ── batch, notice, money

batch_verified = Guard(
    Q(batch__verified_at__isnull=False),
    T("A second person has not yet verified the batch.", "本批还没有经第二人核验。"),
    mend="batch",
    code="unverified",
)
notice_over = Guard(
    lambda asking: Q(notice_ends_on__lt=TruncDate(asking.at)),
    T("The notice period runs until {notice_ends_on}.", "公示期至 {notice_ends_on}。"),
    code="notice",
)
notice_runs = Guard(
    Q(notice_ends_on__isnull=False),
    T("The notice is withdrawn already.", "公示已撤回。"),
    code="notice_withdrawn",
)
notice_is_withdrawn = Guard(
    Q(notice_ends_on=None), T("The notice is not withdrawn.", "公示未撤回。"), code="notice_runs"
)
nothing_frozen = Guard(
    Q(rows_frozen=0),
    T("People frozen by an objection: {rows_frozen}.", "{rows_frozen} 人因异议冻结。"),
    mend="objections",
    code="frozen",
)
no_objection_open = Guard(
    Q(rows_frozen=0),
    T("An objection waits for its answer.", "有异议尚未处理。"),
    mend="objections",
    code="objection",
)
not_revoked = Guard(
    Q(rows_refused=0),
    T("An objection was upheld: revoke the award.", "异议成立，须撤销奖励。"),
    mend="objections",
    code="upheld",
)
objection_upheld = Guard(
    Q(rows_refused__gt=0),
    T("No objection was upheld.", "没有成立的异议。"),
    mend="objections",
    code="not_upheld",
)
nothing_paid = Guard(
    Q(paid_fen=0),
    T("{paid_fen} yuan are paid already.", "已拨付 {paid_fen} 元。"),
    mend="payments",
    code="paid",
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
unclaimed = Guard(
    Q(assigned_to=None), T("A colleague handles it already.", "已有同事在办理。"), code="claimed"
)

# What an application must be before it is sent, without a roster and with one.
READY = (window_open, not_barred, form_complete, papers_complete, declared)
READY_WITH_ROSTER = (
    window_open,
    not_barred,
    form_complete,
    roster_present,
    roster_clean,
    papers_complete,
    declared,
)
# The same before a correction is sent.
CORRECTED = (points_answered, form_complete, papers_complete)
CORRECTED_WITH_ROSTER = (points_answered, form_complete, roster_present, roster_clean, papers_complete)
