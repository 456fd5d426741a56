"""A day of the calendar."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from django.utils import timezone

from config.words import T
from forms.errors import Problem
from forms.fields.base import Kind, Value, squeeze

ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
WRITTEN = re.compile(
    r"(\d{4})(?:[-/.](\d{1,2})[-/.](\d{1,2})|年(\d{1,2})月(\d{1,2})[日号]|(\d\d)(\d\d))(?:00:00(?::00)?)?",
    re.ASCII,
)
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


def today() -> date:
    """The day it is where the office is; the same on every server."""
    return datetime.now(timezone.get_default_timezone()).date()


def real_date(year: int, month: int, day: int) -> date:
    """The day, if there is one.

    Raises:
        Problem: the calendar has no such day; the words say which part is wrong.
    """
    try:
        return date(year, month, day)
    except ValueError:
        raise Problem("no_such_day", _no_such_day(year, month, day)) from None


def _no_such_day(year: int, month: int, day: int) -> T:
    if not 1 <= month <= 12:
        return T(en="There is no month {month}", zh="没有 {month} 月").format(month=month)
    if not year:
        return T(en="There is no year 0000", zh="没有 0000 年")
    name = MONTHS[month - 1]
    if (month, day) == (2, 29):
        return T(en=f"February {year} has no 29th", zh=f"{year} 年 2 月没有 29 日")
    return T(en=f"{name} has no {_ordinal(day)}", zh=f"{month} 月没有 {day} 日")


def _ordinal(day: int) -> str:
    if 10 <= day % 100 <= 20:
        return f"{day}th"
    return f"{day}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(day % 10, 'th') }"


@dataclass(frozen=True)
class Date(Kind):
    """A day, kept as 2019-03-01. `earliest` and `latest` are such texts; `past` refuses days to come."""

    past: bool = False
    earliest: str = "1900-01-01"
    latest: str = "2100-12-31"

    slug: ClassVar[str] = "date"
    repeats: ClassVar[bool] = True
    inputmode: ClassVar[str] = "numeric"
    width: ClassVar[int] = 10

    def parse(self, raw: str) -> Value:
        found = ISO.fullmatch(raw) or WRITTEN.fullmatch(squeeze(raw))
        if found is None:
            raise Problem("not_a_date", T(en="Write the day as 2019-03-01", zh="请把日期写成 2019-03-01"))
        year, month, day = (int(part) for part in found.groups() if part is not None)
        text = real_date(year, month, day).isoformat()
        if text < self.earliest:
            raise Problem(
                "too_early", T(en="The earliest is {day}", zh="最早为 {day}").format(day=self.earliest)
            )
        if text > self.latest:
            raise Problem("too_late", T(en="The latest is {day}", zh="最晚为 {day}").format(day=self.latest))
        if self.past and text > today().isoformat():
            raise Problem("in_the_future", T(en="This day has not come yet", zh="这一天还没有到"))
        return text

    def show(self, value: Value, language: str) -> str:
        day = date.fromisoformat(str(value))
        if language.startswith("en"):
            return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
        return f"{day.year} 年 {day.month} 月 {day.day} 日"

    def cell(self, cell: object, text: str) -> str:
        """Days come as dates; a bare number of five digits is a day that lost its format."""
        if isinstance(cell, float) and 10_000 <= cell < 100_000:
            raise Problem(
                "date_lost_format",
                T(
                    en="Excel shows a day as the number {text}: format it as a date, or write 2019-03-01",
                    zh="Excel 把日期显示成了数字 {text}：请把这一列设为日期格式，或写成 2019-03-01",
                ).format(text=text),
            )
        return text

    def example(self, language: str) -> str:  # noqa: ARG002
        return "2019-03-01"
