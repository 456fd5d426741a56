"""What happened to a file, kept for good; and who may do what with files."""

from datetime import datetime
from typing import Any

from accounts.models import Role, User
from config.words import T
from workflows.engine import clock
from workflows.models import Expert, ExpertChange
from workflows.models.review_experts import ExpertQuerySet
from workflows.review.experts.refusals import NotOfOffice, ReasonNeeded, WrongStatus

# What stands in a file's history, in words.
WORDS = {
    "enter": T("Entered", "录入申请"),
    "apply_again": T("Applied again", "重新申请"),
    "approve": T("Enrolled", "批准入库"),
    "refuse": T("Not enrolled", "不予入库"),
    "suspend": T("Suspended", "暂停"),
    "resume": T("Resumed", "恢复"),
    "remove": T("Removed", "出库"),
    "details": T("Details changed", "修改基本信息"),
    "fields": T("Fields changed", "修改专业领域"),
    "add_title": T("Title added", "添加职称"),
    "confirm_title": T("Title confirmed", "确认职称"),
    "remove_title": T("Title taken back", "撤下职称"),
    "add_post": T("Post added", "添加任职"),
    "end_post": T("Post ended", "结束任职"),
    "confirm_post": T("Post confirmed", "确认任职"),
    "remove_post": T("Post taken back", "撤下任职"),
    "add_relation": T("Relative declared", "申报亲属"),
    "remove_relation": T("Relative taken back", "撤下亲属"),
    "add_absence": T("Unavailable days added", "添加不能到会时间"),
    "remove_absence": T("Unavailable days taken back", "撤下不能到会时间"),
    "reveal": T("A sealed number was shown", "查看加密号码"),
    "import": T("Changed by an Excel list", "Excel 导入修改"),
}


def keep(
    expert: Expert, what: str, by: User, *, at: datetime | None = None, reason: str = "", **data: Any
) -> ExpertChange:
    """One more line of the history of a file. Never a sealed number in `data`."""
    return ExpertChange.objects.create(
        expert=expert, what=what, by=by, at=at or clock.now(), reason=reason, data=data
    )


def experts_by(user: User) -> ExpertQuerySet:
    """Files that `user` may know of as staff: those of the offices in which they are clerk or official."""
    return Expert.objects.of_offices(user.organisations_as(Role.CLERK, Role.OFFICIAL))


def may_see(user: User, expert: Expert) -> bool:
    """Twin of `experts_by`."""
    return expert.office_id in user.organisations_as(Role.CLERK, Role.OFFICIAL)


def decides(user: User, expert: Expert) -> bool:
    """Whether `user` is an official of the office that keeps this file."""
    return expert.office_id in user.organisations_as(Role.OFFICIAL)


def require_decider(user: User, expert: Expert) -> None:
    """Nothing for an official of the office.

    Raises:
        NotOfOffice: anybody else.
    """
    if not decides(user, expert):
        raise NotOfOffice(office=expert.office.name)


def locked(expert: Expert, *statuses: str) -> Expert:
    """The file as it is now, locked until the end of the transaction, and in one of `statuses`.

    Raises:
        WrongStatus: it is in another.
    """
    row = Expert.objects.select_for_update(of=("self",)).select_related("office", "user").get(pk=expert.pk)
    if statuses and row.status not in statuses:
        raise WrongStatus(name=row.name, status=STATUS_WORDS[row.status])
    return row


STATUS_WORDS = {
    "applied": T("Waiting for approval", "待审批"),
    "enrolled": T("Enrolled", "在库"),
    "refused": T("Not enrolled", "未入库"),
    "suspended": T("Suspended", "暂停"),
    "removed": T("Removed", "已出库"),
}


def reason_of(text: str) -> str:
    """A reason that says something.

    Raises:
        ReasonNeeded: it does not.
    """
    reason = " ".join(text.split())[:500]
    if not reason:
        raise ReasonNeeded
    return reason
