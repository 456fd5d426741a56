"""The unified social credit code of GB 32100-2015.

`stdnum.cn.uscc` refuses the registration authorities A, N and Y that the standard allows, and does not
look at the check character of the organisation code inside (GB 11714, positions 9 to 17); both are done here.
"""

import re
from dataclasses import dataclass
from operator import mul
from typing import ClassVar

from stdnum.cn import uscc

from config.words import T
from forms.errors import Problem
from forms.fields.base import Kind, Value, digits_kept, is_scientific, lost_digits, squeeze

SHAPE = re.compile(r"[0-9ANY]\d{7}[0-9A-HJ-NP-RTUW-Y]{10}", re.ASCII)
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
ORGANISATION_CHECK = "0X987654321"


def organisation_check(first_8: str) -> str:
    """The ninth character of an organisation code, mod 11.

    >>> organisation_check("60003734")
    '1'
    """
    return ORGANISATION_CHECK[sum(map(mul, ORGANISATION_WEIGHTS, (int(c, 36) for c in first_8))) % 11]


@dataclass(frozen=True)
class CreditCode(Kind):
    """Eighteen characters, kept without separators and in capitals."""

    slug: ClassVar[str] = "credit_code"
    repeats: ClassVar[bool] = True
    as_text: ClassVar[bool] = True

    def parse(self, raw: str) -> Value:
        code = squeeze(raw).replace("-", "").upper()
        if is_scientific(code):
            raise lost_digits()
        if len(code) != 18:
            words = T(
                en="A credit code has 18 characters, this has {n}",
                zh="统一社会信用代码应为 18 位，现为 {n} 位",
            )
            raise Problem("wrong_length", words.format(n=len(code)))
        if not SHAPE.fullmatch(code):
            raise Problem("wrong_characters", _wrong_characters(code))
        if code[16] != organisation_check(code[8:16]):
            words = T(
                en="Characters 9 to 17, the organisation code, do not agree: compare with the licence",
                zh="第 9 至 17 位（组织机构代码）校验不符，请对照营业执照核对",
            )
            raise Problem("wrong_organisation_code", words)
        if code[17] != uscc.calc_check_digit(code[:17]):
            words = T(
                en="The last character does not fit the rest: compare the code with the licence",
                zh="末位校验码不符，请对照营业执照逐位核对",
            )
            raise Problem("wrong_check_digit", words)
        return code

    def cell(self, cell: object, text: str) -> str:
        return digits_kept(cell, text)

    def example(self, language: str) -> str:  # noqa: ARG002
        return "91350299MA0DEM005C"


def _wrong_characters(code: str) -> T:
    strange = sorted(set(code) & set("IOSVZ"))
    if strange:
        return T(
            en="{letters} never occur in a credit code: look for 1, 0, 5, U or 2",
            zh="信用代码里没有字母 {letters}，请核对是否为 1、0、5、U、2",
        ).format(letters=" ".join(strange))
    return T(
        en="A credit code begins with a digit or A, N, Y, then seven digits; compare it with the licence",
        zh="信用代码第一位是数字或 A、N、Y，第 2 至 8 位是数字，请对照营业执照核对",
    )
