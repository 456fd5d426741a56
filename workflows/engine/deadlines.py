"""Working days by the calendar of the database. A day that it does not know raises; nothing is guessed.

A calendar is that of the whole city, or that of a district which has overrides of its own: `region_of` says
which of them an office keeps to.
"""

from collections.abc import Collection
from datetime import date
from typing import Any, cast

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from workflows.engine.calendar_days import FIRST_YEAR, load_calendar
from workflows.errors import CalendarUnknown
from workflows.models import CalendarDay, RegionDay

__all__ = [
    "FIRST_YEAR", "is_provisional", "is_provisional_on", "is_working", "load_calendar", "provisional_among",
    "region_of", "working_days_after", "working_days_after_at", "working_days_between",
]  # fmt: skip

# The calendar of the office `o` (an alias of its row), as an SQL expression.
REGION = """CASE WHEN EXISTS (SELECT 1 FROM workflows_regionday own WHERE own.region = o.district)
    THEN o.district ELSE '' END"""


def region_of(organisation: int | None) -> str:
    """The calendar that an office keeps to: its district where that has overrides of its own, else the city's ("")."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {REGION} FROM accounts_organisation o WHERE o.id = %s", [organisation])  # noqa: S608
        row = cursor.fetchone()
    return row[0] if row else ""


def _days(region: str) -> "QuerySet[Any]":
    return RegionDay.objects.filter(region=region) if region else CalendarDay.objects.all()


def is_working(day: date, *, region: str = "") -> bool:
    """Whether `day` is a working day, make-up working days included.

    Raises:
        CalendarUnknown: the calendar does not hold that day.
    """
    working: bool | None = _days(region).filter(day=day).values_list("working", flat=True).first()
    if working is None:
        raise CalendarUnknown(day=day)
    return working


def working_days_after(start: date, n: int, *, counting_start: bool = False, region: str = "") -> date:
    """The day on which a limit of `n` working days ends.

    Args:
        counting_start: `start` itself counts when it is a working day; otherwise the next day is the first.
        region: the calendar, as `region_of` gives it.

    Raises:
        CalendarUnknown: `start` or the end is beyond the calendar.
    """
    first = _days(region).filter(day=start).values("ordinal", "working").first()
    if first is None:
        raise CalendarUnknown(day=start)
    ordinal = first["ordinal"] + n - (1 if counting_start and first["working"] else 0)
    end: date | None = (
        _days(region).filter(working=True, ordinal=ordinal).values_list("day", flat=True).first()
    )
    if end is None:
        raise CalendarUnknown(day=start)
    return end


def working_days_after_at(offices: "QuerySet[Any, int]", start: date, n: int) -> dict[int, date]:
    """Office → the day on which a limit of `n` working days ends there, each by its own calendar; one query.

    Args:
        offices: a query of their ids.

    Raises:
        CalendarUnknown: `start` or an end is beyond the calendar.
    """
    asked, params = offices.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT here.office, later.day
                  FROM (SELECT o.id AS office, {REGION} AS region
                          FROM accounts_organisation o WHERE o.id IN ({asked})) here
                  LEFT JOIN workflows_calendar today ON today.region = here.region AND today.day = %s
                  LEFT JOIN workflows_calendar later ON later.region = here.region AND later.working
                   AND later.ordinal = today.ordinal + %s""",  # noqa: S608
            [*params, start, n],
        )
        ends: dict[int, date | None] = dict(cursor.fetchall())
    for end in ends.values():
        if end is None:
            raise CalendarUnknown(day=start)
    return cast("dict[int, date]", ends)


def working_days_between(start: date, end: date, *, region: str = "") -> int:
    """Working days after `start` up to and including `end`; negative where `end` is earlier.

    Raises:
        CalendarUnknown: one of the days is beyond the calendar.
    """
    ordinals = ordinals_of([start, end], region=region)
    return ordinals[end] - ordinals[start]


def ordinals_of(days: Collection[date], *, region: str = "") -> dict[date, int]:
    """Day → how many working days the calendar has up to it; one query.

    Raises:
        CalendarUnknown: one of the days is beyond the calendar.
    """
    found: dict[date, int] = dict(_days(region).filter(day__in=set(days)).values_list("day", "ordinal"))
    for day in days:
        if day not in found:
            raise CalendarUnknown(day=day)
    return found


def is_provisional(day: date) -> bool:
    """Whether a promise that ends on `day` rests on a calendar that is not official yet."""
    return CalendarDay.objects.filter(day=day, provisional=True).exists()


def is_provisional_on(column: str) -> Exists:
    """The same of a row's own day, as an annotation: no statement more."""
    return Exists(CalendarDay.objects.filter(day=OuterRef(column), provisional=True))


def provisional_among(days: Collection[date | None]) -> frozenset[date]:
    """Those of `days` that rest on a calendar that is not official yet; one query, none for no day."""
    wanted = {day for day in days if day is not None}
    if not wanted:
        return frozenset()
    return frozenset(
        CalendarDay.objects.filter(day__in=wanted, provisional=True).values_list("day", flat=True)
    )
