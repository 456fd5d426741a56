"""A first pass over a sheet: which rows hold somebody, and who stands there twice."""

from collections.abc import Iterable, Sequence
from itertools import islice
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
    plain = _plain(sheet, header, roster)
    return plain if plain is not None else row_by_row(sheet, header, roster)


def row_by_row(sheet: Iterable[Sequence[object]], header: Header, roster: Roster) -> Survey:
    """As `survey`, each row by itself."""
    keys = _positions(header, roster)
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


def _plain(sheet: Iterable[Sequence[object]], header: Header, roster: Roster) -> Survey | None:
    """The survey of a sheet in whose every row stands a plain key that stands in no other; None of any other sheet."""
    keys, first = _positions(header, roster), header.row + 1
    if len(keys) != 1:
        return None
    cells = [row[keys[0]] for row in islice(sheet, first, None)]
    if set(map(type, cells)) != {str} or not all(cells):
        return None
    together = "".join(cells)  # type: ignore[arg-type]
    if not (together.isalnum() and together.isascii()):
        return None
    found = {(cell.upper(),) for cell in cells}  # type: ignore[attr-defined]
    if len(found) < len(cells) or not found.isdisjoint(_examples(roster)):
        return None
    return Survey(list(range(first, first + len(cells))), {})


def _positions(header: Header, roster: Roster) -> list[int]:
    return [header.positions[name] for name in roster.key if name in header.positions]


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
