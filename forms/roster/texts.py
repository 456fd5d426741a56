"""What a cell of Excel says as plain text."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from typing import overload


def text_of(cell: object) -> str:
    """The plain text of a cell as a person would type it: numbers to 15 digits, days as 2019-03-01."""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return f"{cell:.15g}"
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ", "seconds")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)


class Texts(Sequence[str]):
    """The texts of cells, each made when it is asked for: of a column that is right nobody asks."""

    def __init__(self, cells: Sequence[object]) -> None:
        self.cells = cells

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[str]: ...
    def __getitem__(self, place: int | slice) -> str | Sequence[str]:
        return Texts(self.cells[place]) if isinstance(place, slice) else text_of(self.cells[place])

    def __iter__(self) -> Iterator[str]:
        if set(map(type, self.cells)) == {str}:
            return map(str.strip, self.cells)  # type: ignore[arg-type]
        return map(text_of, self.cells)

    def __len__(self) -> int:
        return len(self.cells)
