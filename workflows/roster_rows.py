"""One row of a roster as it is kept: typed facts, the sealed number, wrong cells as they were typed.

An upload and the form for one person make their rows here, so that the two can be compared cell by cell.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.sealing import blind_index, blind_indexes
from config.words import T
from forms.errors import CellProblem, Problem
from workflows.models import Application

# Facts that are compared and copied; the number itself is compared by its index.
FACTS = ("name", "id_kind", "post_kind", "post_level", "hired_on", "tenure_months", "still_employed", "pay_fen",
         "tax_fen", "first_claimed_year", "shares", "other_award")  # fmt: skip
# Of these, texts that are blank where nothing stands, and what is taken as it was typed.
TEXTS = ("name", "id_kind", "id_number", "post_kind", "post_level")
AS_TYPED = ("still_employed", "pay_fen", "tax_fen", "first_claimed_year", "other_award")
COPIED = ("position", "id_number", "id_index", *FACTS, "raw", "problems")

NOTHING_WRONG: list[dict[str, Any]] = []
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


@dataclass(frozen=True, slots=True)
class Rows:
    """What rows keep, in the clear and by column: the same as `Row` for each."""

    facts: dict[str, Sequence[Any]]
    id_number: Sequence[str]
    id_index: Sequence[bytes]
    raw: Sequence[str]
    problems: Sequence[list[dict[str, Any]]]


def row_of(
    values: Mapping[str, Any],
    typed: Mapping[str, str],
    problems: Sequence[CellProblem],
    until: date,
) -> Row:
    """One row from its typed values, as `rows_of` makes it."""
    rows = rows_of(
        {name: (value,) for name, value in values.items()}, 1, lambda _: typed, {0: problems}, until
    )
    facts = {name: column[0] for name, column in rows.facts.items()}
    return Row(facts, rows.id_number[0], rows.id_index[0], rows.raw[0], rows.problems[0])


def rows_of(
    values: Mapping[str, Sequence[Any]],
    size: int,
    typed: Callable[[int], Mapping[str, str]],
    problems: Mapping[int, Sequence[CellProblem]],
    until: date,
) -> Rows:
    """Rows from the columns of their typed values; wrong cells are empty there and stand in `raw` as `typed`.

    `problems` are by the row's place, from 0; what was `typed` there is asked for only where something is wrong.
    `until` is the day to which the tenure is counted.
    """
    wrong = {place: [p for p in found if not p.warning] for place, found in problems.items()}
    wrong = {place: found for place, found in wrong.items() if found}
    bad = {place: {p.column for p in found if p.code != DUPLICATE} for place, found in wrong.items()}
    facts = facts_of(_emptied(values, bad), size, until)
    numbers = facts.pop("id_number")
    looked_for, raw, kept = list(numbers), [""] * size, [NOTHING_WRONG] * size
    for place, found in wrong.items():
        as_typed = typed(place)
        looked_for[place] = numbers[place] or as_typed.get("id_number", "")
        kept[place] = [problem_json(problem) for problem in found]
        if bad[place]:
            cells = {name: as_typed.get(name, "") for name in sorted(bad[place])}
            raw[place] = json.dumps(cells, ensure_ascii=False)
    return Rows(facts, numbers, blind_indexes(looked_for), raw, kept)


def _emptied(values: Mapping[str, Sequence[Any]], bad: Mapping[int, set[str]]) -> dict[str, Sequence[Any]]:
    """The columns without the cells that are wrong."""
    columns = dict(values)
    for name in set().union(*bad.values()) & columns.keys():
        columns[name] = [
            None if place in bad and name in bad[place] else value
            for place, value in enumerate(columns[name])
        ]
    return columns


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


def facts_of(values: Mapping[str, Sequence[Any]], size: int, until: date) -> dict[str, Sequence[Any]]:
    """Typed values of `size` roster rows, by column, as the columns of people; blank text where a choice is missing.

    `until` is the day to which the tenure is counted, in whole months.
    """
    absent = (None,) * size
    days = values.get("hired_on", absent)
    tenures = {day: _tenure(day or "", until) for day in set(days)}
    percents = values.get("shares", absent)
    shares = {percent: _share(percent) for percent in set(percents)}
    return {
        **{name: [value or "" for value in values.get(name, absent)] for name in TEXTS},
        **{name: values.get(name, absent) for name in AS_TYPED},
        "hired_on": [tenures[day][0] for day in days],
        "tenure_months": [tenures[day][1] for day in days],
        "shares": [shares[percent] for percent in percents],
    }


def _tenure(hired_on: str, until: date) -> tuple[date | None, int | None]:
    """The day and the whole months from it."""
    day = date.fromisoformat(hired_on) if hired_on else None
    return day, months_between(day, until) if day else None


def _share(percent: str | None) -> Decimal | None:
    return Decimal(percent) / 100 if percent else None


def months_between(start: date, end: date) -> int:
    """Whole months from `start` to `end`; negative where `end` is earlier.

    >>> months_between(date(2018, 3, 31), date(2019, 3, 30))
    11
    """
    return (end.year - start.year) * 12 + end.month - start.month - (1 if end.day < start.day else 0)
