"""Cells of one column that are plainly right, read at once; where one is in doubt, all are left to be read in turn."""

from collections.abc import Sequence
from itertools import compress
from typing import Any

from forms.errors import Problem
from forms.fields.base import Kind
from forms.roster.declare import Column
from forms.roster.texts import text_of

# Values kept of a column whose cells repeat; a column that does not repeat after all starts over.
KNOWN_LIMIT = 50_000


class RightCells:
    """Reads the cells of one column, chunk after chunk, as long as they are right, and remembers those that repeat."""

    def __init__(self, column: Column) -> None:
        self.kind = column.kind
        self.required = column.required
        # By the type of the cells, of those that repeat: what they are worth.
        self._known: dict[type, dict[Any, Any]] = {}

    def values(self, cells: Sequence[object], others: Sequence[Any] | None) -> Sequence[Any] | None:
        """The values of cells that are plainly right; None where any has to be looked at."""
        if all(cells) or "" not in cells:
            return self._filled(cells, others)
        if self.required:
            return None
        filled = [cell != "" for cell in cells]
        if not any(filled):
            return [None] * len(cells)
        of_filled = list(compress(others, filled)) if others is not None else None
        values = self._filled(list(compress(cells, filled)), of_filled)
        if values is None:
            return None
        rest = iter(values)
        return [next(rest) if there else None for there in filled]

    def _filled(self, cells: Sequence[Any], others: Sequence[Any] | None) -> Sequence[Any] | None:
        types = set(map(type, cells))
        if len(types) > 1:
            return None
        if self.kind.depends_on and others is not None:
            return self._by_the_other(cells, others) if types == {str} else None
        if self.kind.repeats:
            return self._remembered(cells, types.pop())
        if types == {str}:
            return _right_texts(self.kind, cells)
        return self.kind.parse_numbers(cells) if types == {float} else None

    def _by_the_other(self, cells: Sequence[str], others: Sequence[Any]) -> Sequence[Any] | None:
        kinds = {other: self.kind.given(other) for other in set(others)}
        if len(kinds) == 1:
            return _right_texts(kinds[others[0]], cells)
        values: list[Any] = [None] * len(cells)
        for other, kind in kinds.items():
            places = [place for place, found in enumerate(others) if found == other]
            found = _right_texts(kind, [cells[place] for place in places])
            if found is None:
                return None
            for place, value in zip(places, found, strict=True):
                values[place] = value
        return values

    def _remembered(self, cells: Sequence[Any], of: type) -> Sequence[Any] | None:
        right = self._known.setdefault(of, {})
        if len(right) > KNOWN_LIMIT:
            right.clear()
        for cell in set(cells) - right.keys():
            text = text_of(cell)
            # 0.0 equals -0.0, whose text is another.
            if (of is float and not cell) or not text:
                return None
            try:
                typed = text if of is str else self.kind.cell(cell, text)
                value = self.kind.parse(typed)
            except Problem:
                return None
            if typed != text or self.kind.doubt(value) is not None:
                return None
            right[cell] = value
        return list(map(right.__getitem__, cells))


def _right_texts(kind: Kind, cells: Sequence[str]) -> Sequence[Any] | None:
    texts = list(map(str.strip, cells))
    return kind.parse_all(texts) if all(texts) else None
