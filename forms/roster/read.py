"""Reading a roster out of Excel: the file is looked at first, then read in chunks, cell by cell."""

from collections.abc import Iterable, Iterator
from itertools import compress, islice
from pathlib import Path
from typing import Any, BinaryIO

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from config.words import T
from forms.errors import BadFile, CellProblem, Empty, MissingColumns, NotExcel, Problem, TooManyRows
from forms.roster.cells import Checked, ColumnReader
from forms.roster.chunk import Chunk
from forms.roster.declare import MAX_ROWS, Column, Roster
from forms.roster.guard import DAMAGED, look
from forms.roster.headers import ROWS_SEARCHED, Header, find_header
from forms.roster.survey import Survey, survey
from forms.roster.template import EXAMPLE_MARKS

CHUNK_ROWS = 2000
# Cells of a sheet that are turned into Python's objects once and kept, some 25 MB; a larger one is gone through twice.
KEPT_CELLS = 400_000


def read_xlsx(
    source: str | Path | BinaryIO,
    roster: Roster,
    *,
    max_rows: int = MAX_ROWS,
    chunk_rows: int = CHUNK_ROWS,
    file: str = "",
) -> Iterator[Chunk]:
    """The people of the first visible sheet that has the roster's headings, in chunks, in Excel's order.

    What is wrong with the file as a whole is raised at once, before the first chunk is asked for; what is
    wrong with a cell comes with its row. Blank rows and the template's example row are left out. `file` is
    the name to call it by in sentences, where `source` is not a path.

    Raises:
        BadFile: one of its subclasses says why nothing can be read.
    """
    if isinstance(source, (str, Path)):
        path = Path(source)
        with path.open("rb") as opened:
            return read_xlsx(opened, roster, max_rows=max_rows, chunk_rows=chunk_rows, file=file or path.name)
    name = file or Path(str(getattr(source, "name", "") or "upload.xlsx")).name
    look(source, name, max_rows=max_rows)
    source.seek(0)
    try:
        # The sheet is loaded whole here; the file may be closed afterwards.
        sheet, header = _find_sheet(CalamineWorkbook.from_filelike(source), roster, name)
    except CalamineError as error:
        raise NotExcel(file=name, found=DAMAGED) from error
    cells = _rows_of(sheet)
    found = survey(cells, header, roster)
    if not found.rows:
        raise Empty(file=name)
    if len(found.rows) > max_rows:
        raise TooManyRows(file=name, found=len(found.rows), limit=max_rows)
    return _Reader(cells, header, roster, found).chunks(chunk_rows)


class _Streamed:
    """The rows of a large sheet, each turned into Python's objects when it is come to, and then let go."""

    def __init__(self, sheet: CalamineSheet) -> None:
        self.sheet = sheet

    def __iter__(self) -> Iterator[list[Any]]:
        return iter(self.sheet.iter_rows())


def _rows_of(sheet: CalamineSheet) -> Iterable[list[Any]]:
    """The rows of a sheet, which can be gone through more than once."""
    small = sheet.total_height * sheet.total_width <= KEPT_CELLS
    return list(sheet.iter_rows()) if small else _Streamed(sheet)


def _find_sheet(workbook: CalamineWorkbook, roster: Roster, name: str) -> tuple[CalamineSheet, Header]:
    first: BadFile | None = None
    for index, about in enumerate(workbook.sheets_metadata):
        if about.visible != SheetVisibleEnum.Visible or about.typ != SheetTypeEnum.WorkSheet:
            continue
        sheet = workbook.get_sheet_by_index(index)
        if sheet.start is None:
            continue
        head = list(islice(sheet.iter_rows(), ROWS_SEARCHED))
        try:
            return sheet, find_header(head, sheet.merged_cell_ranges or (), roster, name)
        except MissingColumns as error:
            # A sheet of notes lacks columns too: a later sheet may be the one.
            first = first or error
    raise first or Empty(file=name)


class _Reader:
    """One sheet on its way into rows."""

    def __init__(self, cells: Iterable[list[Any]], header: Header, roster: Roster, found: Survey) -> None:
        self.cells, self.header, self.roster, self.found = cells, header, roster, found
        # A column that depends on another is read after it.
        columns = sorted(roster.columns, key=lambda column: bool(column.kind.depends_on))
        self.readers = [ColumnReader(column) for column in columns]

    def chunks(self, chunk_rows: int) -> Iterator[Chunk]:
        wanted, total = self.found.rows, len(self.found.rows)
        held = bytearray(wanted[-1] + 1)
        for index in wanted:
            held[index] = True
        rows = compress(self.cells, held)
        for begin in range(0, total, chunk_rows):
            indexes = wanted[begin : begin + chunk_rows]
            yield self._chunk(list(islice(rows, chunk_rows)), indexes, begin + len(indexes))

    def _chunk(self, cells: list[list[Any]], indexes: list[int], read: int) -> Chunk:
        columns = list(zip(*cells, strict=True))
        blank = ("",) * len(cells)
        checked: dict[str, Checked] = {}
        problems: dict[int, list[CellProblem]] = {}
        for reader in self.readers:
            column = reader.column
            position = self.header.positions.get(column.name)
            other = checked.get(reader.kind.depends_on)
            done = reader.check(
                blank if position is None else columns[position], other.values if other else None
            )
            checked[column.name] = done
            self._note(column, done, indexes, problems)
        names = [column.name for column in self.roster.columns]
        return Chunk(
            numbers=[index + 1 for index in indexes],
            texts={name: checked[name].texts for name in names},
            values={name: checked[name].values for name in names},
            problems=problems,
            read=read,
            total=len(self.found.rows),
            ignored=self.header.ignored,
        )

    def _note(
        self, column: Column, checked: Checked, indexes: list[int], problems: dict[int, list[CellProblem]]
    ) -> None:
        found = [
            (i, problem, False) for i, problem in (*checked.problems, *self._more(column, checked, indexes))
        ]
        found += [(i, doubt, True) for i, doubt in checked.doubts]
        for i, problem, warning in found:
            noted = CellProblem(
                row=indexes[i] + 1,
                column=column.name,
                label=column.label,
                value=checked.texts[i],
                code=problem.code,
                words=problem.words,
                warning=warning,
                sealed=column.kind.sealed,
            )
            problems.setdefault(i, []).append(noted)

    def _more(self, column: Column, checked: Checked, indexes: list[int]) -> Iterator[tuple[int, Problem]]:
        """What a column's kind cannot see: the mark of the example, and the same person twice."""
        if column is self.roster.columns[0]:
            together = "\n".join(checked.texts)
            if any(mark in together for mark in EXAMPLE_MARKS):
                for i, text in enumerate(checked.texts):
                    if text.startswith(EXAMPLE_MARKS):
                        yield i, _still_marked()
        if self.found.twins and column.name == self.roster.key[-1]:
            for i, index in enumerate(indexes):
                if index in self.found.twins:
                    yield i, _twin(self.found.twins[index] + 1)


def _twin(row: int) -> Problem:
    words = T(en="The same as in row {row}: keep one of the two", zh="与第 {row} 行相同，请只保留一行")
    return Problem("duplicate_in_file", words.format(row=row))


def _still_marked() -> Problem:
    words = T(
        en="This row still bears the mark of the example: remove the mark, or the row",
        zh="本行还带有示例标记，请删去标记或整行",
    )
    return Problem("example_mark", words)
