"""What was read: some rows at a time, by column, and each row by itself for whoever wants it so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from forms.errors import CellProblem

NONE: tuple[CellProblem, ...] = ()


class ReadRow(NamedTuple):
    """One person as read. `number` is Excel's row; `values` by column name, None where a cell is blank or
    wrong."""

    number: int
    values: dict[str, Any]
    problems: tuple[CellProblem, ...]
    chunk: "Chunk"
    place: int

    @property
    def raw(self) -> dict[str, str]:
        """What stood in each cell, as text, by column name."""
        return self.chunk.typed(self.place)


@dataclass(frozen=True)
class Chunk:
    """Some rows, and how far the reading is: `read` of `total` rows. `ignored`: unknown headings.

    `numbers` are Excel's rows. `texts` and `values` have the columns in the roster's order; `problems` are by the row's
    place in the chunk, from 0.
    """

    numbers: list[int]
    texts: Mapping[str, Sequence[str]]
    values: Mapping[str, Sequence[Any]]
    problems: Mapping[int, Sequence[CellProblem]]
    read: int
    total: int
    ignored: tuple[str, ...]

    @cached_property
    def rows(self) -> list[ReadRow]:
        """Every row by itself."""
        names, wrong = list(self.values), self.problems
        return [
            ReadRow(
                number,
                dict(zip(names, values)),  # noqa: B905 - names and values are the chunk's columns
                tuple(wrong[place]) if place in wrong else NONE,
                self,
                place,
            )
            for place, (number, values) in enumerate(
                zip(self.numbers, zip(*self.values.values(), strict=True), strict=True)
            )
        ]

    def typed(self, place: int) -> dict[str, str]:
        """What stood in each cell of the row at this place, as text, by column name."""
        return {name: texts[place] for name, texts in self.texts.items()}
