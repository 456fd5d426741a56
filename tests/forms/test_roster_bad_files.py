"""Files that are no roster: each refused as a whole, with a sentence that says what to do."""

import io
import struct
import zipfile

import pytest

from config.errors import Refusal
from forms.errors import (
    DuplicateColumns,
    Empty,
    FarCell,
    Locked,
    MergedHeader,
    MissingColumns,
    NotExcel,
    TooLarge,
    TooManyRows,
)
from forms.roster import guard, read_xlsx
from tests.forms.people import HEADINGS, PEOPLE, person, sheet, workbook

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def zipped(**files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), data)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"MZ\x90\x00\x03" + b"\0" * 600, guard.PROGRAM),
        (b"\x7fELF\x02\x01\x01", guard.PROGRAM),
        (OLE + b"\0" * 600, guard.OLD_EXCEL),
        (b"%PDF-1.7\n", guard.PDF),
        (b"\x89PNG\r\n\x1a\n\0\0", guard.PICTURE),
        ("姓名,证件号码\n甲,1\n".encode(), guard.PLAIN),
        (b"", guard.NOTHING),
        (b"\0\1\2\3", guard.UNKNOWN),
        (b"PK\x03\x04 cut off", guard.DAMAGED),
        (zipped(readme_dot_txt="x"), guard.UNKNOWN),
        (
            zipped(content_dot_xml="<x/>", mimetype="application/vnd.oasis.opendocument.spreadsheet"),
            guard.OTHER_SHEET,
        ),
        (zipped(xl__workbook_dot_bin="x"), guard.OTHER_SHEET),
        (zipped(xl__workbook_dot_xml="<nonsense"), guard.DAMAGED),
    ],
)
def test_file_that_is_no_workbook_is_named_for_what_it_is(data, found):
    with pytest.raises(NotExcel) as caught:
        read_xlsx(io.BytesIO(data), PEOPLE, file="名单.xls")

    assert caught.value.values == {"file": "名单.xls", "found": found}
    assert caught.value.sentence.zh == (
        f"“名单.xls”是{found.zh}，不是 .xlsx 格式的 Excel 工作簿。请用 Excel 或 WPS 打开，另存为 .xlsx 后重新上传。"
    )
    assert (caught.value.code, caught.value.status) == ("not_excel", 422)


