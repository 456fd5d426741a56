"""Several lines of text."""

from dataclasses import dataclass
from typing import ClassVar

from forms.errors import MISSING, Problem
from forms.fields.base import Kind, Value
from forms.fields.text import CONTROL, too_long


@dataclass(frozen=True)
class LongText(Kind):
    """Paragraphs; line ends are kept, as one newline each."""

    max_length: int = 2000
    rows: int = 6

    slug: ClassVar[str] = "long_text"
    template: ClassVar[str] = "forms/fields/textarea.html"
    width: ClassVar[int] = 40

    def parse(self, raw: str) -> Value:
        text = raw.replace("\r\n", "\n").replace("\r", "\n").translate(CONTROL).strip()
        if len(text) > self.max_length:
            raise Problem("too_long", too_long(len(text), self.max_length))
        if not text:
            raise Problem(MISSING.code, MISSING.words)
        return text
