"""The files that people upload on the way: rosters, tax records, bank returns, papers."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pypdf
import xlsxwriter

from forms.fields.resident_id import check_character
from workflows.bank_returns import RETURN
from workflows.programmes.talent_tax_rebate.form import ROSTER
from workflows.records import RECORD

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Somebody:
    """One row of a roster; money in yuan, words as the file has them."""

    name: str
    id_number: str
    pay: Any = 480_000
    tax: Any = 66_830
    post_level: str = "middle"
    still_employed: str = "yes"

    def but(self, **altered: Any) -> "Somebody":
        return replace(self, **altered)

    @property
    def cells(self) -> list[Any]:
        """In the order of the roster's columns."""
        return [self.name, "resident_id", self.id_number, "technical", self.post_level, date(2015, 3, 1),
                self.still_employed, self.pay, self.tax, 2020, 0, "no"]  # fmt: skip


def resident_id(number: int) -> str:
    """A valid number of nobody."""
    first = f"35029919{60 + number % 35}0{1 + number % 9}15{number % 1000:03d}"
    return first + check_character(first)


def workbook(headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """One sheet: headings, then the rows; days as days, numbers of people as text."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, headers)
        for y, row in enumerate(rows, 1):
            for x, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(y, x, cell, day)
                elif isinstance(cell, str):
                    sheet.write_string(y, x, cell)
                else:
                    sheet.write(y, x, cell)
    return out.getvalue()


def roster_file(people: Iterable[Somebody], language: str) -> bytes:
    return workbook(
        [column.label.in_language(language) for column in ROSTER.columns], [p.cells for p in people]
    )


def tax_file(rows: Iterable[tuple[str, Any]], language: str) -> bytes:
    """What the tax bureau sends: (ID number, tax in yuan)."""
    return workbook([column.label.in_language(language) for column in RECORD.columns], list(rows))


def return_file(rows: Iterable[Sequence[Any]], language: str) -> bytes:
    """What the bank sends: (line, result, day, reference, failure)."""
    headers = [column.label.in_language(language) for column in RETURN.columns][:5]
    return workbook(headers, list(rows))


def pdf(title: str) -> bytes:
    """A page of nothing that is like no other."""
    writer = pypdf.PdfWriter()
    writer.add_blank_page(595, 842)
    writer.add_metadata({"/Title": title})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def payload(name: str, data: bytes, kind: str = XLSX) -> dict[str, Any]:
    """A file as it is chosen in the browser."""
    return {"name": name, "mimeType": kind, "buffer": data}
