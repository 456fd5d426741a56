"""Reading rosters as Excel writes them: what is taken, and what each cell is told."""

import datetime as dt
import io
import zipfile

import pytest

from config.words import T
from forms.fields import ResidentId, Text
from forms.roster import Column, Roster, read_xlsx
from tests.forms.people import AT, HEADINGS, PEOPLE, codes, person, read_all, resident_id, sheet, workbook


def read_one(**changes):
    (row,) = read_all(sheet([person(1, **changes)]))
    return row


def test_right_row_gives_its_values():
    (row,) = read_all(sheet([person()]))

    assert row.number == 2
    assert row.problems == ()
    assert row.values == {
        "name": "示例1",
        "id_kind": "resident_id",
        "id_number": resident_id(1),
        "post_kind": "technical",
        "post_level": "middle",
        "hired_on": "2015-03-01",
        "still_employed": True,
        "pay_fen": 36000050,
        "tax_fen": 6683000,
        "first_claimed_year": 2018,
        "shares": "0",
        "other_award": False,
    }
    assert row.raw["pay_fen"] == "360000.5"
    assert row.raw["first_claimed_year"] == "2018"


def test_headings_are_found_in_either_language_any_order_and_width():
    english = [column.label.en for column in PEOPLE.columns][::-1]
    odd = [
        " 姓 名 *",
        "证件类型：",
        "身份证号",
        "岗位类别（必填）",
        *HEADINGS[4:7],
        "税前年薪",
        "已缴个人所得税(元)",
        *HEADINGS[9:],
    ]

    for headings, row in ((english, person()[::-1]), (odd, person())):
        (read,) = read_all(sheet([row], headings))
        assert read.problems == ()
        assert read.values["id_number"] == resident_id(1)


def test_headings_may_stand_below_a_merged_title_and_beside_unknown_columns():
    def fill(book):
        people = book.add_worksheet()
        people.merge_range(0, 0, 0, 5, "2019 年度人员名单")
        people.write_row(2, 1, [*HEADINGS, "备注"])
        people.write_row(3, 1, [*person(), "x"])

    (chunk,) = read_xlsx(workbook(fill), PEOPLE)

    assert [(row.number, row.problems) for row in chunk.rows] == [(4, ())]
    assert chunk.ignored == ("备注",)


def test_optional_column_may_be_absent():
    at = AT["shares"]
    row, headings = person(), list(HEADINGS)
    del row[at], headings[at]

    (read,) = read_all(sheet([row], headings))

    assert (read.problems, read.values["shares"], read.raw["shares"]) == ((), None, "")


def test_blank_rows_are_left_out_and_numbers_stay_those_of_excel():
    rows = [person(1), [], [" ", "　"], person(2), [], []]

    assert [row.number for row in read_all(sheet(rows))] == [2, 5]


def test_hidden_sheet_and_sheet_of_notes_are_passed_over():
    def fill(book):
        hidden, notes, people = (
            book.add_worksheet("旧名单"),
            book.add_worksheet("说明"),
            book.add_worksheet("名单"),
        )
        hidden.write_row(0, 0, HEADINGS)
        hidden.write_row(1, 0, person(9))
        notes.write(0, 0, "姓名一列填写证件上的姓名")
        people.write_row(0, 0, HEADINGS)
        people.write_row(1, 0, person(1))
        people.activate()
        people.set_first_sheet()
        hidden.hide()

    assert [row.values["name"] for row in read_all(workbook(fill))] == ["示例1"]


def test_formula_gives_its_value():
    def fill(book):
        people = book.add_worksheet()
        people.write_row(0, 0, HEADINGS)
        people.write_row(1, 0, person())
        people.write_formula(1, AT["pay_fen"], "=30000.1*12", None, 30000.1 * 12)

    (row,) = read_all(workbook(fill))

    assert (row.problems, row.values["pay_fen"]) == ((), 36000120)


def test_formula_that_fails_is_missing():
    def fill(book):
        people = book.add_worksheet()
        people.write_row(0, 0, HEADINGS)
        people.write_row(1, 0, person())
        people.write_formula(1, AT["pay_fen"], "=1/0", None, "#DIV/0!")

    (row,) = read_all(workbook(fill))

    assert codes(row) == [("pay_fen", "missing")]


