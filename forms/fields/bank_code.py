"""The number of a bank's branch in the payment system (联行号)."""

from dataclasses import dataclass
from typing import ClassVar

from config.words import T
from forms.errors import Problem
from forms.fields.base import Kind, Value, digits_kept, squeeze


@dataclass(frozen=True)
class BankCode(Kind):
    """Twelve digits."""

    slug: ClassVar[str] = "bank_code"
    repeats: ClassVar[bool] = True
    as_text: ClassVar[bool] = True
    inputmode: ClassVar[str] = "numeric"

    def parse(self, raw: str) -> Value:
        number = squeeze(raw)
        if not (len(number) == 12 and number.isascii() and number.isdigit()):
            words = T(
                en="A bank code has 12 digits: ask the bank for it", zh="联行号为 12 位数字，可向开户行查询"
            )
            raise Problem("not_a_bank_code", words)
        return number

    def cell(self, cell: object, text: str) -> str:
        return digits_kept(cell, text)

    def example(self, language: str) -> str:  # noqa: ARG002
        return "102393000012"
