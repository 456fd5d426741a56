"""Working days by the calendar of the database. A day that it does not know raises; nothing is guessed."""

from datetime import date, timedelta
from functools import cache

import chinese_calendar
from django.db import connections
from django.db.models import Max

from workflows.errors import CalendarUnknown
from workflows.models import CalendarDay

FIRST_YEAR = 2004
SOURCE = "chinesecalendar 1.11"


def load_calendar(using: str = "default", *, provisional_until: int = 0) -> int:
    """Fill the calendar with every year that the official notices cover; returns the number of days written.

    Days that were provisional become official; official days and overrides stay as they are.

    Args:
        provisional_until: also the years up to this one as Monday to Friday, marked provisional; every
            promise made with them says so.
    """
    last = CalendarDay.objects.using(using).filter(provisional=False).aggregate(last=Max("day"))["last"]
    days = [day for day in _official() if last is None or day[0] > last]
    end = (days[-1][0] if days else last) or date(FIRST_YEAR, 1, 1)
    day = end + timedelta(days=1)
    while day.year <= provisional_until:
        days.append((day, day.weekday() < 5, True, "Monday to Friday"))
        day += timedelta(days=1)
    return _write(using, days) if days else 0


@cache
def _official() -> list[tuple[date, bool, bool, str]]:
    days: list[tuple[date, bool, bool, str]] = []
    day = date(FIRST_YEAR, 1, 1)
    while True:
        try:
            days.append((day, chinese_calendar.is_workday(day), False, SOURCE))
        except NotImplementedError:
            return days
        day += timedelta(days=1)


def _write(using: str, days: list[tuple[date, bool, bool, str]]) -> int:
    """Insert in one statement; ordinals are counted by the database over the whole calendar."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            """INSERT INTO workflows_calendarday (day, working, provisional, source, ordinal)
               SELECT d, w, p, s, 0 FROM unnest(%s::date[], %s::bool[], %s::bool[], %s::text[]) AS t(d, w, p, s)
               ON CONFLICT (day) DO UPDATE SET working = excluded.working, provisional = excluded.provisional,
                   source = excluded.source WHERE workflows_calendarday.provisional""",
            [list(column) for column in zip(*days, strict=True)],
        )
        added = int(cursor.rowcount)
        cursor.execute(
            """UPDATE workflows_calendarday c SET ordinal = n.ordinal FROM (
                 SELECT day, count(*) FILTER (WHERE working) OVER (ORDER BY day) AS ordinal FROM workflows_calendarday
               ) n WHERE n.day = c.day AND c.ordinal <> n.ordinal"""
        )
    return added


def is_working(day: date) -> bool:
    """Whether `day` is a working day, make-up working days included.

    Raises:
        CalendarUnknown: the calendar does not hold that day.
    """
    working = CalendarDay.objects.filter(day=day).values_list("working", flat=True).first()
    if working is None:
        raise CalendarUnknown(day=day)
    return working


def working_days_after(start: date, n: int, *, counting_start: bool = False) -> date:
    """The day on which a limit of `n` working days ends.

    Args:
        counting_start: `start` itself counts when it is a working day; otherwise the next day is the first.

    Raises:
        CalendarUnknown: `start` or the end is beyond the calendar.
    """
    first = CalendarDay.objects.filter(day=start).values("ordinal", "working").first()
    if first is None:
        raise CalendarUnknown(day=start)
    ordinal = first["ordinal"] + n - (1 if counting_start and first["working"] else 0)
    end = CalendarDay.objects.filter(working=True, ordinal=ordinal).values_list("day", flat=True).first()
    if end is None:
        raise CalendarUnknown(day=start)
    return end


def working_days_between(start: date, end: date) -> int:
    """Working days after `start` up to and including `end`; negative where `end` is earlier.

    Raises:
        CalendarUnknown: one of the days is beyond the calendar.
    """
    ordinals = dict(CalendarDay.objects.filter(day__in=[start, end]).values_list("day", "ordinal"))
    for day in (start, end):
        if day not in ordinals:
            raise CalendarUnknown(day=day)
    return ordinals[end] - ordinals[start]


def is_provisional(day: date) -> bool:
    """Whether a promise that ends on `day` rests on a calendar that is not official yet."""
    return CalendarDay.objects.filter(day=day, provisional=True).exists()