def test_name_that_begins_like_a_formula_is_a_name():
    row = read_one(name="=cmd|'/c calc'!A0")

    assert (row.values["name"], row.problems) == ("=cmd|'/c calc'!A0", ())


def test_full_width_digits_are_read():
    wide = {ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789X"}
    row = read_one(
        id_number=resident_id(1).translate(wide), pay_fen="３６００００．５", first_claimed_year="２０１８"
    )

    assert row.problems == ()
    assert (row.values["id_number"], row.values["pay_fen"]) == (resident_id(1), 36000050)


def test_id_that_excel_made_a_number_has_lost_digits():
    row = read_one(id_number=350299199001150013)

    assert codes(row) == [("id_number", "id_lost_digits")]
    assert row.values["id_number"] is None
    assert row.problems[0].value == "3.5029919900115e+17"
    assert "文本" in row.problems[0].words.zh
    assert codes(read_one(id_number="3.50299E+17")) == [("id_number", "id_lost_digits")]


def test_rows_whose_ids_lost_digits_are_no_twins():
    rows = [person(1, id_number=350299199001150013), person(2, id_number=350299199001150021)]

    assert [codes(row) for row in read_all(sheet(rows))] == [[("id_number", "id_lost_digits")]] * 2


@pytest.mark.parametrize(
    "raw", ["2019-03-01", "2019/3/1", "2019年3月1日", "20190301", "2019.03.01", 20190301]
)
def test_day_is_read_in_common_forms(raw):
    assert read_one(hired_on=raw).values["hired_on"] == "2019-03-01"


def test_day_and_truth_are_read_as_excel_keeps_them():
    def fill(book):
        people = book.add_worksheet()
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        people.write_row(0, 0, HEADINGS)
        for number, row in enumerate((person(1), person(2)), start=1):
            people.write_row(number, 0, row)
            people.write_datetime(number, AT["hired_on"], dt.date(2019, 3, number), day)
            people.write_boolean(number, AT["still_employed"], number == 1)

    rows = read_all(workbook(fill))

    assert [row.values["hired_on"] for row in rows] == ["2019-03-01", "2019-03-02"]
    assert [row.values["still_employed"] for row in rows] == [True, False]
    assert [row.problems for row in rows] == [(), ()]


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("hired_on", 43525, "date_lost_format"),
        ("hired_on", "2019-02-30", "no_such_day"),
        ("hired_on", "2999-01-01", "too_late"),
        ("shares", 0.05, "percent_unclear"),
        ("shares", "101%", "too_large"),
        ("pay_fen", 1000.005, "too_precise"),
        ("pay_fen", "三十万", "not_a_number"),
        ("pay_fen", "", "missing"),
        ("post_kind", "厨师", "not_an_option"),
        ("still_employed", "大概", "not_yes_no"),
        ("first_claimed_year", 2015, "year_out_of_range"),
        ("id_number", "350299199001150014", "wrong_check_digit"),
        ("id_number", "350203199002300017", "no_such_day"),
        ("name", "长" * 61, "too_long"),
    ],
)
def test_wrong_cell_is_told_with_row_column_and_value(column, cell, code):
    row = read_one(**{column: cell})

    assert codes(row) == [(column, code)]
    assert row.values[column] is None
    problem = row.problems[0]
    assert (problem.row, problem.label, problem.value) == (2, PEOPLE.by_name[column].label, row.raw[column])
    assert problem.words.en and problem.words.zh


def test_every_problem_of_a_row_is_told_at_once():
    row = read_one(name="", pay_fen="x", post_level="?", id_number="1")

    assert sorted(codes(row)) == [
        ("id_number", "wrong_length"),
        ("name", "missing"),
        ("pay_fen", "not_a_number"),
        ("post_level", "not_an_option"),
    ]


