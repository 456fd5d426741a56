"""The roster of the talent tax rebate, as an example of a declaration, and files made from it."""

import io
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import xlsxwriter

from config.words import T
from forms.fields import (
    IDENTITY_KINDS,
    Choice,
    Date,
    IdentityNumber,
    Money,
    Option,
    Percent,
    Text,
    Year,
    YesNo,
)
from forms.fields.resident_id import check_character
from forms.roster import Chunk, Column, ReadRow, Roster, read_xlsx

POST_KINDS = Choice(
    options=(
        Option("technical", T(en="Technical", zh="技术岗"), ("技术",)),
        Option("management", T(en="Management", zh="管理岗")),
        Option("logistics", T(en="Logistics or administration", zh="后勤行政岗")),
        Option("official", T(en="Official under city management", zh="市管干部")),
    )
)
POST_LEVELS = Choice(
    options=(
        Option("senior", T(en="Senior", zh="高层")),
        Option("middle", T(en="Middle", zh="中层")),
        Option("junior", T(en="Junior", zh="普通")),
    )
)
PEOPLE = Roster(
    key=("id_number",),
    columns=(
        Column(
            "name", T(en="Name", zh="姓名"), Text(max_length=60), example=T(en="Chen Xiaolu", zh="陈小鹭")
        ),
        Column("id_kind", T(en="Document", zh="证件类型"), IDENTITY_KINDS),
        Column("id_number", T(en="Document number", zh="证件号码"), IdentityNumber(), aliases=("身份证号",)),
        Column("post_kind", T(en="Kind of post", zh="岗位类别"), POST_KINDS),
        Column("post_level", T(en="Level of post", zh="岗位层级"), POST_LEVELS),
        Column("hired_on", T(en="Hired on", zh="入职日期"), Date(past=True)),
        Column("still_employed", T(en="Still employed", zh="是否在职"), YesNo()),
        Column("pay_fen", T(en="Yearly pay before tax (yuan)", zh="税前年薪（元）"), Money()),
        Column("tax_fen", T(en="Income tax paid (yuan)", zh="已缴个人所得税（元）"), Money()),
        Column("first_claimed_year", T(en="First claimed in", zh="首次申报年度"), Year(first=2016)),
        Column("shares", T(en="Shares (%)", zh="持股比例（%）"), Percent(), required=False),
        Column("other_award", T(en="Other income tax award", zh="是否享受其他个税奖励"), YesNo()),
    ),
)
HEADINGS = [column.label.zh for column in PEOPLE.columns]
AT = {column.name: position for position, column in enumerate(PEOPLE.columns)}


def resident_id(number: int) -> str:
    """A valid ID of nobody: area 350299, a birth date and sequence that follow from `number`."""
    day, sequence = divmod(number, 1000)
    year, rest = divmod(day, 12 * 28)
    month, day = divmod(rest, 28)
    first_17 = f"350299{1970 + year}{month + 1:02d}{day + 1:02d}{sequence:03d}"
    return first_17 + check_character(first_17)


def person(number: int = 1, **changes: Any) -> list[Any]:
    """A row that is right, but for `changes` by column name."""
    row: list[Any] = [
        *(f"示例{number}", "居民身份证", resident_id(number), "技术岗", "中层", "2015-03-01", "是"),
        *(360000.5, 66830.0, 2018.0, "0", "否"),
    ]
    for name, value in changes.items():
        row[AT[name]] = value
    return row


def workbook(fill: Callable[[Any], None], **options: Any) -> io.BytesIO:
    """A workbook as Excel would write it."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, **options}) as book:
        fill(book)
    buffer.seek(0)
    return buffer


def sheet(rows: Iterable[Sequence[Any]], headings: Sequence[Any] = HEADINGS) -> io.BytesIO:
    """A workbook with one sheet: the headings, then the rows."""

    def fill(book: Any) -> None:
        people = book.add_worksheet()
        people.write_row(0, 0, headings)
        for number, row in enumerate(rows, start=1):
            people.write_row(number, 0, row)

    return workbook(fill)


def read_all(file: Any, roster: Roster = PEOPLE, **options: Any) -> list[ReadRow]:
    """Every row of the file."""
    chunks: list[Chunk] = list(read_xlsx(file, roster, **options))
    return [row for chunk in chunks for row in chunk.rows]


def codes(row: ReadRow) -> list[tuple[str, str]]:
    """Column and code of each problem of a row."""
    return [(problem.column, problem.code) for problem in row.problems]
