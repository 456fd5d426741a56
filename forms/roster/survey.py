"""A first pass over a sheet: which rows hold somebody, and who stands there twice."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from forms.fields.base import squeeze
from forms.roster.declare import Roster
from forms.roster.headers import Header
from forms.roster.template import EXAMPLE_MARKS
from forms.roster.texts import text_of


class Survey(NamedTuple):
    """Row indexes (from 0): those that hold somebody; and by row another row with the same key."""

    rows: list[int]
    twins: dict[int, int]


def survey(sheet: Iterable[Sequence[object]], header: Header, roster: Roster) -> Survey:
    """Every row of the sheet below the header but blank ones and the untouched example of the template."""
    keys = [header.positions[name] for name in roster.key if name in header.positions]
    examples = _examples(roster)
    marked = header.positions.get(roster.columns[0].name)
    rows: list[int] = []
    seen: dict[tuple[str, ...], int] = {}
    twins: dict[int, int] = {}
    for index, row in enumerate(sheet):
        if index <= header.row:
            continue
        key = tuple([_key(row[position]) for position in keys])
        if not any(key) and not any(map(text_of, row)):
            continue
        if key in examples and marked is not None and text_of(row[marked]).startswith(EXAMPLE_MARKS):
            continue
        if key and all(key):
            other = seen.setdefault(key, index)
            if other != index:
                twins[index] = other
                twins.setdefault(other, index)
        rows.append(index)
    return Survey(rows, twins)


def _key(cell: object) -> str:
    if isinstance(cell, str):
        return cell.upper() if cell.isalnum() and cell.isascii() else squeeze(cell).upper()
    if isinstance(cell, float) and abs(cell) >= 1e15:
        return ""  # its last digits are lost: two people may look like one
    return squeeze(text_of(cell)).upper()


def _examples(roster: Roster) -> set[tuple[str, ...]]:
    def texts(language: str) -> Sequence[str]:
        return [squeeze(roster.by_name[name].example_in(language)).upper() for name in roster.key]

    return {tuple(texts(language)) for language in ("zh-hans", "en")}
