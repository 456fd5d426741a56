"""The identifiers of domain.md section 4: every vector, and what holds for all numbers."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from forms.errors import Problem
from forms.fields import (
    BankAccount,
    BankCard,
    BankCode,
    CreditCode,
    IdentityNumber,
    Mobile,
    ResidentId,
    TravelDocument,
)
from forms.fields.credit_code import organisation_check
from forms.fields.date import today
from forms.fields.identity import HONGKONG_MACAO_PERMIT, PASSPORT, TAIWAN_PERMIT
from forms.fields.resident_id import check_character

VECTORS = json.loads((Path(__file__).parent.parent / "vectors" / "identifiers.json").read_text())
KINDS = {"uscc": CreditCode(), "resident_id": ResidentId(), "bank_card": BankCard(), "mobile": Mobile()}
VALID = [(kind, number) for kind in KINDS for number in VECTORS[kind]["valid"]]
INVALID = [(kind, number) for kind in KINDS for number in VECTORS[kind]["invalid"]]
CODE_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def problem_of(kind, raw):
    with pytest.raises(Problem) as caught:
        kind.parse(raw)
    return caught.value


@pytest.mark.parametrize(("kind", "number"), VALID)
def test_valid_vector_is_taken(kind, number):
    assert KINDS[kind].parse(number) == number


@pytest.mark.parametrize(("kind", "number"), INVALID)
def test_invalid_vector_is_refused(kind, number):
    problem_of(KINDS[kind], number)


def test_every_vector_has_a_kind():
    assert set(VECTORS) == set(KINDS)


@pytest.mark.parametrize(
    ("number", "code", "zh", "en"),
    [
        ("350203199002300017", "no_such_day", "2 月没有 30 日", "February has no 30th"),
        ("350203199102290017", "no_such_day", "1991 年 2 月没有 29 日", "February 1991 has no 29th"),
        ("350203199013010017", "no_such_day", "没有 13 月", "There is no month 13"),
        ("350203199004310017", "no_such_day", "4 月没有 31 日", "April has no 31st"),
        (
            "35029919900115001",
            "wrong_length",
            "身份证号应为 18 位，现为 17 位",
            "An ID number has 18 characters, this has 17",
        ),
        ("350299180001150013", "born_too_early", "出生年份 1800 过早", "The birth year 1800 is too early"),
        (
            "350299209901150011",
            "born_in_future",
            "出生日期 2099-01-15 还没有到",
            "The birth date 2099-01-15 has not come yet",
        ),
        (
            "350299900115001",
            "old_number",
            "15 位旧号码已停用，请填 18 位号码",
            "Numbers of 15 digits are out of use: give the one of 18",
        ),
    ],
)
def test_resident_id_problem_names_what_is_wrong(number, code, zh, en):
    problem = problem_of(ResidentId(), number)

    assert (problem.code, problem.words.zh, problem.words.en) == (code, zh, en)


def test_resident_id_is_folded():
    assert ResidentId().parse(" １１０１０５ 19491231 002ｘ ") == "11010519491231002X"


def test_resident_id_of_an_unknown_area_is_a_warning():
    number = "990299" + "19900115001"
    number += check_character(number)

    assert ResidentId().parse(number) == number
    assert ResidentId().doubt(number).code == "unknown_area"
    assert ResidentId().doubt("810000199408230021") is None


@given(
    born=st.dates(date(1900, 1, 1), today() - timedelta(days=1)),
    area=st.integers(110000, 659999),
    n=st.integers(0, 999),
)
def test_generated_resident_id_is_taken(born, area, n):
    first_17 = f"{area}{born:%Y%m%d}{n:03d}"
    number = first_17 + check_character(first_17)

    assert ResidentId().parse(number) == number


@given(
    born=st.dates(date(1900, 1, 1), date(2020, 1, 1)),
    n=st.integers(0, 999),
    at=st.integers(0, 16),
    by=st.integers(1, 9),
)
def test_resident_id_with_one_digit_changed_is_refused(born, n, at, by):
    first_17 = f"350299{born:%Y%m%d}{n:03d}"
    number = first_17 + check_character(first_17)
    changed = f"{number[:at]}{(int(number[at]) + by) % 10}{number[at + 1 :]}"

    problem_of(ResidentId(), changed)


def credit_code(first, organisation):
    inner = organisation + organisation_check(organisation)
    return f"{first}350299{inner}" + uscc.calc_check_digit(f"{first}350299{inner}")


@given(
    authority=st.sampled_from("159YAN"),
    category=st.sampled_from("1239"),
    organisation=st.text(CODE_LETTERS, min_size=8, max_size=8),
)
def test_generated_credit_code_is_taken(authority, category, organisation):
    code = credit_code(authority + category, organisation)

    assert CreditCode().parse(code) == code
    assert CreditCode().parse(f" {code[:4]} {code[4:9]}-{code[9:].lower()}") == code


@given(
    organisation=st.text(CODE_LETTERS, min_size=8, max_size=8), at=st.integers(2, 17), by=st.integers(1, 9)
)
def test_credit_code_with_one_character_changed_is_refused(organisation, at, by):
    code = credit_code("91", organisation)
    letters = "0123456789" if at < 8 else CODE_LETTERS
    changed = letters[(letters.index(code[at]) + by) % len(letters)]

    problem_of(CreditCode(), code[:at] + changed + code[at + 1 :])


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("91350299MA0DEM0O5C", "wrong_characters"),
        ("B1350299MA0DEM005C", "wrong_characters"),
        ("91350299MA0DEM015C", "wrong_organisation_code"),
        ("9.1350299E+17", "id_lost_digits"),
    ],
)
def test_credit_code_problem_names_the_part(code, problem):
    assert problem_of(CreditCode(), code).code == problem


@pytest.mark.parametrize(
    ("document", "number", "taken"),
    [
        (PASSPORT, "e12345678", "E12345678"),
        (PASSPORT, "AB12", None),
        (PASSPORT, "E1234-5678", None),
        (TAIWAN_PERMIT, "12345678", "12345678"),
        (TAIWAN_PERMIT, "1234567801", "1234567801"),
        (TAIWAN_PERMIT, "123456789", None),
        (HONGKONG_MACAO_PERMIT, "h12345678", "H12345678"),
        (HONGKONG_MACAO_PERMIT, "M1234567801", "M1234567801"),
        (HONGKONG_MACAO_PERMIT, "K12345678", None),
    ],
)
def test_travel_document_has_the_shape_of_its_kind(document, number, taken):
    if taken is None:
        assert problem_of(TravelDocument(document), number).code == "wrong_document_number"
    else:
        assert TravelDocument(document).parse(number) == taken


def test_identity_number_is_read_by_the_kind_of_document():
    number = IdentityNumber()

    assert number.given("resident_id") == ResidentId()
    assert number.given("passport").parse("E12345678") == "E12345678"
    assert number.given(None).parse("350299199001150013") == "350299199001150013"
    assert problem_of(number.given("taiwan"), "E12345678").code == "wrong_document_number"
    assert problem_of(number.given(None), "350299199001150014").code == "wrong_check_digit"


@pytest.mark.parametrize(
    "raw", ["+86 138 0013 8000", "0086-138-0013-8000", "86 13800138000", "１３８００１３８０００"]
)
def test_mobile_is_kept_without_country_code(raw):
    assert Mobile().parse(raw) == "13800138000"


def test_corporate_account_needs_no_luhn():
    assert BankAccount().parse("6217 0000 0000 0000 001") == "6217000000000000001"
    assert problem_of(BankAccount(), "12345").code == "wrong_length"
    assert problem_of(BankAccount(), "6217000O00").code == "wrong_characters"
    assert problem_of(BankAccount(), "1" * 33).code == "wrong_length"


def test_bank_code_has_twelve_digits():
    assert BankCode().parse("１０２３ 9300 0012") == "102393000012"
    assert problem_of(BankCode(), "10239300001").code == "not_a_bank_code"


@given(st.text("0123456789", min_size=12, max_size=18))
def test_bank_card_with_one_digit_changed_is_refused(first):
    from stdnum import luhn

    card = first + luhn.calc_check_digit(first)
    changed = str((int(card[0]) + 1) % 10) + card[1:]

    assert BankCard().parse(card) == card
    assert problem_of(BankCard(), changed).code == "wrong_check_digit"
