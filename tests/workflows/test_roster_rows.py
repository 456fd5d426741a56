"""Rows that are made by column are the rows that are made one by one."""

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from config.words import T
from forms.errors import CellProblem
from workflows.roster_rows import DUPLICATE, row_of, rows_of

UNTIL = date(2019, 12, 31)
COLUMNS = {
    "name": st.sampled_from(["甲", "乙", None]),
    "id_kind": st.sampled_from(["passport", None]),
    "id_number": st.sampled_from(["E0000001", "E0000002", None]),
    "hired_on": st.sampled_from(["2015-01-31", "2019-12-31", "2020-01-01", None]),
    "still_employed": st.sampled_from([True, False, None]),
    "pay_fen": st.sampled_from([0, 40_000_000, None]),
    "shares": st.sampled_from(["0", "5.5", "100", None]),
}
PROBLEMS = st.builds(
    CellProblem,
    row=st.just(2),
    column=st.sampled_from([*COLUMNS, "other"]),
    label=st.just(T(en="", zh="")),
    value=st.sampled_from(["", "很多"]),
    code=st.sampled_from([DUPLICATE, "missing", "not_a_number"]),
    words=st.just(T(en="Wrong", zh="不对")),
    warning=st.booleans(),
)
ROWS = st.lists(
    st.tuples(st.fixed_dictionaries(COLUMNS), st.lists(PROBLEMS, max_size=3)), min_size=1, max_size=5
)


@given(ROWS)
@settings(deadline=None)
def test_each_row_of_many_is_what_it_is_alone(
    given_rows: list[tuple[dict[str, Any], list[CellProblem]]],
) -> None:
    typed = [{name: f"{name}{place}" for name in COLUMNS} for place in range(len(given_rows))]
    values = {name: [row[name] for row, _ in given_rows] for name in COLUMNS}
    problems = {place: found for place, (_, found) in enumerate(given_rows) if found}

    rows = rows_of(values, len(given_rows), typed.__getitem__, problems, UNTIL)

    for place, (row, found) in enumerate(given_rows):
        alone = row_of(row, typed[place], found, UNTIL)
        assert {name: column[place] for name, column in rows.facts.items()} == alone.facts
        assert (rows.id_number[place], rows.id_index[place]) == (alone.id_number, alone.id_index)
        assert (rows.raw[place], rows.problems[place]) == (alone.raw, alone.problems)


def test_row_keeps_what_is_right_and_what_was_typed_of_the_rest() -> None:
    wrong = CellProblem(
        2, "pay_fen", T(en="", zh=""), "很多", "not_a_number", T(en="No number", zh="不是数字")
    )
    values = {"name": "甲", "id_number": "E0000001", "hired_on": "2015-01-31", "pay_fen": 5, "shares": "5.5"}

    row = row_of(values, {"pay_fen": "很多"}, [wrong], UNTIL)

    assert (row.facts["name"], row.facts["pay_fen"], row.raw) == ("甲", None, '{"pay_fen": "很多"}')
    assert (row.facts["hired_on"], row.facts["tenure_months"]) == (date(2015, 1, 31), 59)
    assert (row.facts["shares"], row.facts["tax_fen"], row.facts["post_kind"]) == (Decimal("0.055"), None, "")
