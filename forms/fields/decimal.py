"""Numbers with decimals, and percentages."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from config.words import T
from forms.errors import Problem
from forms.fields.base import Kind, Value, squeeze
from forms.fields.integer import check_range, without_thousands

NUMBER = re.compile(r"[+-]?(\d{1,15})(?:\.(\d*))?", re.ASCII)


def parse_decimal(text: str, places: int) -> Decimal:
    """The number in `text`, which may have up to `places` decimals; zeros beyond them are nothing.

    Raises:
        Problem: it is no number, or has more decimals.
    """
    found = NUMBER.fullmatch(without_thousands(text))
    if found is None:
        raise Problem(
            "not_a_number",
            T(en="This is not a number: write it as 1234.5", zh="这不是数字，请写成 1234.5 这样"),
        )
    if found[2] and len(found[2].rstrip("0")) > places:
        raise Problem(
            "too_precise",
            T(
                en="This has more than {places} decimals: round it first",
                zh="小数超过 {places} 位，请先四舍五入",
            ).format(places=places),
        )
    return Decimal(found[0])


def canonical(number: Decimal) -> str:
    """`number` without needless zeros: one text for one value.

    >>> canonical(Decimal("5.00"))
    '5'
    """
    if not number:
        return "0"
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@dataclass(frozen=True)
class DecimalNumber(Kind):
    """A number with up to `places` decimals, kept as canonical text; the limits are texts too."""

    places: int = 2
    minimum: str | None = "0"
    maximum: str | None = None

    slug: ClassVar[str] = "decimal"
    inputmode: ClassVar[str] = "decimal"
    width: ClassVar[int] = 10

    def parse(self, raw: str) -> Value:
        number = parse_decimal(squeeze(raw), self.places)
        limits = (Decimal(limit) if limit is not None else None for limit in (self.minimum, self.maximum))
        check_range(number, *limits)
        return canonical(number)

    def show(self, value: Value, language: str) -> str:  # noqa: ARG002
        return f"{Decimal(str(value)):,}"

    def example(self, language: str) -> str:  # noqa: ARG002
        return self.minimum or "0"


@dataclass(frozen=True)
class Percent(DecimalNumber):
    """A percentage, kept as the text of its figure: 5 % is "5", typed as 5 or 5%."""

    maximum: str | None = "100"

    slug: ClassVar[str] = "percent"
    repeats: ClassVar[bool] = True
    unit: ClassVar[T | None] = T(en="%", zh="%")

    def parse(self, raw: str) -> Value:
        return super().parse(squeeze(raw).removesuffix("%"))

    def show(self, value: Value, language: str) -> str:
        return f"{super().show(value, language)}%"

    def cell(self, cell: object, text: str) -> str:
        """Excel keeps 5 % as 0.05 and calls it a format: a number below 1 may mean either, so it is asked."""
        if isinstance(cell, float) and 0 < abs(cell) < 1:
            raise Problem(
                "percent_unclear",
                T(
                    en="Excel holds {text}: write 5 per cent as 5 in a column that is formatted as text",
                    zh="Excel 里存的是 {text}：请把这一列设为文本格式，5% 填 5",
                ).format(text=text),
            )
        return text
