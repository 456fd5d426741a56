"""Money: typed in yuan, kept in fen."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from config.words import T
from forms.errors import Problem
from forms.fields.at_once import every, lines_of
from forms.fields.base import Kind, Value, squeeze
from forms.fields.decimal import parse_decimal
from forms.fields.integer import without_thousands

YUAN = re.compile(r"(\d{1,13})(?:\.(\d{1,2})0*)?", re.ASCII)
YUAN_LINES = lines_of(YUAN.pattern)
# Thirteen digits of yuan and two of fen: as many as a number of Excel keeps.
FEN_LIMIT = 10**15
# Signs people put around an amount; 万 is not one: who means ten thousand writes the zeros.
SIGNS = str.maketrans("", "", "¥￥元")


def yuan(amount_fen: int) -> str:
    """`amount_fen` as yuan with two decimals and thousands.

    >>> yuan(28642000)
    '286,420.00'
    """
    sign, fen = ("-", -amount_fen) if amount_fen < 0 else ("", amount_fen)
    return f"{sign}{fen // 100:,}.{fen % 100:02d}"


@dataclass(frozen=True)
class Money(Kind):
    """An amount in fen, between the limits (in fen, both included). More than two decimals are refused:
    nobody but the payer may round."""

    minimum_fen: int = 0
    maximum_fen: int | None = None

    slug: ClassVar[str] = "money"
    inputmode: ClassVar[str] = "decimal"
    unit: ClassVar[T | None] = T(en="yuan", zh="元")

    def parse(self, raw: str) -> Value:
        found = YUAN.fullmatch(raw)
        fen = int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0")) if found else self._parse_slowly(raw)
        if fen < self.minimum_fen:
            limit = yuan(self.minimum_fen)
            raise Problem(
                "too_small", T(en="The least is {limit} yuan", zh="最少 {limit} 元").format(limit=limit)
            )
        if self.maximum_fen is not None and fen > self.maximum_fen:
            limit = yuan(self.maximum_fen)
            raise Problem(
                "too_large", T(en="The most is {limit} yuan", zh="最多 {limit} 元").format(limit=limit)
            )
        return fen

    def parse_all(self, texts: Sequence[str]) -> Sequence[Value] | None:
        return self.parse_numbers(list(map(float, texts))) if every(YUAN_LINES, texts) else None

    def parse_numbers(self, numbers: Sequence[float]) -> Sequence[Value] | None:
        """Up to 15 digits come back from a float as they went in: the nearest to so many fen means just these."""
        try:
            amounts = [round(number * 100) for number in numbers]
        except (ValueError, OverflowError):
            return None  # no number at all, or no end of it
        most = FEN_LIMIT - 1 if self.maximum_fen is None else min(self.maximum_fen, FEN_LIMIT - 1)
        if min(amounts) < max(self.minimum_fen, 0) or max(amounts) > most:
            return None
        return amounts if [fen / 100 for fen in amounts] == list(numbers) else None

    @staticmethod
    def _parse_slowly(raw: str) -> int:
        text = squeeze(raw).translate(SIGNS)
        if "万" in text or "亿" in text:
            raise Problem(
                "not_a_number",
                T(en="Write the amount in yuan, in digits", zh="请以元为单位填写数字，不用“万”"),
            )
        return int(parse_decimal(without_thousands(text), 2) * 100)

    def show(self, value: Value, language: str) -> str:
        amount = yuan(int(value))
        return f"CNY {amount}" if language.startswith("en") else f"{amount} 元"

    def raw(self, value: Value) -> str:
        return yuan(int(value)).replace(",", "")

    def example(self, language: str) -> str:  # noqa: ARG002
        return "360000.00"
