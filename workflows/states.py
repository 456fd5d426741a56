"""The vocabulary of states. A programme lists those it uses; `X.worded(T(…))` is the same state in its own words."""

from config.words import T
from workflows.engine.declare import Holder, State

DRAFT = State("draft", T("Draft", "草稿"), Holder.APPLICANT)
SUBMITTED = State("submitted", T("Submitted", "已提交"), Holder.OFFICE)
ACCEPTED = State("accepted", T("Preliminary check", "初审"), Holder.OFFICE)
CHECKED = State("checked", T("Checked", "初审已过"), Holder.OFFICE)
INSPECTING = State("inspecting", T("On-site inspection", "现场考察"), Holder.OFFICE)
INSPECTED = State("inspected", T("Inspected", "已考察"), Holder.OFFICE)
REVIEWING = State("reviewing", T("Expert review", "专家评审"), Holder.OFFICE, excluded=True)
REVISING = State(
    "revising", T("Revision", "修改"), Holder.APPLICANT, on_path=False, excluded=True, near="reviewing"
)
REVISED = State(
    "revised",
    T("Chair's confirmation", "组长确认"),
    Holder.OFFICE,
    on_path=False,
    excluded=True,
    near="reviewing",
)
REVIEWED = State("reviewed", T("Reviewed", "已评审"), Holder.OFFICE)
VERIFIED = State("verified", T("Consolidation", "待汇总"), Holder.OFFICE)
CONSOLIDATED = State("consolidated", T("Approval", "复核审批"), Holder.AUTHORITY)
APPROVED = State("approved", T("Approved", "待公示"), Holder.AUTHORITY)
NOTICED = State("noticed", T("Public notice", "公示"), Holder.PUBLIC)
CLEARED = State("cleared", T("Disbursement", "拨付"), Holder.AUTHORITY)
PAID = State("paid", T("Onward payment", "转付"), Holder.APPLICANT)
CLOSED = State("closed", T("Closed", "办结"), Holder.NOBODY, outcome="good")

# ── beside the path

CORRECTING = State("correcting", T("Correction", "补正"), Holder.APPLICANT, on_path=False, stops_clock=True)
APPEALED = State("appealed", T("Appeal", "申诉"), Holder.AUTHORITY, on_path=False, stops_clock=True)
REFUSED = State(
    "refused", T("Not accepted", "不予受理"), Holder.NOBODY, on_path=False, outcome="bad", near="submitted"
)
FAILED = State(
    "failed", T("Not passed", "未通过"), Holder.NOBODY, on_path=False, outcome="bad", near="reviewing"
)
DENIED = State(
    "denied", T("No award", "不予奖励"), Holder.NOBODY, on_path=False, outcome="bad", near="verified"
)
REVOKED = State("revoked", T("Revoked", "撤销"), Holder.NOBODY, on_path=False, outcome="bad", near="noticed")
WITHDRAWN = State(
    "withdrawn", T("Withdrawn", "已撤回"), Holder.NOBODY, on_path=False, outcome="gone", near="draft"
)
