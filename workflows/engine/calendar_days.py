"""Writing the calendar: official days, provisional ones, overrides; the ordinals are counted by the database."""

from datetime import date, timedelta
from functools import cache
from typing import Any

import chinese_calendar
from django.db import connection, connections, transaction
from django.db.models import Max

from workflows.models import CalendarDay

FIRST_YEAR = 2004
SOURCE = "chinesecalendar 1.11"

# Whoever sets a limit holds the first until the end of the transaction, whoever changes the calendar the second:
# no limit is set by the old calendar after the running ones were counted again. As a condition without columns
# the first is met before a row is read or locked, so that neither waits for the other with half of the locks.
CALENDAR_LOCK = 0x0CA1E4DA5
READING_THE_CALENDAR = f"(SELECT pg_advisory_xact_lock_shared({CALENDAR_LOCK})::text) IS NOT NULL"
# Who changes it leaves the number of the transaction where everybody reads it at once, whatever moment they see.
CHANGING_THE_CALENDAR = f"""SELECT setval('workflows_calendar_changing', pg_current_xact_id()::text::bigint)
 WHERE (SELECT pg_advisory_xact_lock({CALENDAR_LOCK})::text) IS NOT NULL"""
# The first lock for a single statement, which goes on seeing the moment at which it began: true where the last
# change of the calendar was over by then. A number that is still to come is of another server, from a restored copy.
AS_THE_CALENDAR_STANDS = f"""CASE WHEN {READING_THE_CALENDAR} THEN (
    SELECT pg_visible_in_snapshot(last_value::text::xid8, pg_current_snapshot())
           OR last_value > pg_current_xact_id()::text::bigint FROM workflows_calendar_changing) END"""  # noqa: S608

_INSERT = """
INSERT INTO workflows_calendarday AS c (day, working, provisional, source, ordinal)
SELECT d, w, p, s, 0 FROM unnest(%s::date[], %s::bool[], %s::bool[], %s::text[]) AS t(d, w, p, s)
ON CONFLICT (day) DO UPDATE SET provisional = excluded.provisional, source = excluded.source,
    working = CASE WHEN c.published IS NULL THEN excluded.working ELSE c.working END,
    published = CASE WHEN c.published IS NULL THEN NULL ELSE excluded.working END
 WHERE c.provisional
"""
_OVERRIDE = """
UPDATE workflows_calendarday c SET working = COALESCE(o.working, c.published),
       published = CASE WHEN o.id IS NULL THEN NULL ELSE COALESCE(c.published, c.working) END
  FROM workflows_calendarday d
  LEFT JOIN workflows_calendaroverride o ON o.day = d.day AND o.region = '' AND o.taken_back_at IS NULL
 WHERE d.day = c.day AND (o.id IS NOT NULL OR d.published IS NOT NULL)
"""
_NUMBER = """
UPDATE workflows_calendarday c SET ordinal = n.ordinal FROM (
    SELECT day, count(*) FILTER (WHERE working) OVER (ORDER BY day) AS ordinal FROM workflows_calendarday
  ) n WHERE n.day = c.day AND c.ordinal <> n.ordinal
"""
_FORGET_REGIONS = """
DELETE FROM workflows_regionday r WHERE NOT EXISTS (SELECT 1 FROM workflows_calendaroverride o
    WHERE o.region = r.region AND o.taken_back_at IS NULL)
"""
_REGIONS = """
INSERT INTO workflows_regionday AS r (region, day, working, ordinal, provisional)
SELECT region, day, working, count(*) FILTER (WHERE working) OVER (PARTITION BY region ORDER BY day), provisional
  FROM (SELECT own.region, c.day, COALESCE(o.working, c.working) AS working, c.provisional
          FROM (SELECT DISTINCT region FROM workflows_calendaroverride
                 WHERE region <> '' AND taken_back_at IS NULL) own
         CROSS JOIN workflows_calendarday c
          LEFT JOIN workflows_calendaroverride o
            ON o.region = own.region AND o.day = c.day AND o.taken_back_at IS NULL) days
ON CONFLICT (region, day) DO UPDATE
   SET working = excluded.working, ordinal = excluded.ordinal, provisional = excluded.provisional
 WHERE (r.working, r.ordinal, r.provisional) IS DISTINCT FROM (excluded.working, excluded.ordinal, excluded.provisional)
"""


def hold_the_calendar() -> None:
    """Keep the calendar as it is until the end of the transaction; for who locks cases before `perform` does."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {READING_THE_CALENDAR}")


def load_calendar(using: str = "default", *, provisional_until: int = 0) -> int:
    """Fill the calendar with every year that the official notices cover; returns the number of days written.

    Days that were provisional become official; official days and overrides stay as they are. Limits that
    run are not counted again: `workflows.calendars.load` does that too.

    Args:
        provisional_until: also the years up to this one as Monday to Friday, marked provisional; every
            promise made with them says so.
    """
    days = days_to_load(using, provisional_until=provisional_until)
    return write(using, days) if days else 0


def days_to_load(using: str = "default", *, provisional_until: int = 0) -> list[tuple[date, bool, bool, str]]:
    """(day, working, provisional, source) of the days that `load_calendar` would write."""
    last = CalendarDay.objects.using(using).filter(provisional=False).aggregate(last=Max("day"))["last"]
    days = [day for day in _official() if last is None or day[0] > last]
    end = (days[-1][0] if days else last) or date(FIRST_YEAR, 1, 1)
    day = end + timedelta(days=1)
    while day.year <= provisional_until:
        days.append((day, day.weekday() < 5, True, "Monday to Friday"))
        day += timedelta(days=1)
    return days


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


def write(using: str, days: list[tuple[date, bool, bool, str]]) -> int:
    """Insert in one statement, and number the calendars of the city and of the districts anew."""
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute(_INSERT, [list(column) for column in zip(*days, strict=True)])
        added = int(cursor.rowcount)
        renumber(cursor)
    return added


def renumber(cursor: Any) -> None:
    """Bring working days and ordinals into line with the overrides in force."""
    for sql in (_OVERRIDE, _NUMBER, _FORGET_REGIONS, _REGIONS):
        cursor.execute(sql)