def test_workbook_cut_in_half_is_damaged():
    data = sheet([person(n) for n in range(50)]).getvalue()

    with pytest.raises(NotExcel) as caught:
        read_xlsx(io.BytesIO(data[: len(data) // 2]), PEOPLE)

    assert caught.value.values["found"] == guard.DAMAGED


def test_workbook_with_altered_bytes_is_damaged():
    data = bytearray(sheet([person(n) for n in range(50)]).getvalue())
    at = data.index(b"xl/worksheets/sheet1.xml") + 60
    data[at : at + 40] = b"\0" * 40

    with pytest.raises(NotExcel) as caught:
        read_xlsx(io.BytesIO(bytes(data)), PEOPLE)

    assert caught.value.values["found"] == guard.DAMAGED


def test_workbook_with_a_password_says_so():
    data = OLE + b"\0" * 504 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 100

    with pytest.raises(Locked):
        read_xlsx(io.BytesIO(data), PEOPLE)


def test_merged_header_is_named_with_its_cells():
    def fill(book):
        people = book.add_worksheet()
        people.write_row(1, 1, HEADINGS[1:])
        people.merge_range(0, 0, 1, 0, "姓名")
        people.merge_range(0, 1, 0, 2, "证件")
        people.write_row(2, 0, person())

    with pytest.raises(MergedHeader) as caught:
        read_xlsx(workbook(fill), PEOPLE, file="名单.xlsx")

    assert caught.value.sentence.zh == (
        "“名单.xlsx”的表头有合并的单元格（A1:A2, B1:C1）。请取消合并，让每一列在同一行只有一个标题，或改用模板。"
    )


def test_heading_merged_over_two_columns_is_told():
    def fill(book):
        people = book.add_worksheet()
        people.write_row(0, 0, HEADINGS)
        people.merge_range(0, 1, 0, 2, "证件类型")

    with pytest.raises(MergedHeader, match="B1:C1"):
        read_xlsx(workbook(fill), PEOPLE)


def test_missing_columns_are_named_in_both_languages():
    headings = [heading for heading in HEADINGS if heading not in ("证件号码", "是否在职", "持股比例（%）")]

    with pytest.raises(MissingColumns) as caught:
        read_xlsx(sheet([person()], headings), PEOPLE, file="a.xlsx")

    assert (
        caught.value.sentence.zh
        == "“a.xlsx”缺少这些列：证件号码、是否在职。请补上，标题照此填写，或改用模板。"
    )
    assert "Document number, Still employed." in caught.value.sentence.en


def test_column_that_stands_twice_is_named():
    with pytest.raises(DuplicateColumns) as caught:
        read_xlsx(sheet([person()], [*HEADINGS, "身份证号"]), PEOPLE)

    assert caught.value.sentence.zh.endswith("证件号码。每一列请只保留一个。")


@pytest.mark.parametrize("rows", [[], [[]], [[" "], ["　"]]])
def test_roster_without_people_is_empty(rows):
    with pytest.raises(Empty):
        read_xlsx(sheet(rows), PEOPLE)


def test_workbook_without_a_cell_is_empty():
    with pytest.raises(Empty):
        read_xlsx(workbook(lambda book: book.add_worksheet()), PEOPLE)


def test_one_row_too_many_is_counted():
    with pytest.raises(TooManyRows) as caught:
        read_xlsx(sheet([person(n) for n in range(11)]), PEOPLE, max_rows=10, file="a.xlsx")

    assert caught.value.sentence.zh == "“a.xlsx”有 11 行，一次最多 10 行。请分成几个文件。"


def test_cell_far_away_is_refused_before_memory_is_taken():
    """The reader alone takes 6.8 GB for one cell in column GS of the last row."""

    def fill(book):
        people = book.add_worksheet()
        people.write_row(0, 0, HEADINGS)
        people.write(1048575, 16383, "x")

    with pytest.raises(FarCell) as caught:
        read_xlsx(workbook(fill), PEOPLE)

    assert (caught.value.values["column"], caught.value.values["row"]) == ("XFD", 1048576)


@pytest.mark.parametrize(
    "written", [b"<c r='XFD1048576'><v>1</v></c>", b'<c t="n"  r = "XFD1048576"\n><v>1</v></c>']
)
def test_cell_far_away_is_found_however_it_is_written(written):
    source = zipfile.ZipFile(sheet([person()]))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as out:
        for entry in source.infolist():
            data = source.read(entry)
            if entry.filename == "xl/worksheets/sheet1.xml":
                data = data.replace(b"</sheetData>", b'<row r="1048576">' + written + b"</row></sheetData>")
            out.writestr(entry, data)

    with pytest.raises(FarCell):
        read_xlsx(target, PEOPLE)


def test_cell_far_away_is_found_where_two_blocks_meet(monkeypatch):
    monkeypatch.setattr(guard, "BLOCK_BYTES", 97)

    def fill(book):
        people = book.add_worksheet()
        people.write_row(0, 0, HEADINGS)
        people.write(1048575, 16383, "x")

    with pytest.raises(FarCell):
        read_xlsx(workbook(fill), PEOPLE)


def test_workbook_that_unpacks_to_too_much_is_refused():
    data = zipped(xl__workbook_dot_xml="<x/>", xl__media__a_dot_xml=b"\0")
    at = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 4)
    bomb = data[: at + 24] + struct.pack("<L", 2_000_000_000) + data[at + 28 :]

    with pytest.raises(TooLarge) as caught:
        read_xlsx(io.BytesIO(bomb), PEOPLE)

    assert caught.value.values["size_mb"] == 1907


def test_every_refusal_names_the_file_in_both_languages():
    for refusal in (
        NotExcel,
        Locked,
        TooLarge,
        FarCell,
        MergedHeader,
        MissingColumns,
        DuplicateColumns,
        TooManyRows,
        Empty,
    ):
        assert issubclass(refusal, Refusal)
        assert refusal.status == 422
        assert "{file}" in refusal.words.en
        assert "{file}" in refusal.words.zh


@pytest.mark.slow
def test_100001_rows_are_refused_and_are_read_where_they_may_be():
    file = sheet([person(number) for number in range(100_001)])

    with pytest.raises(TooManyRows) as caught:
        read_xlsx(file, PEOPLE, file="a.xlsx")
    read = wrong = 0
    for chunk in read_xlsx(file, PEOPLE, max_rows=100_001):
        read += len(chunk.rows)
        wrong += sum(bool(row.problems) for row in chunk.rows)

    assert caught.value.sentence.zh == "“a.xlsx”有 100,001 行，一次最多 100,000 行。请分成几个文件。"
    assert (read, wrong) == (100_001, 0)
