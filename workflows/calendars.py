"""Changing the working-day calendar: official days, overrides, taking one back. Each counts running limits again."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import OperationalError, connection, transaction
from django.db.models import Min
from django.db.models.functions import Now
from psycopg.errors import DeadlockDetected

from accounts.models import District, OrganisationKind, Role, User
from config.errors import Refusal
from config.words import T
from notifications import outbox
from workflows.calendar_news import MOVES_A_ROW, TOPIC
from workflows.engine import calendar_days, clock
from workflows.engine.deadlines import is_working
from workflows.engine.recount import recount
from workflows.models import CalendarChange, CalendarDay, CalendarOverride, RegionDay

Kind = CalendarChange.Kind
TRIES = 3
LONGEST_LINK = 500
PAGE = URLValidator(schemes=["http", "https"])


class NotForCalendar(Refusal):
    code = "not_for_calendar"
    status = 403
    words = T(
        en="The working-day calendar is changed by officials and administrators of an office. Ask one of them.",
        zh="工作日历由主管部门的审批人员或管理员调整，请与其联系。",
    )


class OverrideWithoutReason(Refusal):
    code = "override_without_reason"
    status = 422
    words = T(
        en="Say why {day} is changed, and name the notice that it rests on.",
        zh="请写明调整 {day} 的原因，以及所依据的文件。",
    )


class NoSuchRegion(Refusal):
    code = "no_such_region"
    status = 422
    words = T(
        en="There is no district “{region}”. Choose one of the list, or the whole city.",
        zh="没有“{region}”这个区，请从列表中选择，或选全市。",
    )


class LinkUnusable(Refusal):
    code = "link_unusable"
    status = 422
    words = T(
        en="“{link}” is no address of a page. Give one that begins with https:// or http://, or leave it out.",
        zh="“{link}”不是网页地址。请填写以 https:// 或 http:// 开头的地址，或留空。",
    )


class OverrideNeedless(Refusal):
    code = "override_needless"
    status = 409
    words = T(
        en="{day} is {kind} already: there is nothing to change.", zh="{day} 本来就是{kind}，不需要调整。"
    )


class NotInCalendar(Refusal):
    code = "not_in_calendar"
    status = 422
    words = T(
        en="{day} is not in the calendar: its year is not loaded. Choose another day, or load that year first.",
        zh="日历中没有 {day}：该年度尚未载入。请另选日期，或者先载入该年度。",
    )


class AlreadyOverridden(Refusal):
    code = "already_overridden"
    status = 409
    words = T(
        en="{day} has an override for this district already. Take it back first.",
        zh="{day} 在该区域已有调整，请先撤销原调整。",
    )


class AlreadyTakenBack(Refusal):
    code = "already_taken_back"
    status = 409
    words = T(en="The override of {day} is taken back already.", zh="{day} 的调整已经撤销。")


WORKING = {True: T("a working day", "工作日"), False: T("a day off", "休息日")}


def load(*, provisional_until: int = 0, by: User | None = None) -> CalendarChange | None:
    """Load every official day that is not here yet and count running limits again; None when there is none.

    Args:
        provisional_until: see `load_calendar`.
    """
    days = calendar_days.days_to_load(provisional_until=provisional_until)
    known = set(CalendarDay.objects.filter(day__in=[d[0] for d in days]).values_list("day", "working"))
    # A provisional year that is asked for once more changes nothing.
    if all(day[2] and (day[0], day[1]) in known for day in days):
        return None

    def work(_change: CalendarChange) -> None:
        calendar_days.write("default", days)

    return _change(work, kind=Kind.LOADED, by=by, first_on=days[0][0], last_on=days[-1][0])


def override(
    day: date, *, working: bool, region: str = "", reason: str, document: str, link: str = "", by: User
) -> CalendarChange:
    """Make `day` a working day or a day off, in one district or in the whole city, and count limits again.

    Args:
        region: a `District`; empty for the whole city.
        document: the notice that it rests on, by number or title.
        link: where that is published, if it is.

    Raises:
        NotForCalendar, OverrideWithoutReason, NoSuchRegion, LinkUnusable, NotInCalendar, OverrideNeedless,
        AlreadyOverridden: nothing is changed.
    """
    _may_change(by)
    if not (reason.strip() and document.strip()):
        raise OverrideWithoutReason(day=day)
    if region and region not in District.values:
        raise NoSuchRegion(region=region)
    if link and not is_page(link):
        raise LinkUnusable(link=link[:80])
    if not CalendarDay.objects.filter(day=day).exists():
        raise NotInCalendar(day=day)

    def work(change: CalendarChange) -> None:
        if CalendarOverride.objects.in_force().filter(day=day, region=region).exists():
            raise AlreadyOverridden(day=day)
        if is_working(day, region=_own(region)) == working:
            raise OverrideNeedless(day=day, kind=WORKING[working])
        change.override = CalendarOverride.objects.create(
            day=day, region=region, working=working, reason=reason.strip(), document=document.strip(), link=link,
            made_by=by,
        )  # fmt: skip
        _renumber()

    return _change(work, kind=Kind.OVERRIDDEN, by=by, first_on=day, last_on=day)


def take_back(made: CalendarOverride, *, reason: str, by: User) -> CalendarChange:
    """The day is again what the official calendar says; running limits are counted again.

    Raises:
        NotForCalendar, OverrideWithoutReason, AlreadyTakenBack: nothing is changed.
    """
    _may_change(by)
    if not reason.strip():
        raise OverrideWithoutReason(day=made.day)

    def work(change: CalendarChange) -> None:
        gone = CalendarOverride.objects.in_force().filter(pk=made.pk)
        if not gone.update(taken_back_by=by, taken_back_at=Now(), taken_back_reason=reason.strip()):
            raise AlreadyTakenBack(day=made.day)
        change.override = made
        _renumber()

    return _change(work, kind=Kind.TAKEN_BACK, by=by, first_on=made.day, last_on=made.day)


def may_change(user: User) -> bool:
    """Whether `user` may override days: officials and administrators of an office that decides or handles cases."""
    return any(
        m.role in (Role.OFFICIAL, Role.ADMINISTRATOR) and m.organisation.kind != OrganisationKind.EMPLOYER
        for m in user.memberships
    )


def is_page(link: str) -> bool:
    """Whether `link` is an address that a browser can open as a page: nothing that runs, no other scheme."""
    try:
        PAGE(link)
    except ValidationError:
        return False
    return len(link) <= LONGEST_LINK


def _may_change(user: User) -> None:
    if not may_change(user):
        raise NotForCalendar


def _own(region: str) -> str:
    return region if region and RegionDay.objects.filter(region=region).exists() else ""


def _renumber() -> None:
    with connection.cursor() as cursor:
        calendar_days.renumber(cursor)


def _change(work: Callable[[CalendarChange], None], **facts: Any) -> CalendarChange:
    """`work` on the calendar, then the running limits, in one transaction while nobody sets a limit."""
    for left in range(TRIES, 0, -1):
        try:
            with transaction.atomic():
                return _changed(work, CalendarChange(**facts))
        except OperationalError as error:
            if left == 1 or connection.in_atomic_block or not isinstance(error.__cause__, DeadlockDetected):
                raise
    raise AssertionError("unreachable")


def _changed(work: Callable[[CalendarChange], None], change: CalendarChange) -> CalendarChange:
    with connection.cursor() as cursor:
        cursor.execute(calendar_days.CHANGING_THE_CALENDAR)
    before = CalendarDay.objects.filter(provisional=True).aggregate(first=Min("day"))["first"]
    work(change)
    change.save()
    change.moved, change.kept = recount(
        change.pk, change.first_on, change.last_on, today=clock.day_of(clock.now()), provisional_from=before
    )
    change.save(update_fields=["moved", "kept"])
    outbox.put_all(
        (TOPIC, f"calendar:{change.pk}:{n}", {"change": change.pk, "part": n})
        for n in range(-(-change.moved // MOVES_A_ROW))
    )
    return change
