"""Rows of a roster for the page: each cell as a reader may see it, with what is wrong with it."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language

from accounts.sealing import mask
from config.words import T
from forms.errors import CellProblem
from forms.fields import Money, Percent
from forms.fields.decimal import canonical
from forms.fields.money import yuan
from forms.roster import Column, Roster
from workflows.engine.decide import explain, foretell
from workflows.models import Application, Person, Result
from workflows.models.person import PersonFacts
from workflows.roster_people import typed_of

# What stands together in one column of the page, by names of the roster's columns.
GROUPS = (
    (T("Person", "人员"), ("name", "id_kind", "id_number")),
    (T("Post", "岗位"), ("post_kind", "post_level", "hired_on")),
    (T("Circumstances", "情况"), ("still_employed", "first_claimed_year", "shares", "other_award")),
    (T("Pay (yuan)", "年薪（元）"), ("pay_fen",)),
    (T("Tax (yuan)", "个税（元）"), ("tax_fen",)),
)
# A word before a value that does not say by itself what it is; the columns' own labels are too long for a table.
SHORT = {
    "name": T("", ""),
    "id_kind": T("", ""),
    "id_number": T("", ""),
    "post_kind": T("", ""),
    "post_level": T("", ""),
    "hired_on": T("since", "入职"),
    "still_employed": T("still employed:", "在职："),
    "pay_fen": T("", ""),
    "tax_fen": T("", ""),
    "first_claimed_year": T("first claimed", "首次申报"),
    "shares": T("shares", "持股"),
    "other_award": T("other award:", "其他奖励："),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One value as a reader may see it. `short` is empty where the value speaks for itself."""

    name: str
    label: T
    short: T
    text: str
    error: T | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Values that stand together under one heading; `figures` are aligned for comparing."""

    heading: T
    cells: list[Cell]
    figures: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One person on the page, with the result that is to be expected."""

    person: Person
    groups: list[Group]
    wrong: list[Cell]
    words: T | str
    tone: str
    why: T | str


@dataclass(frozen=True, slots=True)
class Change:
    """One cell of a changed row."""

    label: T
    old: str
    new: str
    error: T | None


WRONG = T("To be corrected", "需更正")
GRANTED = T("CNY {amount}", "{amount} 元")
REFUSED = T("Will not be granted", "将不予奖励")


def headings(roster: Roster) -> list[Group]:
    """The columns of the page."""
    return [_group(roster, heading, names, {}) for heading, names in _groups(roster)]


def lines_of(case: Application, people: list[Person], roster: Roster) -> list[Line]:
    """Some people of the roster; one query for what the decision table will say of them."""
    chosen = Person.objects.filter(pk__any=[person.pk for person in people])
    foretold = foretell(case.declaration, case.policy, chosen) if people else {}
    return [_line(case, roster, person, foretold[person.pk]) for person in people]


def _line(case: Application, roster: Roster, person: Person, foretold: tuple[str, str, int]) -> Line:
    cells = cells_of(roster, person)
    groups = [_group(roster, heading, names, cells) for heading, names in _groups(roster)]
    person.rule, person.result, person.award_fen = foretold
    words, tone, why = _expected(case, person)
    return Line(person, groups, [cell for cell in cells.values() if cell.error], words, tone, why)


def _expected(case: Application, person: Person) -> tuple[T, str, T | str]:
    if person.problems:
        return WRONG, "no", ""
    why = explain(case.declaration, case.policy, person)
    if person.result == Result.REFUSED:
        return REFUSED, "due", T(en=f"{person.rule} {why.en}", zh=f"{person.rule} {why.zh}")
    return GRANTED.format(amount=yuan(person.award_fen)), "ok", ""


def _groups(roster: Roster) -> Iterator[tuple[T, tuple[str, ...]]]:
    """The groups of this roster; columns that stand in none come last, each by itself."""
    grouped = {name for _, names in GROUPS for name in names}
    for heading, names in GROUPS:
        there = tuple(name for name in names if name in roster.by_name)
        if there:
            yield heading, there
    for column in roster.columns:
        if column.name not in grouped:
            yield column.label, (column.name,)


def _group(roster: Roster, heading: T, names: tuple[str, ...], cells: dict[str, Cell]) -> Group:
    figures = all(isinstance(roster.by_name[name].kind, Money) for name in names)
    return Group(heading, [cells[name] for name in names if name in cells], figures)


def cells_of(roster: Roster, row: PersonFacts) -> dict[str, Cell]:
    """Every cell of a row by its column; sealed numbers masked, wrong cells as they were typed."""
    raw: dict[str, str] = json.loads(row.raw or "{}")
    problems = {problem["column"]: T(en=problem["en"], zh=problem["zh"]) for problem in row.problems}
    return {
        column.name: Cell(
            column.name,
            column.label,
            SHORT.get(column.name, column.label),
            _text(column, row, raw) or "—",
            problems.get(column.name),
        )
        for column in roster.columns
    }


def _text(column: Column, row: PersonFacts, raw: dict[str, str]) -> str:
    kind = column.kind
    value = getattr(row, column.name)
    if column.name in raw:
        text = raw[column.name]
    elif value is None or value == "":
        return ""
    elif isinstance(kind, Money):
        return yuan(value)
    elif isinstance(kind, Percent):
        text = f"{canonical(Decimal(value) * 100)}%"
    elif isinstance(value, date):
        text = value.isoformat()
    else:
        text = kind.show(_plain(value), get_language() or "zh-hans")
    return masked(text, kind.mask_head) if kind.sealed else text


def masked(text: str, head: int) -> str:
    """`text` masked; of a number too short to show its head as well the last four only."""
    return mask(text, head=head if len(text) > head + 4 else 0)


def _plain(value: Any) -> Any:
    return value if isinstance(value, (bool, int, str)) else str(value)


def changes_of(roster: Roster, new: PersonFacts, old: PersonFacts | None) -> list[Change]:
    """The cells of `new` that differ from `old`, each as it was and as it will be."""
    if old is None:
        return []
    before, after = typed_of(roster, old), typed_of(roster, new)
    shown_before, shown_after = cells_of(roster, old), cells_of(roster, new)
    return [
        Change(
            roster.by_name[name].label,
            shown_before[name].text,
            shown_after[name].text,
            shown_after[name].error,
        )
        for name in roster.by_name
        if before[name] != after[name] or shown_before[name].error != shown_after[name].error
    ]


def problems_of(roster: Roster, rows: Iterable[PersonFacts]) -> Iterator[CellProblem]:
    """Every wrong cell of `rows`: row, column, value (masked where it is sealed), reason."""
    order = {name: place for place, name in enumerate(roster.by_name)}
    for row in rows:
        cells = cells_of(roster, row)
        known = [problem for problem in row.problems if problem["column"] in order]
        for problem in sorted(known, key=lambda problem: order[problem["column"]]):
            cell = cells[problem["column"]]
            words = T(en=problem["en"], zh=problem["zh"])
            yield CellProblem(row.position, cell.name, cell.label, cell.text, problem["code"], words)
