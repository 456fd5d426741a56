"""Writing tables for Excel and as CSV, so that nothing a person typed can become a formula."""

import csv
import io
import re
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.utils import timezone

# What Excel, WPS and LibreOffice take for a formula, also behind white space and in full width.
FORMULA = re.compile(r"[\s\x00]*[=+\-@＝＋－＠]|[\t\r\n]")
NOT_IN_SHEET_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
COLUMN_WIDTH_MAX = 40
# The number that Excel and WPS have built in for "@": a cell that keeps what is typed.
TEXT_FORMAT = 49


def write_xlsx(
    headers: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    title: str,
    text_columns: Collection[str | int] = (),
    totals: Sequence[Any] | None = None,
) -> bytes:
    """A workbook of one sheet named `title`: bold headings that stay in sight, rows, and `totals` in bold.

    Text is written as text, whatever it starts with; ints, floats and Decimals as numbers, a Decimal with two
    decimals; days as days. `text_columns` (headings or positions) are formatted as text and their numbers
    written as text: account and identity numbers.
    """
    buffer = io.BytesIO()
    as_text = {i for i, header in enumerate(headers) if header in text_columns or i in text_columns}
    with xlsxwriter.Workbook(buffer, {"constant_memory": True}) as book:
        book.set_properties({"title": title})
        sheet = book.add_worksheet(sheet_name(title))
        writer = _Writer(book, sheet, as_text)
        sheet.freeze_panes(1, 0)
        for position, header in enumerate(headers):
            width = min(COLUMN_WIDTH_MAX, max(12, 2 * len(header) + 4))
            sheet.set_column(position, position, width, writer.text if position in as_text else None)
        writer.row(0, headers, bold=True)
        last = 0
        for last, row in enumerate(rows, start=1):
            writer.row(last, row)
        if totals is not None:
            writer.row(last + 1, totals, bold=True)
    return buffer.getvalue()


class _Writer:
    def __init__(self, book: Any, sheet: Any, as_text: set[int]) -> None:
        self.sheet, self.as_text = sheet, as_text
        self.text = book.add_format({"num_format": TEXT_FORMAT})
        self.plain = {bold: book.add_format({"bold": bold}) for bold in (False, True)}
        self.money = {
            bold: book.add_format({"bold": bold, "num_format": "#,##0.00"}) for bold in (False, True)
        }
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})
        self.moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})

    def row(self, number: int, cells: Sequence[Any], *, bold: bool = False) -> None:
        for position, cell in enumerate(cells):
            if cell is None or cell == "":
                continue
            at = (number, position)
            if (
                isinstance(cell, bool)
                or position in self.as_text
                or not isinstance(cell, (int, float, Decimal, date))
            ):
                style = self.text if position in self.as_text and not bold else self.plain[bold]
                self.sheet.write_string(*at, str(cell), style)
            elif isinstance(cell, datetime):
                local = timezone.localtime(cell).replace(tzinfo=None) if cell.tzinfo else cell
                self.sheet.write_datetime(*at, local, self.moment)
            elif isinstance(cell, date):
                self.sheet.write_datetime(*at, cell, self.day)
            else:
                self.sheet.write_number(
                    *at, cell, self.money[bold] if isinstance(cell, Decimal) else self.plain[bold]
                )


def sheet_name(title: str) -> str:
    """`title` as Excel allows it for a sheet: up to 31 characters, without the signs of addresses."""
    return " ".join(title.translate(NOT_IN_SHEET_NAMES).split())[:31].strip() or "Sheet1"


def write_csv(headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """CSV in UTF-8 with a byte order mark, so that Excel reads the Chinese. Text that a spreadsheet would
    take for a formula gets an apostrophe in front; numbers keep their minus."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow([neutral(header) for header in headers])
    writer.writerows([neutral(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + buffer.getvalue().encode()


def neutral(cell: Any) -> Any:
    """`cell`, or with an apostrophe in front where a spreadsheet would run it.

    >>> neutral("=1+1")
    "'=1+1"
    """
    if isinstance(cell, str) and FORMULA.match(cell):
        return f"'{cell}"
    return "" if cell is None else cell
