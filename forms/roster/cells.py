"""Cells of one column: what Excel holds becomes text, text becomes values; done by column for speed.

A column that is plainly right is read at once; where anything is in doubt its cells are read one after the other, so
that each is told what is wrong with it. Both ways give the same.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from forms.errors import MISSING, Problem
from forms.fields.base import Kind
from forms.roster.declare import Column
from forms.roster.right import RightCells
from forms.roster.texts import Texts, text_of

# Parsed values kept of a column whose cells repeat; a column that does not repeat after all starts over.
MEMO_LIMIT = 50_000


Found = list[tuple[int, Problem]]


class Checked(NamedTuple):
    """A column of a chunk: text and value by position, and what is wrong, with the position."""

    texts: Sequence[str]
    values: Sequence[Any]
    problems: Found
    doubts: Found


class ColumnReader:
    """Reads the cells of one column, chunk after chunk, and remembers the values that repeat."""

    def __init__(self, column: Column) -> None:
        self.column = column
        self.kind = column.kind
        self._listens = type(self.kind).cell is not Kind.cell
        self._memo: dict[str, Any] = {}
        self._bad: dict[str, Problem] = {}
        self._right = RightCells(column)

    def check(self, cells: Sequence[object], others: Sequence[Any] | None) -> Checked:
        """The column's cells; `others` are the values of the column it depends on, where it does."""
        values = self._right.values(cells, others)
        return self.in_turn(cells, others) if values is None else Checked(Texts(cells), values, [], [])

    def in_turn(self, cells: Sequence[object], others: Sequence[Any] | None) -> Checked:
        """As `check`, each cell by itself."""
        problems: Found = []
        texts = self._texts(cells, problems)
        silent = {index for index, _ in problems}
        if self.kind.depends_on and others is not None:
            values = self._by_the_other(texts, others, problems, silent)
        elif self.kind.repeats:
            values = self._remembered(texts, problems, silent)
        else:
            values = self._one_by_one(texts, problems, silent)
        if self.column.required:
            problems.extend((index, MISSING) for index, text in enumerate(texts) if not text)
        return Checked(texts, values, problems, self._doubts(values, others))

    def _texts(self, cells: Sequence[object], problems: Found) -> list[str]:
        types = set(map(type, cells))
        if types <= {str}:
            return [cell.strip() for cell in cells]  # type: ignore[attr-defined]
        texts = [f"{cell:.15g}" for cell in cells] if types == {float} else list(map(text_of, cells))
        if self._listens:
            for index, cell in enumerate(cells):
                if not isinstance(cell, str):
                    try:
                        texts[index] = self.kind.cell(cell, texts[index])
                    except Problem as problem:
                        problems.append((index, problem))
        return texts

    def _one_by_one(self, texts: list[str], problems: Found, silent: set[int]) -> list[Any]:
        parse = self.kind.parse
        values: list[Any] = []
        for index, text in enumerate(texts):
            try:
                values.append(parse(text) if text and index not in silent else None)
            except Problem as problem:
                values.append(None)
                problems.append((index, problem))
        return values

    def _by_the_other(
        self, texts: list[str], others: Sequence[Any], problems: Found, silent: set[int]
    ) -> list[Any]:
        parsers = {other: self.kind.given(other).parse for other in set(others)}
        values: list[Any] = []
        for index, (text, other) in enumerate(zip(texts, others, strict=True)):
            try:
                values.append(parsers[other](text) if text and index not in silent else None)
            except Problem as problem:
                values.append(None)
                problems.append((index, problem))
        return values

    def _remembered(self, texts: list[str], problems: Found, silent: set[int]) -> list[Any]:
        memo, bad = self._memo, self._bad
        if len(memo) > MEMO_LIMIT:
            memo.clear()
            bad.clear()
        for text in set(texts) - memo.keys():
            try:
                memo[text] = self.kind.parse(text) if text else None
            except Problem as problem:
                memo[text] = None
                bad[text] = problem
        values = [memo[text] for text in texts]
        if bad:
            problems.extend((i, bad[text]) for i, text in enumerate(texts) if text in bad and i not in silent)
        for index in silent:
            values[index] = None
        return values

    def _doubts(self, values: list[Any], others: Sequence[Any] | None) -> Found:
        if others is not None:
            kinds = {other: self.kind.given(other) for other in set(others)}
            doubtful = {other: kind for other, kind in kinds.items() if type(kind).doubt is not Kind.doubt}
            found = [
                (index, doubtful[other].doubt(value))
                for index, (value, other) in enumerate(zip(values, others, strict=True))
                if value is not None and other in doubtful
            ]
        elif type(self.kind).doubt is not Kind.doubt:
            found = [
                (index, self.kind.doubt(value)) for index, value in enumerate(values) if value is not None
            ]
        else:
            return []
        return [(index, doubt) for index, doubt in found if doubt is not None]
