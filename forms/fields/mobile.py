"""A mobile number of the mainland."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import ClassVar

from phonenumbers import PhoneMetadata

from config.words import T
from forms.errors import Problem
from forms.fields.at_once import every, lines_of
from forms.fields.base import Kind, Value, digits_kept, squeeze

PREFIX = re.compile(r"(\+|00)?86(?=1\d{10}$)", re.ASCII)


@cache
def _mobile() -> re.Pattern[str]:
    """The pattern of phonenumbers' own data, compiled once: its parser takes 30 times as long."""
    metadata = PhoneMetadata.metadata_for_region("CN")
    if metadata is None or metadata.mobile is None or metadata.mobile.national_number_pattern is None:
        raise LookupError("phonenumbers has no pattern for mobiles of the mainland")
    return re.compile(metadata.mobile.national_number_pattern, re.ASCII)


@cache
def _mobiles() -> re.Pattern[str]:
    return lines_of(_mobile().pattern)


@dataclass(frozen=True)
class Mobile(Kind):
    """Eleven digits, kept without the country code."""

    slug: ClassVar[str] = "mobile"
    sealed: ClassVar[bool] = True
    as_text: ClassVar[bool] = True
    input_type: ClassVar[str] = "tel"
    inputmode: ClassVar[str] = "tel"
    autocomplete: ClassVar[str] = "tel-national"
    mask_head: ClassVar[int] = 3

    def parse(self, raw: str) -> Value:
        pattern = _mobile()
        if pattern.fullmatch(raw):
            return raw
        number = PREFIX.sub("", squeeze(raw).replace("-", ""))
        if not pattern.fullmatch(number):
            raise Problem("not_a_mobile", _not_a_mobile(number))
        return number

    def parse_all(self, texts: Sequence[str]) -> Sequence[Value] | None:
        return texts if every(_mobiles(), texts) else None

    def cell(self, cell: object, text: str) -> str:
        return digits_kept(cell, text)

    def example(self, language: str) -> str:  # noqa: ARG002
        return "13800138000"


def _not_a_mobile(number: str) -> T:
    if number.isdigit() and len(number) != 11:
        return T(
            en="A mobile number has 11 digits, this has {n}", zh="手机号码应为 11 位，现为 {n} 位"
        ).format(n=len(number))
    return T(
        en="This is not a mobile number of the mainland: write its 11 digits",
        zh="这不是大陆手机号码，请填 11 位数字",
    )
