"""Check codes: whoever mistypes one is told so, and nobody finds one by trying."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.certificates.codes import (
    ALPHABET,
    CodeMistyped,
    check_sign,
    new_code,
    read_code,
    shown_code,
)

CODES = st.text(ALPHABET, min_size=15, max_size=15).map(lambda signs: signs + check_sign(signs))


def test_code_has_74_random_bits_and_no_sign_that_looks_like_another():
    assert len(ALPHABET) ** 15 > 2**74
    assert not set("0OILU") & set(ALPHABET)
    assert len({new_code() for _ in range(1000)}) == 1000


@given(CODES)
def test_code_is_read_as_it_is_shown(code):
    assert read_code(shown_code(code)) == code
    assert read_code(f" {shown_code(code).lower().replace('-', ' ')}　") == code
    assert read_code(code.replace("1", "l")) == code


@given(CODES, st.integers(0, 15), st.sampled_from(ALPHABET))
def test_one_wrong_sign_is_found(code, place, sign):
    if sign != code[place]:
        with pytest.raises(CodeMistyped):
            read_code(code[:place] + sign + code[place + 1 :])


@given(CODES)
def test_two_signs_swapped_are_found(code):
    for place, (one, other) in enumerate(pairwise(code)):
        if one != other:
            with pytest.raises(CodeMistyped):
                read_code(code[:place] + other + one + code[place + 2 :])


@pytest.mark.parametrize(
    "typed", ["", "7K3M", "7K3M-9QXD-2FHT-VW50", "1" * 17, "校验码校验码校验码校验码", "\x00" * 16]
)
def test_what_is_no_code_is_refused(typed):
    with pytest.raises(CodeMistyped):
        read_code(typed)
