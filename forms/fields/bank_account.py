"""A bank account: a person's card, or the account of an organisation."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from config.words import T
from forms.errors import Problem
from forms.fields.at_once import every, lines_of, table_of, weighed
from forms.fields.base import Kind, Value, digits_kept, is_scientific, lost_digits, squeeze

# Every second digit doubled, its digits added up: still as a digit's character.
DOUBLED = bytes.maketrans(b"0123456789", b"0246813579")
# The same for a whole column, of numbers of the longest length: the last digit stands alone, the one before is doubled.
LONGEST_CARD = 19
ALONE = table_of({str(digit): digit for digit in range(10)})
IN_LUHN = [ALONE if place % 2 else DOUBLED.translate(ALONE) for place in range(LONGEST_CARD, 0, -1)]
TENS = bytes(range(0, 256, 10))
CARDS = lines_of(rf"\d{{13,{LONGEST_CARD}}}")
ACCOUNTS = lines_of(r"\d{6,32}")


def luhn_holds(number: str) -> bool:
    """Whether the last digit of `number` is its Luhn check digit (ISO/IEC 7812-1).

    >>> luhn_holds("6222021234567890128")
    True
    """
    backwards = number.encode()[::-1]
    total = sum(backwards[::2]) + sum(backwards[1::2].translate(DOUBLED)) - ord("0") * len(number)
    return total % 10 == 0


def _digits(raw: str) -> str:
    """The digits of `raw`.

    Raises:
        Problem: something else stands between them.
    """
    number = squeeze(raw).replace("-", "")
    if is_scientific(number):
        raise lost_digits()
    if not (number.isascii() and number.isdigit()):
        raise Problem(
            "wrong_characters", T(en="An account number has digits only", zh="账号只含数字，请核对")
        )
    return number


@dataclass(frozen=True)
class BankCard(Kind):
    """A person's bank card: 13 to 19 digits of which the last is a Luhn check digit."""

    slug: ClassVar[str] = "bank_card"
    sealed: ClassVar[bool] = True
    as_text: ClassVar[bool] = True
    inputmode: ClassVar[str] = "numeric"

    def parse(self, raw: str) -> Value:
        number = _digits(raw)
        if not 13 <= len(number) <= 19:
            words = T(
                en="A bank card has 13 to 19 digits, this has {n}", zh="银行卡号为 13 至 19 位，现为 {n} 位"
            )
            raise Problem("wrong_length", words.format(n=len(number)))
        if not luhn_holds(number):
            words = T(
                en="The last digit does not fit the rest: compare the number with the card",
                zh="卡号校验位不符，请对照银行卡逐位核对",
            )
            raise Problem("wrong_check_digit", words)
        return number

    def parse_all(self, texts: Sequence[str]) -> Sequence[Value] | None:
        if not every(CARDS, texts):
            return None
        # Zeros in front change no check digit.
        sums = weighed([text.zfill(LONGEST_CARD) for text in texts], IN_LUHN)
        return None if sums.translate(None, TENS) else texts

    def cell(self, cell: object, text: str) -> str:
        return digits_kept(cell, text)

    def example(self, language: str) -> str:  # noqa: ARG002
        return "6222021234567890128"


@dataclass(frozen=True)
class BankAccount(Kind):
    """The account of an organisation: 6 to 32 digits, without a check digit that all banks would share."""

    slug: ClassVar[str] = "bank_account"
    sealed: ClassVar[bool] = True
    as_text: ClassVar[bool] = True
    inputmode: ClassVar[str] = "numeric"

    def parse(self, raw: str) -> Value:
        number = _digits(raw)
        if not 6 <= len(number) <= 32:
            words = T(
                en="An account number has 6 to 32 digits, this has {n}",
                zh="账号为 6 至 32 位数字，现为 {n} 位",
            )
            raise Problem("wrong_length", words.format(n=len(number)))
        return number

    def parse_all(self, texts: Sequence[str]) -> Sequence[Value] | None:
        return texts if every(ACCOUNTS, texts) else None

    def cell(self, cell: object, text: str) -> str:
        return digits_kept(cell, text)

    def example(self, language: str) -> str:  # noqa: ARG002
        return "35101234567890"
