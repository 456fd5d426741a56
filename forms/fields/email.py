"""An e-mail address."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from config.words import T
from forms.errors import Problem
from forms.fields.at_once import every, lines_of
from forms.fields.base import Kind, Value, squeeze

# What nearly every address looks like; all of these Django takes too, at a tenth of the speed.
PLAIN = re.compile(r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@(?:[A-Za-z0-9]{1,40}\.)+[A-Za-z]{2,20}", re.ASCII)


PLAIN_LINES = lines_of(PLAIN.pattern)


@dataclass(frozen=True)
class Email(Kind):
    """An address, kept as typed with its domain in lower case."""

    slug: ClassVar[str] = "email"
    input_type: ClassVar[str] = "email"
    inputmode: ClassVar[str] = "email"
    autocomplete: ClassVar[str] = "email"
    width: ClassVar[int] = 40

    def parse(self, raw: str) -> Value:
        address = squeeze(raw)
        if PLAIN.fullmatch(address):
            return _kept(address)
        try:
            validate_email(address)
        except ValidationError:
            words = T(en="Write the address as name@example.com", zh="请把邮箱写成 name@example.com 这样")
            raise Problem("not_an_address", words) from None
        return _kept(address)

    def parse_all(self, texts: Sequence[str]) -> Sequence[Value] | None:
        if not every(PLAIN_LINES, texts):
            return None
        return texts if "".join(texts).islower() else [_kept(text) for text in texts]

    def example(self, language: str) -> str:  # noqa: ARG002
        return "name@example.com"


def _kept(address: str) -> str:
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain.lower()}"
