"""One row of a roster as it is kept: typed facts, the sealed number, wrong cells as they were typed.

An upload and the form for one person make their rows here, so that the two can be compared cell by cell.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.utils import timezone

from accounts.sealing import blind_index
from config.words import T
from forms.errors import CellProblem, Problem
from workflows.models import Application

# Facts that are compared and copied; the number itself is compared by its index.
FACTS = ("name", "id_kind", "post_kind", "post_level", "hired_on", "tenure_months", "still_employed", "pay_fen",
         "tax_fen", "first_claimed_year", "shares", "other_award")  # fmt: skip
COPIED = ("position", "id_number", "id_index", *FACTS, "raw", "problems")

# What a roster says of a number that stands there twice. The number itself is right and is kept.
DUPLICATE = "duplicate_in_file"
TWIN = T(en="The same as in row {row}: keep one of the two", zh="与第 {row} 行相同，请只保留一行")


@dataclass(frozen=True, slots=True)
class Row:
    """What a row keeps, in the clear: `raw` is JSON of the wrong cells as they were typed, or empty."""

    facts: dict[str, Any]
    id_number: str
    id_index: bytes
    raw: str
    problems: list[dict[str, Any]]


def row_of(
    values: Mapping[str, Any],
    typed: Callable[[], Mapping[str, str]],
    problems: Iterable[CellProblem],
    until: date,
) -> Row:
    """A row from its typed values; wrong cells are empty there and stand in `raw` as `typed` (asked for only then).

    `until` is the day to which the tenure is counted.
    """
    wrong = [problem for problem in problems if not problem.warning]
    bad = {problem.column for problem in wrong if problem.code != DUPLICATE}
    facts = person_values({**values, **dict.fromkeys(bad)} if bad else values, until)
    number = facts.pop("id_number")
    return Row(
        facts,
        number,
        blind_index(number or (typed().get("id_number", "") if wrong else "")),
        json.dumps({name: typed().get(name, "") for name in sorted(bad)}, ensure_ascii=False) if bad else "",
        [problem_json(problem) for problem in wrong],
    )


def problem_json(problem: CellProblem) -> dict[str, Any]:
    """A problem as the row keeps it. Of what was typed a keyed digest only: another wrong text is a change."""
    return {
        "column": problem.column,
        "code": problem.code,
        "en": problem.words.en,
        "zh": problem.words.zh,
        "typed": blind_index(problem.value).hex(),
    }


def twin_of(row: int) -> Problem:
    """The problem of a number that stands in `row` as well."""
    return Problem(DUPLICATE, TWIN.format(row=row))


def tenure_until(case: Application) -> date:
    """The day to which the time in post is counted: the last of the round's window."""
    return timezone.localtime(case.round.closes_at).date()


def person_values(values: Mapping[str, Any], until: date) -> dict[str, Any]:
    """Typed values of a roster row as the columns of a person; blank text where a choice is missing.

    `until` is the day to which the tenure is counted, in whole months.
    """
    given = values.get
    hired_on, months = _tenure(given("hired_on") or "", until)
    shares = given("shares")
    # Written out: a roster of ten thousand rows comes through here.
    return {
        "name": given("name") or "",
        "id_kind": given("id_kind") or "",
        "id_number": given("id_number") or "",
        "post_kind": given("post_kind") or "",
        "post_level": given("post_level") or "",
        "still_employed": given("still_employed"),
        "pay_fen": given("pay_fen"),
        "tax_fen": given("tax_fen"),
        "first_claimed_year": given("first_claimed_year"),
        "other_award": given("other_award"),
        "hired_on": hired_on,
        "tenure_months": months,
        "shares": _share(shares) if shares not in (None, "") else None,
    }


@lru_cache(maxsize=10_000)
def _tenure(hired_on: str, until: date) -> tuple[date | None, int | None]:
    """The day and the whole months from it; days repeat within a roster."""
    day = date.fromisoformat(hired_on) if hired_on else None
    return day, months_between(day, until) if day else None


@lru_cache(maxsize=1000)
def _share(percent: str) -> Decimal:
    return Decimal(percent) / 100


def months_between(start: date, end: date) -> int:
    """Whole months from `start` to `end`; negative where `end` is earlier.

    >>> months_between(date(2018, 3, 31), date(2019, 3, 30))
    11
    """
    return (end.year - start.year) * 12 + end.month - start.month - (1 if end.day < start.day else 0)
