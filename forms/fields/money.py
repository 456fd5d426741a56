"""Money: typed in yuan, kept in fen."""

import re
from dataclasses import dataclass
from typing import ClassVar

from config.words import T
from forms.errors import Problem
from forms.fields.base import Kind, Value, squeeze
from forms.fields.decimal import parse_decimal
from forms.fields.integer import without_thousands

YUAN = re.compile(r"(\d{1,13})(?:\.(\d{1,2})0*)?", re.ASCII)
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
