"""The first pass over a sheet: at once where every key is plain and stands once, else row by row; the same answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.words import T
from forms.fields import Text
from forms.roster import Column, Roster
from forms.roster.headers import Header
from forms.roster.survey import row_by_row, survey
from forms.roster.template import EXAMPLE_MARKS

EXAMPLE = "350299199001150013"
ROSTER = Roster(
    columns=(
        Column("name", T("Name", "姓名"), Text(), required=True),
        Column(
            "id_number",
            T("Number", "证件号码"),
            Text(),
            required=True,
            example=T("350299199001150013", "350299199001150013"),
        ),
    ),
    key=("id_number",),
)
HEADER = Header(0, {"name": 0, "id_number": 1}, ())
KEYS = st.one_of(
    st.text("0123456789xX", max_size=3),
    st.sampled_from(["", " 12", "１２", "12 ", 12.0, 1e16, None, True, EXAMPLE]),
)


@given(st.lists(st.tuples(st.sampled_from(["甲", "", *EXAMPLE_MARKS]), KEYS), max_size=6))
def test_both_ways_give_the_same(rows):
    sheet = [["姓名", "证件号码"], *map(list, rows)]
    assert survey(sheet, HEADER, ROSTER) == row_by_row(sheet, HEADER, ROSTER)


@pytest.mark.parametrize("keys", [["1", "2", "x"], ["1", "2", "1"], ["x", "X"], ["1", " 1"], ["1", ""]])
def test_rows_and_twins_are_found(keys):
    sheet = [["姓名", "证件号码"], *(["甲", key] for key in keys)]
    found = survey(sheet, HEADER, ROSTER)
    assert found.rows == list(range(1, len(keys) + 1))
    first, *others = (key.strip().upper() for key in keys)
    assert bool(found.twins) == (first in others)
