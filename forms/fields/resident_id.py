"""The resident identity number of GB 11643-1999.

Not `stdnum.cn.ric`: it refuses people who were born in a district before the district existed, and every
residence permit of Hong Kong, Macao and Taiwan residents (81, 82, 83).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from operator import mul
from typing import ClassVar

from config.words import T
from forms.errors import Problem
from forms.fields.at_once import every, lines_of, table_of, weighed
from forms.fields.base import Kind, Value, digits_kept, is_scientific, lost_digits, squeeze
from forms.fields.date import real_date, today

SHAPE = re.compile(r"\d{17}[\dX]", re.ASCII)
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK = "10X98765432"
# Provinces only: districts come and go, and a number keeps the code of its day.
PROVINCES = frozenset(
    str(code)
    for codes in (range(11, 16), range(21, 24), range(31, 38), range(41, 47), range(50, 55), range(61, 66))
    for code in codes
) | {"71", "81", "82", "83", "91"}
OLDEST_YEAR = 1900
WRITTEN_IN = 2025
FROM_ASCII = ord("0") * sum(WEIGHTS)
# For a whole column: what each character adds modulo 11, the last one too. Where it fits, they come to 1.
NUMBERS = lines_of(SHAPE.pattern)
IN_SUM = [
    table_of({character: weight * worth % 11 for worth, character in enumerate("0123456789X")})
    for weight in (*WEIGHTS, 1)
]
FITTING = bytes(range(1, 256, 11))


def check_character(first_17: str) -> str:
    """The 18th character, mod 11-2.

    >>> check_character("35029919900115001")
    '3'
    """
    return CHECK[(sum(map(mul, WEIGHTS, first_17.encode())) - FROM_ASCII) % 11]


@dataclass(frozen=True)
class ResidentId(Kind):
    """Eighteen characters: area, a real birth date that is not to come, sequence, mod 11-2."""

    slug: ClassVar[str] = "resident_id"
    sealed: ClassVar[bool] = True
    as_text: ClassVar[bool] = True
    mask_head: ClassVar[int] = 6

    def parse(self, raw: str) -> Value:
        number = squeeze(raw).upper()
        if not SHAPE.fullmatch(number):
            raise _misshapen(number)
        born = _birth_date(number[6:14])
        if born.year < OLDEST_YEAR:
            words = T(en="The birth year {year} is too early", zh="出生年份 {year} 过早")
            raise Problem("born_too_early", words.format(year=born.year))
        # Most were born long ago: the clock is asked for the others only.
        if born.year >= WRITTEN_IN and born > today():
            raise Problem(
                "born_in_future",
                T(en="The birth date {born} has not come yet", zh="出生日期 {born} 还没有到").format(
                    born=born
                ),
            )
        if number[17] != check_character(number[:17]):
            raise Problem(
                "wrong_check_digit",
                T(
                    en="The last character does not fit the rest: compare the number with the card",
                    zh="校验位不符，请对照证件逐位核对",
                ),
            )
        return number

    def parse_all(self, texts: Sequence[str]) -> Sequence[Value] | None:
        numbers = texts if "".join(texts).isdigit() else list(map(str.upper, texts))
        if not every(NUMBERS, numbers) or weighed(numbers, IN_SUM).translate(None, FITTING):
            return None
        plain = _born_long_ago({number[6:14] for number in numbers})
        return numbers if plain and {number[:2] for number in numbers} <= PROVINCES else None

    def doubt(self, value: Value) -> Problem | None:
        if str(value)[:2] in PROVINCES:
            return None
        return Problem(
            "unknown_area",
            T(
                en="No province has the area code {area}: compare it with the card",
                zh="没有以 {area} 开头的地区，请对照证件核对",
            ).format(area=str(value)[:2]),
        )

    def cell(self, cell: object, text: str) -> str:
        return digits_kept(cell, text)

    def example(self, language: str) -> str:  # noqa: ARG002
        return "350299199001150013"


@lru_cache(maxsize=50_000)
def _birth_date(digits: str) -> date:
    return real_date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))


def _born_long_ago(days: set[str]) -> bool:
    try:
        years = {_birth_date(digits).year for digits in days}
    except Problem:
        return False
    return min(years) >= OLDEST_YEAR and max(years) < WRITTEN_IN


def _misshapen(number: str) -> Problem:
    if is_scientific(number):
        return lost_digits()
    if len(number) == 15 and number.isdigit():
        words = T(
            en="Numbers of 15 digits are out of use: give the one of 18",
            zh="15 位旧号码已停用，请填 18 位号码",
        )
        return Problem("old_number", words)
    if len(number) != 18:
        words = T(en="An ID number has 18 characters, this has {n}", zh="身份证号应为 18 位，现为 {n} 位")
        return Problem("wrong_length", words.format(n=len(number)))
    words = T(
        en="An ID number has 17 digits and then a digit or X", zh="身份证号前 17 位是数字，最后一位是数字或 X"
    )
    return Problem("wrong_characters", words)
