"""One line of text."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from config.words import T
from forms.errors import Problem
from forms.fields.at_once import tidy
from forms.fields.base import Kind, Value

# Nothing a person types on purpose; JSON in PostgreSQL refuses NUL. Tab and line ends become a space.
CONTROL = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127, 0xFEFF, 0x200B))


@dataclass(frozen=True)
class Text(Kind):
    """One line; white space at the ends and doubled inside is dropped. Full-width signs are kept:
    names of firms and people are written as their papers write them."""

    max_length: int = 200

    slug: ClassVar[str] = "text"
    width: ClassVar[int] = 40

    def parse(self, raw: str) -> Value:
        text = raw if raw.isalnum() else " ".join(raw.translate(CONTROL).split())
        if len(text) > self.max_length:
            raise Problem("too_long", too_long(len(text), self.max_length))
        if not text:
            raise Problem("missing", T(en="This holds no readable character", zh="没有可读的文字"))
        return text

    def parse_all(self, texts: Sequence[str]) -> Sequence[Value] | None:
        return texts if tidy(texts) and max(map(len, texts)) <= self.max_length else None


def too_long(length: int, limit: int) -> T:
    return T(
        en="This has {length} characters, {limit} are possible: shorten it by {over}",
        zh="共 {length} 字，最多 {limit} 字，请删去 {over} 字",
    ).format(length=length, limit=limit, over=length - limit)
