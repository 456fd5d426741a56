"""Values that have an order: sums in yuan, whole numbers, days; compared, or between two of them."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Q

from config.words import T
from workflows.search.terms import Unreadable

_UNITS = {"万": 10_000, "w": 10_000, "亿": 100_000_000, "k": 1_000, "m": 1_000_000}
_NUMBER = re.compile(
    r"(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?(?:e\d{1,2})?)([万亿kmw]?)元?", re.IGNORECASE
)
_LARGEST_FEN = 2**63 - 1
_DAY = re.compile(r"(\d{4})(?:[-/年](\d{1,2})(?:[-/月](\d{1,2})日?|月)?|年)?")
_DAYS_AWAY = re.compile(r"([+-])(\d{1,4})d?")
_NAMED_DAYS = {"today": 0, "今天": 0, "tomorrow": 1, "明天": 1, "yesterday": -1, "昨天": -1}

NOT_AN_AMOUNT = T(
    "“{word}” is no sum in yuan: write 50000, 1e6 or 1m.",
    "“{word}”不是金额（元）：请写 50000、1e6 或 100万。",
)
NOT_A_DAY = T(
    "“{word}” is no day: write 2026-11-23, 2026-11, today or +7.",
    "“{word}”不是日期：请写 2026-11-23、2026-11、今天或 +7。",
)
NOT_A_YEAR = T(
    "“{word}” is no year: write 2019 or 2018..2020.", "“{word}”不是年度：请写 2019 或 2018..2020。"
)
NO_SIGN = T("“{word}” cannot be compared with <, > or =.", "“{word}”不能用 <、> 或 = 比较。")


@dataclass(frozen=True, slots=True)
class Span:
    """From the first to the last value that a written one stands for: a month is all its days."""

    first: Any
    last: Any


def compared(column: str, sign: str, value: str, read: Callable[[str], Span]) -> Q:
    """`column` against `value` by `sign`, or between two values written `a..b`; an open end is left empty.

    Raises:
        Unreadable: `read` cannot read it.
    """
    low, dots, high = value.partition("..")
    if dots and not sign:
        if not low and not high:
            return Q(**{f"{column}__gte": read(value).first})
        q = Q()
        if low:
            q &= Q(**{f"{column}__gte": read(low).first})
        return q & Q(**{f"{column}__lte": read(high).last}) if high else q
    span = read(value)
    by_sign = {
        ">": {f"{column}__gt": span.last},
        ">=": {f"{column}__gte": span.first},
        "<": {f"{column}__lt": span.first},
        "<=": {f"{column}__lte": span.last},
    }
    if sign in by_sign:
        return Q(**by_sign[sign])
    # One value is asked for as such: the planner knows how many have it.
    if span.first == span.last:
        return Q(**{column: span.first})
    return Q(**{f"{column}__gte": span.first, f"{column}__lte": span.last})


def fen(word: str) -> Span:
    """A sum written in yuan, as fen.

    >>> fen("1e6").first, fen("100万").first, fen("1,234.50").first
    (100000000, 100000000, 123450)
    """
    match = _NUMBER.fullmatch(word)
    try:
        yuan = Decimal(match[1].replace(",", "")) if match else None
    except InvalidOperation:  # more digits than a sum can have
        yuan = None
    if match is None or yuan is None:
        raise Unreadable(NOT_AN_AMOUNT.format(word=word))
    value = int(yuan * _UNITS.get(match[2].lower(), 1) * 100)
    if value > _LARGEST_FEN:
        raise Unreadable(NOT_AN_AMOUNT.format(word=word))
    return Span(value, value)


def year(word: str) -> Span:
    """A year of four digits."""
    if not re.fullmatch(r"\d{4}", word.removesuffix("年")):
        raise Unreadable(NOT_A_YEAR.format(word=word))
    return Span(int(word.removesuffix("年")), int(word.removesuffix("年")))


def days(today: date) -> Callable[[str], Span]:
    """Reads a day, a month, a year, `today` and its like, or so many days from `today`."""

    def read(word: str) -> Span:
        away = _DAYS_AWAY.fullmatch(word)
        if away or word.casefold() in _NAMED_DAYS:
            n = int(away[1] + away[2]) if away else _NAMED_DAYS[word.casefold()]
            day = today + timedelta(days=n)
            return Span(day, day)
        match = _DAY.fullmatch(word)
        try:
            if match:
                return _span(int(match[1]), int(match[2] or 0), int(match[3] or 0))
        except ValueError:
            pass  # told below: there is no such day in the calendar
        raise Unreadable(NOT_A_DAY.format(word=word))

    return read


def _span(year: int, month: int, day: int) -> Span:
    if day:
        return Span(date(year, month, day), date(year, month, day))
    if month:
        first = date(year, month, 1)
        following = date(year + month // 12, month % 12 + 1, 1) if (year, month) != (9999, 12) else date.max
        return Span(first, following - timedelta(days=1))
    return Span(date(year, 1, 1), date(year, 12, 31))
