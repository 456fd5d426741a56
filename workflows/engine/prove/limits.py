"""Time limits: each ends on a day that the working-day calendar knows."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

import chinese_calendar
from django.db.models import Max
from django.utils import timezone

from workflows.engine.declare import Programme
from workflows.engine.prove.findings import Finding, found
from workflows.engine.where import Where
from workflows.models import CalendarDay, Round


@dataclass(frozen=True, slots=True)
class Limit:
    """A number of working days that a declaration promises or demands."""

    what: str
    days: int
    where: Where


def limits(programme: Programme) -> Iterator[Limit]:
    """Every time limit of a declaration."""
    for step in programme.steps.values():
        if step.due:
            yield Limit(f"the time limit of {step.name}", step.due.n, step.where)
    yield Limit("the promised limit of the service guide", programme.guide.promised_days, programme.where)
    if programme.notice is not None:
        yield Limit("the public notice", programme.notice.days, programme.where)
        yield Limit("the answer to an objection", programme.notice.objection_answer_days, programme.where)


def prove_limits(programme: Programme) -> Iterator[Finding]:
    """Limits that no stretch of the officially announced years can hold, or that are no limits; asks no database."""
    working = official_working_days()
    for limit in limits(programme):
        if limit.days < 1:
            yield found(
                programme, "limit-without-days", limit.where, f"{_capital(limit.what)} is {limit.days} working days.",
                "Give it at least one working day.",
            )  # fmt: skip
        if limit.days > working:
            yield found(
                programme, "limit-beyond-calendar", limit.where,
                f"{_capital(limit.what)} is {limit.days} working days; all officially announced years have {working}.",
                "Shorten the limit; a calendar year has about 250 working days.",
            )  # fmt: skip


def prove_calendar(programme: Programme) -> Iterator[Finding]:
    """Limits that end beyond the calendar of the database when they begin today, or on an open round's last day."""
    known = dict(CalendarDay.objects.filter(working=True).aggregate(last=Max("ordinal"), day=Max("day")))
    begins = _last_beginning(programme)
    row = CalendarDay.objects.filter(day=begins).values_list("ordinal", flat=True).first()
    for limit in limits(programme):
        if row is None or row + limit.days > known["last"]:
            until = known["day"] or "no day at all"
            yield found(
                programme, "limit-beyond-calendar", limit.where,
                f"{_capital(limit.what)}, {limit.days} working days from {begins}, ends beyond the calendar ({until}).",
                "Load the next year: manage.py load_calendar --provisional "
                f"{begins.year + 1 + limit.days // 250}, until it is announced.",
            )  # fmt: skip


@cache
def official_working_days() -> int:
    """How many working days all years have that the official notices cover."""
    off, made_up = chinese_calendar.constants.holidays, chinese_calendar.constants.workdays
    first, last = date(min(off).year, 1, 1), date(max(off).year, 12, 31)
    weeks, rest = divmod((last - first).days + 1, 7)
    weekdays = weeks * 5 + sum((first.weekday() + n) % 7 < 5 for n in range(rest))
    return int(weekdays - sum(day.weekday() < 5 for day in off) + sum(day.weekday() >= 5 for day in made_up))


def _last_beginning(programme: Programme) -> date:
    """The last day on which a limit of an open round can begin that is known now; today where none is open."""
    today = timezone.localdate()
    ends = Round.objects.published().filter(programme=programme.slug)
    last = ends.aggregate(last=Max("closes_at"))["last"]
    return max(today, timezone.localdate(last)) if last else today


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]
