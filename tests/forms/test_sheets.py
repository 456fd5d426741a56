"""Tables for Excel and CSV: numbers as numbers, text never as a formula."""

import csv
import datetime as dt
import io
import zipfile
from decimal import Decimal

import pytest
from python_calamine import CalamineWorkbook

from forms.sheets import neutral, sheet_name, write_csv, write_xlsx

HEADERS = ["户名", "账号", "金额（元）", "日期"]
ROWS = [
    ("厦门示例软件有限公司", "6222021234567890128", Decimal("286420.00"), dt.date(2019, 12, 2)),
    ('=HYPERLINK("http://x")', 351012345678901234, Decimal("0.10"), None),
]


def test_workbook_holds_numbers_as_numbers_and_text_as_text():
    data = write_xlsx(
        HEADERS,
        ROWS,
        title="拨付清单: 2019/03",
        text_columns=["账号"],
        totals=("合计", "", Decimal("286420.10")),
    )

    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    assert book.sheet_names == ["拨付清单 2019 03"]
    assert book.get_sheet_by_index(0).to_python() == [
        HEADERS,
        ["厦门示例软件有限公司", "6222021234567890128", 286420.0, dt.date(2019, 12, 2)],
        ['=HYPERLINK("http://x")', "351012345678901234", 0.1, ""],
        ["合计", "", 286420.1, ""],
    ]
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")


def test_csv_has_a_mark_for_excel_and_neutral_cells():
    data = write_csv(HEADERS, [*ROWS, ("-5", "@x", Decimal("-5.00"), "a\nb")])

    assert data.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))) == [
        HEADERS,
        ["厦门示例软件有限公司", "6222021234567890128", "286420.00", "2019-12-02"],
        ['\'=HYPERLINK("http://x")', "351012345678901234", "0.10", ""],
        ["'-5", "'@x", "-5.00", "a\nb"],
    ]


@pytest.mark.parametrize(
    "text", ["=1", "+1", "-1", "@A1", " =1", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠x", "\n1"]
)
def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe(text):
    assert neutral(text) == f"'{text}"


@pytest.mark.parametrize("cell", ["陈小鹭", "a=b", "1-2", -5, Decimal("-1"), ""])
def test_other_cells_stay_as_they_are(cell):
    assert neutral(cell) == cell


def test_moment_is_written_as_the_clock_of_the_office():
    data = write_xlsx(["t"], [(dt.datetime(2019, 11, 29, 9, 30, tzinfo=dt.UTC),)], title="t")

    assert CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()[1] == [
        dt.datetime(2019, 11, 29, 17, 30)  # noqa: DTZ001 - Excel knows no zones
    ]


@pytest.mark.parametrize(("title", "name"), [("[]:*?/\\'", "Sheet1"), ("长" * 40, "长" * 31)])
def test_title_becomes_a_name_that_excel_allows(title, name):
    assert sheet_name(title) == name
