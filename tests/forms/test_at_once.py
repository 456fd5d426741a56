"""A column that is read at once says what its cells say one by one."""

import json
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.words import T
from forms.errors import Problem
from forms.fields import (
    IDENTITY_KINDS,
    KINDS,
    BankAccount,
    BankCard,
    Email,
    IdentityNumber,
    Integer,
    Kind,
    Mobile,
    Money,
    ResidentId,
    Text,
    TravelDocument,
    YesNo,
)
from forms.fields.bank_account import luhn_holds
from forms.fields.resident_id import check_character
from forms.roster import Column
from forms.roster.cells import ColumnReader
from forms.roster.texts import text_of
from tests.forms.people import resident_id

RIGHT: list[tuple[Kind, list[str]]] = [
    (Text(), ["厦门（示例）软件有限公司", "Chen Xiaolu", "=cmd|'/c calc'!A0", "a"]),
    (Email(), ["lu@example.com", "Lu.Chen+1@Mail.Example.COM"]),
    (Integer(), ["0", "007", "123456789012345"]),
    (Integer(minimum=3, maximum=9), ["3", "9"]),
    (Money(), ["0", "0.1", "360000.50", "92345.670", "9999999999999.99"]),
    (Money(minimum_fen=5, maximum_fen=10), ["0.05", "0.1"]),
    (Mobile(), ["13800138000", "19912345678"]),
    (BankCard(), ["6222021234567890128", "4111111111111111", "0000000000000"]),
    (BankAccount(), ["351012", "35101234567890"]),
    (ResidentId(), [*map(resident_id, range(1, 40)), "350299199001150013"]),
    (TravelDocument("passport"), ["e12345678", "E1234567X"]),
    (TravelDocument("taiwan"), ["12345678", "1234567890"]),
    (TravelDocument("hongkong_macao"), ["h12345678", "M1234567890"]),
]
# What comes near to something right, or is wrong in some way of its own.
ODD = [
    *(
        "",
        " ",
        "\x00",
        "a\nb",
        "a\tb",
        "a  b",
        " a",
        "a ",
        "\u3000a",
        "a\u200b",
        "\ufeff",
        "x" * 201,
        "-0",
        "+5",
        "-1",
    ),
    *(
        "1,234",
        "１２３",
        "1.5",
        "1.005",
        "¥5",
        "五",
        "1e5",
        "3.50299E+17",
        "²",
        "٣",
        "99999999999999999999",
        "0.005",
    ),
    *(
        "lu@",
        "a@b.c\nd@e.fg",
        "ß@example.com",
        "+8613800138000",
        "138 0013 8000",
        "12345678901",
        "4111111111111112",
    ),
    *(
        "350299199002300013",
        "35029919900115001x",
        "350299209901150013",
        "350299189901150013",
        "990299199001150013",
    ),
    *(
        "11010119900230001X",
        "ſ1234567",
        "ß1234567",
        "E1234567ı",
        "2019-03-01",
        "是",
        "2019",
        "5%",
        "yes",
        "技术岗",
    ),
]
TEXTS = st.one_of(
    st.sampled_from(ODD), st.sampled_from([t for _, texts in RIGHT for t in texts]), st.text(max_size=12)
)
NUMBERS = st.one_of(
    st.integers(-100, 10**15).map(float),
    st.integers(0, 10**15).map(lambda fen: fen / 100),
    st.floats(),
    st.sampled_from([0.0, -0.0, 0.1 + 0.2, 1e15, 1e16, 9999999999999.99, 10000000000000.0, 1.005, 43000.0]),
)
EVERY_KIND = [
    *(kind for kind, _ in RIGHT),
    IDENTITY_KINDS,
    *(KINDS[slug]() for slug in sorted(KINDS) if slug not in ("choice", "budget_lines")),
]


def one_by_one(kind: Kind, texts: list[str]) -> list[Any]:
    """What `parse` says of each text, or a problem where it leaves any doubt."""
    values = [kind.parse(text) for text in texts]
    doubts = [doubt for value in values if (doubt := kind.doubt(value)) is not None]
    if doubts:
        raise doubts[0]
    return values


def agrees(kind: Kind, texts: list[str], found: Any) -> None:
    try:
        wanted = one_by_one(kind, texts)
    except Problem:
        assert found is None
    else:
        assert found is None or json.dumps(list(found)) == json.dumps(wanted)


@pytest.mark.parametrize(("kind", "texts"), RIGHT)
def test_column_that_is_right_is_read_at_once(kind: Kind, texts: list[str]) -> None:
    found = kind.parse_all(texts)

    assert found is not None
    assert list(found) == one_by_one(kind, texts)


@pytest.mark.parametrize(("kind", "texts"), RIGHT)
def test_odd_text_in_a_right_column_says_what_it_says_alone(kind: Kind, texts: list[str]) -> None:
    others = [text for _, right in RIGHT for text in right]
    for odd in {text.strip() for text in (*ODD, *others)} - {""}:
        for column in ([odd], [odd, *texts], [*texts, odd]):
            agrees(kind, column, kind.parse_all(column))


