"""Finding the row of headings, and which column each heading means."""

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from config.words import T
from forms.errors import DuplicateColumns, MergedHeader, MissingColumns
from forms.roster.declare import Roster

# People put titles and notes above the headings.
ROWS_SEARCHED = 10
UNIT = re.compile(r"\([^()]*\)$")

Merged = tuple[tuple[int, int], tuple[int, int]]


class Header(NamedTuple):
    """Row index (from 0), position of each column that was found, headings that mean none."""

    row: int
    positions: dict[str, int]
    ignored: tuple[str, ...]


def folded(heading: object) -> str:
    """A heading without white space, case, width, and the marks people add to what must be filled in."""
    text = "".join(unicodedata.normalize("NFKC", str(heading)).split()).casefold()
    return text.removesuffix("(必填)").removesuffix("(选填)").strip("*:")


def find_header(
    rows: Sequence[Sequence[object]], merged: Sequence[Merged], roster: Roster, file: str
) -> Header:
    """The row among the first of the sheet whose cells match most headings.

    `merged` are the sheet's merged ranges: corners as (row, column) from 0.

    Raises:
        MergedHeader, MissingColumns, DuplicateColumns: what is wrong with the headings.
    """
    meant = _meanings(roster)
    matched = [[meant.get(folded(cell)) for cell in row] for row in rows[:ROWS_SEARCHED]]
    best = max(range(len(matched)), key=lambda i: (len(set(matched[i]) - {None}), -i), default=0)
    names = matched[best] if matched else []
    missing = [c.label for c in roster.columns if c.required and c.name not in names]
    near = [m for m in merged if m[0][0] < ROWS_SEARCHED and (missing or m[0][0] <= best <= m[1][0])]
    if near:
        raise MergedHeader(file=file, cells=", ".join(_address(corner) for corner in near[:5]))
    if missing:
        raise MissingColumns(file=file, columns=listed(missing))
    found = [name for name in names if name is not None]
    twice = [c.label for c in roster.columns if found.count(c.name) > 1]
    if twice:
        raise DuplicateColumns(file=file, columns=listed(twice))
    ignored = tuple(
        str(cell).strip()
        for cell, name in zip(rows[best], names, strict=True)
        if name is None and str(cell).strip()
    )
    return Header(best, {name: i for i, name in enumerate(names) if name is not None}, ignored)


def listed(labels: Sequence[T]) -> T:
    """Several words as one enumeration."""
    return T(en=", ".join(label.en for label in labels), zh="、".join(label.zh for label in labels))


def _meanings(roster: Roster) -> dict[str, str]:
    meant: dict[str, str] = {}
    for column in roster.columns:
        for heading in (column.label.en, column.label.zh, *column.aliases):
            meant[folded(heading)] = column.name
    for column in roster.columns:
        for heading in (column.label.en, column.label.zh):
            # "税前年薪（元）" is also found as "税前年薪".
            meant.setdefault(UNIT.sub("", folded(heading)), column.name)
    meant.pop("", None)
    return meant


def _address(merged: Merged) -> str:
    return ":".join(f"{column_letters(column)}{row + 1}" for row, column in merged)


def column_letters(index: int) -> str:
    """The letters of the column `index` (from 0) as Excel shows them.

    >>> column_letters(27)
    'AB'
    """
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
