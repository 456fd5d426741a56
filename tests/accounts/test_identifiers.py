import json
from pathlib import Path

import pytest

from accounts.identifiers import InvalidIdentifier, credit_code

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "identifiers.json").read_text())["uscc"]


@pytest.mark.parametrize("code", VECTORS["valid"])
def test_credit_code_that_is_one(code):
    assert credit_code(code) == code


@pytest.mark.parametrize("code", VECTORS["invalid"])
def test_credit_code_that_is_none(code):
    with pytest.raises(InvalidIdentifier):
        credit_code(code)


def test_credit_code_is_compacted():
    assert credit_code(" 91350299-ma0dem005c ") == "91350299MA0DEM005C"


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("9135029", "length"),
        ("Z1350299MA0DEM005C", "shape"),
        ("91350299MA0DEI005C", "shape"),
        ("91350299MA0DEM006C", "inner_check"),
        ("91350299MA0DEM005D", "check"),
        ("９１３５０２９９MA0DEM005C", "shape"),
    ],
)
def test_credit_code_says_what_is_wrong(code, why):
    with pytest.raises(InvalidIdentifier) as error:
        credit_code(code)

    assert error.value.code == why
