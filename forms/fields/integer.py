"""A whole number."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from config.words import T
from forms.errors import Problem
from forms.fields.base import Kind, Value, squeeze

MOST_DIGITS = 15
WHOLE = re.compile(rf"[+-]?\d{{1,{MOST_DIGITS}}}", re.ASCII)
# A comma between thousands is how people and spreadsheets write large numbers.
THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", re.ASCII)


def without_thousands(text: str) -> str:
    """`text` without the commas between thousands; commas that stand elsewhere stay, to be refused."""
    return text.replace(",", "") if "," in text and THOUSANDS.fullmatch(text) else text


def check_range(number: int | Decimal, minimum: int | Decimal | None, maximum: int | Decimal | None) -> None:
    """Nothing, where `number` lies between the two (both included).

    Raises:
        Problem: it does not; the words name the limit.
    """
    if minimum is not None and number < minimum:
        raise Problem(
            "too_small", T(en="The least is {limit:,}", zh="最小为 {limit:,}").format(limit=minimum)
        )
    if maximum is not None and number > maximum:
        raise Problem("too_large", T(en="The most is {limit:,}", zh="最大为 {limit:,}").format(limit=maximum))


@dataclass(frozen=True)
class Integer(Kind):
    """A whole number between `minimum` and `maximum`, both included."""

    minimum: int | None = 0
    maximum: int | None = None

    slug: ClassVar[str] = "integer"
    inputmode: ClassVar[str] = "numeric"
    width: ClassVar[int] = 10

    def parse(self, raw: str) -> Value:
        text = without_thousands(squeeze(raw))
        if not WHOLE.fullmatch(text):
            raise Problem(
                "not_whole",
                T(en="This is not a whole number: write digits only", zh="这不是整数，请只填数字"),
            )
        number = int(text)
        check_range(number, self.minimum, self.maximum)
        return number

    def parse_all(self, texts: Sequence[str]) -> Sequence[Value] | None:
        digits = "".join(texts)
        plain = digits.isascii() and digits.isdigit() and max(map(len, texts)) <= MOST_DIGITS
        return self._within(list(map(int, texts))) if plain else None

    def parse_numbers(self, numbers: Sequence[float]) -> Sequence[Value] | None:
        if not all(map(float.is_integer, numbers)) or max(map(abs, numbers)) >= 10**MOST_DIGITS:
            return None
        return self._within(list(map(int, numbers)))

    def _within(self, found: list[int]) -> list[int] | None:
        try:
            check_range(min(found), self.minimum, self.maximum)
            check_range(max(found), self.minimum, self.maximum)
        except Problem:
            return None
        return found

    def show(self, value: Value, language: str) -> str:  # noqa: ARG002
        return f"{value:,}"

    def example(self, language: str) -> str:  # noqa: ARG002
        return str(self.minimum or 0)
