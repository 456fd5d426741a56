"""What is written by column arrives in the database as it was."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.roster_copying import copied

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
ODD = st.sampled_from(["", "\\", "\\N", "\\.", "a\tb", "a\nb", "a\r\nb", '{"a": "\\n"}', "\\\\x41", "甲"])
COLUMNS: dict[str, st.SearchStrategy[Any]] = {
    "text": st.one_of(TEXT, ODD),
    "bytea": st.binary(max_size=6),
    "bigint": st.integers(-(2**63), 2**63 - 1),
    "boolean": st.booleans(),
    "date": st.dates(),
    "numeric": st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-99, max_value=99),
}
ROW = st.tuples(*(st.one_of(st.none(), values) for values in COLUMNS.values()))


@pytest.mark.django_db
@settings(max_examples=30, deadline=None)
@given(rows=st.lists(ROW, min_size=1, max_size=6))
def test_every_value_arrives_as_it_was(rows: list[tuple[Any, ...]]) -> None:
    columns = ", ".join(f"c{n} {kind}" for n, kind in enumerate(COLUMNS))
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE arrived (place integer, {columns})")
        try:
            with cursor.copy("COPY arrived FROM STDIN") as copy:
                copy.write(copied([range(len(rows)), *zip(*rows, strict=True)]))
            cursor.execute("SELECT * FROM arrived ORDER BY place")
            found = [row[1:] for row in cursor.fetchall()]
        finally:
            cursor.execute("DROP TABLE arrived")

    assert found == rows


def test_nothing_is_written_for_no_rows() -> None:
    assert copied([[], []]) == ""


def test_column_says_each_value_in_the_words_of_copy() -> None:
    columns: list[list[Any]] = [
        ["a\tb", None],
        [b"\x01", b""],
        [date(2019, 3, 1), None],
        [Decimal("0.0550"), None],
        [True, False],
    ]

    assert copied(columns) == "a\\tb\t\\\\x01\t2019-03-01\t0.0550\tTrue\n\\N\t\\\\x\t\\N\t\\N\tFalse\n"
