"""The workbook that people download, and the one that tells them what is wrong."""

import io
import re
import zipfile

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from config.words import T
from forms.errors import Empty
from forms.fields import Choice, Option, Text
from forms.roster import Column, Roster, problems_xlsx, read_xlsx, template_xlsx
from forms.roster.template import EXAMPLE
from tests.forms.people import AT, HEADINGS, PEOPLE, codes, person, read_all, sheet

LANGUAGES = ("zh-hans", "en")


def cells_of(data, name=None):
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return book.get_sheet_by_name(name).to_python() if name else book.get_sheet_by_index(0).to_python()


def filled(data, rows):
    """The template as a person fills it in: the same headings, the example row, rows below it."""
    headings, example = cells_of(data)
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        people = book.add_worksheet()
        for number, row in enumerate([headings, example, *rows]):
            people.write_row(number, 0, row)
    buffer.seek(0)
    return buffer


@pytest.mark.parametrize("language", LANGUAGES)
def test_template_has_headings_and_one_marked_example(language):
    headings, example = cells_of(template_xlsx(PEOPLE, language))

    assert headings == [column.label.in_language(language) for column in PEOPLE.columns]
    assert example[0] == EXAMPLE.in_language(language) + PEOPLE.columns[0].example_in(language)
    assert all(example)


@pytest.mark.parametrize("language", LANGUAGES)
def test_template_without_people_is_empty(language):
    with pytest.raises(Empty):
        read_xlsx(io.BytesIO(template_xlsx(PEOPLE, language)), PEOPLE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_filled_template_is_read_without_its_example(language):
    read = read_all(filled(template_xlsx(PEOPLE, language), [person(1), person(2)]))

    assert [(row.number, row.problems) for row in read] == [(3, ()), (4, ())]


@pytest.mark.parametrize("language", LANGUAGES)
def test_example_of_the_template_is_right_but_for_its_mark(language):
    headings, example = cells_of(template_xlsx(PEOPLE, language))
    example[AT["id_number"]] = person(5)[AT["id_number"]]

    (row,) = read_all(sheet([example], headings))

    assert codes(row) == [("name", "example_mark")]


def test_template_offers_choices_and_keeps_numbers_as_text():
    archive = zipfile.ZipFile(io.BytesIO(template_xlsx(PEOPLE, "zh-hans")))
    people = archive.read("xl/worksheets/sheet1.xml").decode()

    lists = re.findall(r'type="list".*?sqref="(\w+):\w+".*?<formula1>(.*?)</formula1>', people)
    assert ("D3", '"技术岗,管理岗,后勤行政岗,市管干部"') in lists
    assert ("G3", '"是,否"') in lists
    assert 'numFmtId="49"' in archive.read("xl/styles.xml").decode()


def test_long_list_of_choices_stands_on_a_hidden_sheet():
    options = tuple(Option(str(n), T(en=f"Option number {n}", zh=f"选项第 {n} 号")) for n in range(60))
    roster = Roster(
        columns=(
            Column("name", T(en="N", zh="姓名"), Text()),
            Column("c", T(en="C", zh="类"), Choice(options)),
        )
    )

    archive = zipfile.ZipFile(io.BytesIO(template_xlsx(roster, "zh-hans")))

    assert "<formula1>lists!$B$1:$B$60</formula1>" in archive.read("xl/worksheets/sheet1.xml").decode()
    assert re.search(r'name="lists"[^>]*state="hidden"', archive.read("xl/workbook.xml").decode())


def test_notes_explain_every_column():
    notes = cells_of(template_xlsx(PEOPLE, "en"), "How to fill it in")

    assert [row[0] for row in notes[-len(PEOPLE.columns) :]] == [column.label.en for column in PEOPLE.columns]
    assert [row[1] for row in notes[-3:]] == ["Yes", "No", "Yes"]


def test_problems_are_downloaded_with_row_column_value_and_reason():
    rows = read_all(
        sheet([person(1, pay_fen="三十万", name="=1+1"), person(2, id_number="350203199002300017")], HEADINGS)
    )
    problems = [problem for row in rows for problem in row.problems]

    assert cells_of(problems_xlsx(problems, "zh-hans")) == [
        ["行", "列", "内容", "问题与改法", "性质"],
        [2.0, "税前年薪（元）", "三十万", "请以元为单位填写数字，不用“万”", "错误"],
        [3.0, "证件号码", "350203199002300017", "2 月没有 30 日", "错误"],
    ]
    assert cells_of(problems_xlsx(problems, "en"))[2][3] == "February has no 30th"
