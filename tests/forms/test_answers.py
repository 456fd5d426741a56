"""Answers: kept as typed, judged as a whole, shown masked."""

import json

from hypothesis import given
from hypothesis import strategies as st

from forms.answers import is_complete, problems, read, section_problems, shown, values
from tests.forms.test_schema import FORM

COMPLETE = {
    "name": "陈小鹭",
    "id_kind": "居民身份证",
    "id_number": "３５０２９９ 1990 0115 0013",
    "mobile": "138 0013 8000",
    "asked_fen": "¥1,000.5",
    "had_before": "yes",
    "had_on": "2018/3/1",
}


def found(given_problems):
    return [(problem.field, problem.code) for problem in given_problems]


def test_complete_answers_give_values():
    assert is_complete(FORM, COMPLETE)
    assert values(FORM, COMPLETE) == {
        "name": "陈小鹭",
        "id_kind": "resident_id",
        "id_number": "350299199001150013",
        "mobile": "13800138000",
        "asked_fen": 100050,
        "had_before": True,
        "had_on": "2018-03-01",
    }


def test_nothing_typed_is_lost_where_it_is_wrong():
    posted = {"name": " 陈 ", "id_kind": "护照", "id_number": "x y", "mobile": "12345", "unasked": "1"}

    reading = read(FORM, "contact", posted)

    assert reading.open == {"name": " 陈 ", "id_kind": "护照"}
    assert reading.sealed == {"id_number": "x y", "mobile": "12345"}
    assert found(reading.problems) == [("id_number", "wrong_document_number"), ("mobile", "not_a_mobile")]


def test_incomplete_section_is_kept_and_what_is_missing_stands_apart():
    reading = read(FORM, "contact", {"name": "", "mobile": "1"})

    assert reading.open == {"name": "", "id_kind": ""}
    assert found(reading.problems) == [
        ("name", "missing"),
        ("id_kind", "missing"),
        ("id_number", "missing"),
        ("mobile", "not_a_mobile"),
    ]
    assert found(reading.wrong) == [("mobile", "not_a_mobile")]


def test_field_that_is_not_asked_is_neither_missing_nor_wrong():
    answers = {**COMPLETE, "had_before": "否", "had_on": "nonsense"}

    assert is_complete(FORM, answers)
    assert "had_on" not in values(FORM, answers)
    assert found(problems(FORM, {**COMPLETE, "had_on": ""})) == [("had_on", "missing")]
    assert "had_on" not in [line.field.name for _, lines in shown(FORM, answers) for line in lines]


def test_only_the_fields_that_may_change_are_read():
    reading = read(
        FORM, "contact", {"name": "甲", "mobile": "13900139000"}, answers=COMPLETE, only={"mobile"}
    )

    assert (reading.open, reading.sealed, reading.problems) == ({}, {"mobile": "13900139000"}, [])


def test_masked_number_that_is_left_alone_keeps_its_answer():
    posted = {"name": "甲", "mobile": "", "mobile.kept": "1", "id_number": "", "id_kind": "护照"}

    reading = read(FORM, "contact", posted, answers=COMPLETE)

    assert reading.sealed == {"id_number": ""}
    assert found(reading.problems) == [("id_number", "missing")]


def test_number_depends_on_the_kind_that_stands_beside_it():
    reading = read(
        FORM, "contact", {"id_kind": "台胞证", "id_number": "12345678", "name": "甲", "mobile": "13800138000"}
    )

    assert reading.problems == []


def test_what_postgresql_refuses_is_not_kept():
    reading = read(FORM, "contact", {"name": "a\x00b\ud800"})

    assert reading.open["name"] == "ab"


def test_problems_are_given_by_section():
    by_section = section_problems(FORM, {**COMPLETE, "asked_fen": "0"})

    assert {slug: found(inside) for slug, inside in by_section.items()} == {
        "contact": [],
        "money": [("asked_fen", "too_small")],
    }


def lines_of(answers, **options):
    return {
        line.field.name: (line.text, line.problem and line.problem.zh)
        for _, lines in shown(FORM, answers, **options)
        for line in lines
    }


def test_personal_numbers_are_masked_unless_revealed():
    lines = lines_of(COMPLETE, language="zh-hans")

    assert lines["id_number"] == ("350299＊＊＊＊0013", None)
    assert lines["mobile"] == ("138＊＊＊＊8000", None)
    assert lines_of(COMPLETE, reveal={"mobile"})["mobile"] == ("13800138000", None)
    assert lines["asked_fen"] == ("1,000.50 元", None)
    assert lines["why"] == ("", None)


def test_wrong_answers_are_shown_with_their_problem_and_still_masked():
    lines = lines_of({**COMPLETE, "id_number": "350299199001150014", "asked_fen": ""}, language="en")

    assert lines["id_number"] == ("350299＊＊＊＊0014", "校验位不符，请对照证件逐位核对")
    assert lines["asked_fen"] == ("", "还没有填写")
    assert lines["id_kind"] == ("Resident ID card", None)


@given(st.dictionaries(st.sampled_from([field.name for field in FORM.fields()]), st.text(max_size=30)))
def test_any_answers_are_judged_and_shown(answers):
    reading = read(FORM, "contact", answers)
    again = read(FORM, "contact", {**reading.open, **reading.sealed})

    assert again == reading
    json.dumps({**values(FORM, answers)})
    assert is_complete(FORM, answers) == (problems(FORM, answers) == [])
    assert len(shown(FORM, answers)) == 2
