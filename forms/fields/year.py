"""A calendar year."""

import re
from dataclasses import dataclass
from typing import ClassVar

from config.words import T
from forms.errors import Problem
from forms.fields.base import Kind, Value, squeeze

YEAR = re.compile(r"(\d{4})年?(?:度)?", re.ASCII)


@dataclass(frozen=True)
class Year(Kind):
    """A year of four digits, between the two (both included)."""

    first: int = 1900
    last: int = 2100

    slug: ClassVar[str] = "year"
    repeats: ClassVar[bool] = True
    inputmode: ClassVar[str] = "numeric"
    width: ClassVar[int] = 5

    def parse(self, raw: str) -> Value:
        found = YEAR.fullmatch(squeeze(raw))
        if found is None:
            raise Problem(
                "not_a_year", T(en="Write the year in four digits, such as 2019", zh="请填四位年份，如 2019")
            )
        year = int(found[1])
        if not self.first <= year <= self.last:
            raise Problem(
                "year_out_of_range",
                T(en="The year lies between {first} and {last}", zh="年份应在 {first} 至 {last} 之间").format(
                    first=self.first, last=self.last
                ),
            )
        return year

    def show(self, value: Value, language: str) -> str:  # noqa: ARG002
        return str(value)

    def example(self, language: str) -> str:  # noqa: ARG002
        return str(max(self.first, min(self.last, 2019)))