@pytest.mark.parametrize(("kind", "texts"), RIGHT)
@given(odd=st.text(min_size=1, max_size=12).map(str.strip).filter(bool))
@settings(max_examples=10, deadline=None)
def test_any_text_in_a_right_column_says_what_it_says_alone(kind: Kind, texts: list[str], odd: str) -> None:
    agrees(kind, [*texts, odd], kind.parse_all([*texts, odd]))


@pytest.mark.parametrize(("kind", "texts"), RIGHT)
def test_two_right_texts_in_one_cell_are_not_two_cells(kind: Kind, texts: list[str]) -> None:
    assert kind.parse_all([*texts, f"{texts[0]}\n{texts[-1]}"]) is None


@given(numbers=st.lists(NUMBERS, min_size=1, max_size=4))
@settings(max_examples=15, deadline=None)
def test_numbers_are_read_as_their_texts(numbers: list[float]) -> None:
    for kind in (
        Money(),
        Money(minimum_fen=-500, maximum_fen=10**17),
        Integer(),
        Integer(minimum=None, maximum=99),
    ):
        agrees(kind, [text_of(number) for number in numbers], kind.parse_numbers(numbers))


@given(st.integers(0, 10**15 - 1))
@settings(deadline=None)
def test_every_amount_that_a_cell_can_hold_is_read_at_once(fen: int) -> None:
    assert Money().parse_numbers([fen / 100]) == [fen]


@given(st.lists(st.text("0123456789", min_size=13, max_size=19), min_size=1, max_size=6))
@settings(deadline=None)
def test_cards_are_added_up_as_one_by_one(numbers: list[str]) -> None:
    assert (BankCard().parse_all(numbers) is not None) == all(map(luhn_holds, numbers))


@given(
    st.lists(
        st.tuples(st.dates(date(1880, 1, 1), date(2060, 1, 1)), st.integers(0, 999)), min_size=1, max_size=3
    )
)
@settings(deadline=None)
def test_identities_are_born_on_real_days_in_the_past(people: list[tuple[date, int]]) -> None:
    firsts = [f"350299{born:%Y%m%d}{number:03d}" for born, number in people]
    numbers = [first + check_character(first) for first in firsts]

    agrees(ResidentId(), numbers, ResidentId().parse_all(numbers))


CELLS = st.one_of(
    TEXTS, NUMBERS, st.booleans(), st.dates(), st.datetimes(), st.sampled_from(["", date(2019, 3, 1)]),
    st.sampled_from([datetime(2019, 3, 1), datetime(2019, 3, 1, 8, 30)]),  # noqa: DTZ001 - as Excel's cells are
)  # fmt: skip


@pytest.mark.parametrize("kind", EVERY_KIND, ids=lambda kind: kind.slug)
@given(data=st.data(), required=st.booleans())
@settings(max_examples=15, deadline=None)
def test_column_reader_tells_the_same_both_ways(kind: Kind, data: st.DataObject, required: bool) -> None:
    column = Column("it", T("It", "它"), kind, required=required)
    alike = data.draw(st.sampled_from([CELLS, TEXTS, NUMBERS]))
    reader = ColumnReader(column)
    for _ in range(2):
        cells = data.draw(st.lists(alike, min_size=1, max_size=5))
        same_column(column, reader, cells, None)


@given(data=st.data(), required=st.booleans())
@settings(deadline=None)
def test_numbers_of_documents_are_told_the_same_both_ways(data: st.DataObject, required: bool) -> None:
    column = Column("id_number", T("Number", "号码"), IdentityNumber(), required=required)
    kinds = [None, "resident_id", "passport", "taiwan", "hongkong_macao"]
    rows = data.draw(
        st.lists(st.tuples(st.one_of(TEXTS, CELLS), st.sampled_from(kinds)), min_size=1, max_size=5)
    )

    same_column(column, ColumnReader(column), [cell for cell, _ in rows], [kind for _, kind in rows])


def test_zero_below_zero_is_not_the_zero_that_was_seen() -> None:
    column = Column("it", T("It", "它"), YesNo())
    reader = ColumnReader(column)

    same_column(column, reader, [0.0, 1.0], None)
    same_column(column, reader, [-0.0, 1.0], None)


def test_number_of_no_province_is_left_to_be_doubted() -> None:
    first_17 = "99029919900115001"

    assert ResidentId().parse_all([resident_id(1), first_17 + check_character(first_17)]) is None


def test_numbers_of_several_documents_are_read_at_once_in_their_places() -> None:
    column = Column("id_number", T("Number", "号码"), IdentityNumber())
    cells = ["E12345678", resident_id(1), "12345678", resident_id(2)]
    others = ["passport", "resident_id", "taiwan", "resident_id"]

    found = ColumnReader(column)._right.values(cells, others)

    assert found == cells


def same_column(column: Column, reader: ColumnReader, cells: list[object], others: list[Any] | None) -> None:
    found, wanted = reader.check(cells, others), ColumnReader(column).in_turn(cells, others)

    assert list(found.texts) == list(wanted.texts)
    assert [(type(v), v) for v in found.values] == [(type(v), v) for v in wanted.values]
    for mine, theirs in ((found.problems, wanted.problems), (found.doubts, wanted.doubts)):
        assert [(place, p.code, p.words) for place, p in mine] == [
            (place, p.code, p.words) for place, p in theirs
        ]