def test_number_is_read_by_the_kind_of_document_beside_it():
    rows = [
        person(1, id_kind="护照", id_number="E12345678"),
        person(2, id_kind="台胞证", id_number=12345678),
        person(3, id_kind="港澳居民来往内地通行证", id_number="E12345679"),
        person(4, id_kind="", id_number="E87654321"),
    ]

    read = read_all(sheet(rows))

    assert [row.values["id_number"] for row in read] == ["E12345678", "12345678", None, "E87654321"]
    assert [codes(row) for row in read] == [
        [],
        [],
        [("id_number", "wrong_document_number")],
        [("id_kind", "missing")],
    ]


def test_same_person_twice_is_told_on_both_rows_also_across_chunks():
    rows = [person(1), person(2), person(3), person(1, id_number=f" {resident_id(1).lower()} ")]

    read = read_all(sheet(rows), chunk_rows=2)

    assert [codes(row) for row in read] == [
        [("id_number", "duplicate_in_file")],
        [],
        [],
        [("id_number", "duplicate_in_file")],
    ]
    assert read[0].problems[0].words.zh == "与第 5 行相同，请只保留一行"
    assert read[3].problems[0].words.en == "The same as in row 2: keep one of the two"


def test_unknown_area_is_a_warning_and_the_value_is_taken():
    from forms.fields.resident_id import check_character

    number = "99029919900115001" + check_character("99029919900115001")
    row = read_one(id_number=number)

    assert row.values["id_number"] == number
    assert [(problem.code, problem.warning) for problem in row.problems] == [("unknown_area", True)]


def test_personal_numbers_are_masked_where_a_problem_is_shown():
    (problem,) = read_one(id_number="350299199001150014").problems

    assert (problem.sealed, problem.shown_value) == (True, "＊＊＊＊0014")


def test_chunks_tell_how_far_the_reading_is():
    chunks = list(read_xlsx(sheet([person(n) for n in range(5)]), PEOPLE, chunk_rows=2))

    assert [(len(chunk.rows), chunk.read, chunk.total) for chunk in chunks] == [
        (2, 2, 5),
        (2, 4, 5),
        (1, 5, 5),
    ]


def test_file_may_be_a_path_and_is_closed_again(tmp_path):
    path = tmp_path / "名单.xlsx"
    path.write_bytes(sheet([person()]).getvalue())

    chunks = read_xlsx(path, PEOPLE)
    path.unlink()

    assert [row.values["name"] for chunk in chunks for row in chunk.rows] == ["示例1"]


def test_column_may_be_named_by_excel_far_to_the_right():
    headings = [*(f"其他{n}" for n in range(80)), *HEADINGS]

    (row,) = read_all(sheet([[*([""] * 80), *person()]], headings))

    assert row.problems == ()


def test_styled_empty_cells_far_below_do_not_matter():
    def fill(book):
        people = book.add_worksheet()
        people.write_row(0, 0, HEADINGS)
        people.write_row(1, 0, person())
        people.write_blank(1048575, 16383, None, book.add_format({"bold": True}))

    assert [row.number for row in read_all(workbook(fill))] == [2]


def test_text_column_that_repeats_reads_like_one_that_does_not():
    roster = Roster(
        columns=(
            Column("name", T(en="Name", zh="姓名"), Text()),
            Column("id", T(en="ID", zh="号"), ResidentId()),
        )
    )
    rows = [["甲", resident_id(1)], ["甲", resident_id(1)]]

    read = read_all(sheet(rows, ["姓名", "号"]), roster)

    assert [row.problems for row in read] == [(), ()]


def test_roster_that_contradicts_itself_is_not_declared():
    name = Column("name", T(en="Name", zh="姓名"), Text())

    with pytest.raises(ValueError, match="once"):
        Roster(columns=(name, name))
    with pytest.raises(ValueError, match="id_number"):
        Roster(columns=(name,), key=("id_number",))


def test_strict_workbook_written_without_addresses_is_read():
    """Some programs leave out the address of each cell; the order then says where it stands."""
    import re

    source = zipfile.ZipFile(sheet([person()]))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as out:
        for entry in source.infolist():
            data = source.read(entry)
            if entry.filename == "xl/worksheets/sheet1.xml":
                data = re.sub(rb'<c r="[A-Z]+\d+"', b"<c", data)
            out.writestr(entry, data)

    (row,) = read_all(target)

    assert row.problems == ()
