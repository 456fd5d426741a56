"""What every kind of field has in common: reading what was typed, showing it, and how it is drawn."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, ClassVar

from config.words import T
from forms.errors import Problem

Value = str | int | bool


def fold(raw: str) -> str:
    """`raw` with full-width digits and letters made half-width and the space around it removed.

    >>> fold(" ３５０２９９ ")
    '350299'
    """
    return raw.strip() if raw.isascii() else unicodedata.normalize("NFKC", raw).strip()


def squeeze(raw: str) -> str:
    """`fold`, and without any white space inside: for numbers, where a space means nothing."""
    folded = fold(raw)
    return folded if folded.isalnum() else "".join(folded.split())


class Kind:
    """One kind of field. Subclasses are frozen dataclasses whose attributes are the kind's parameters.

    `parse` gives a value that JSON can hold (a canonical string, an int or a bool) or raises `Problem`;
    `show` turns that value back into words for a reader; `raw` into what a person would type.
    """

    slug: ClassVar[str]
    # Personal numbers: kept encrypted, masked on pages.
    sealed: ClassVar[bool] = False
    # Rows of a roster tend to repeat the value, so that one parse serves them all.
    repeats: ClassVar[bool] = False
    # Excel must keep the column as text, or it eats digits.
    as_text: ClassVar[bool] = False
    template: ClassVar[str] = "forms/fields/input.html"
    input_type: ClassVar[str] = "text"
    inputmode: ClassVar[str] = ""
    autocomplete: ClassVar[str] = ""
    unit: ClassVar[T | None] = None
    # Width of the input in characters, of a few that the style sheet knows: 5, 10, 20, 40.
    width: ClassVar[int] = 20
    # Digits left readable at the head of a masked value.
    mask_head: ClassVar[int] = 0
    # The name of the field whose value decides how this one is read; empty for most.
    depends_on: str = ""

    def parse(self, raw: str) -> Value:
        """The value that `raw` stands for; `raw` is not blank.

        Raises:
            Problem: what is wrong, in words for the person who typed it.
        """
        raise NotImplementedError

    def parse_all(self, texts: Sequence[str]) -> Sequence[Value] | None:  # noqa: ARG002
        """What `parse` gives for each of the texts, where all are plainly right and none leaves a doubt.

        None where anything has to be looked at by itself. No text is blank or has white space at its ends.
        """
        return None

    def parse_numbers(self, numbers: Sequence[float]) -> Sequence[Value] | None:  # noqa: ARG002
        """As `parse_all`, of cells that Excel holds as numbers; each means its text of 15 digits at most."""
        return None

    def show(self, value: Value, language: str) -> str:  # noqa: ARG002 - for kinds that speak
        """`value` for a reader of `language`."""
        return str(value)

    def raw(self, value: Value) -> str:
        """`value` as a person would type it: `parse(raw(value)) == value`."""
        return str(value)

    def spoken(self, typed: str) -> str:
        """What was typed, for a reader, where it could not be taken."""
        return typed

    def gathered(self, name: str, posted: Mapping[str, str]) -> str | None:  # noqa: ARG002
        """What several inputs of a page come to as one typed text; None where the page has one input, or none."""
        return None

    def derived(self, name: str, value: Value) -> dict[str, Value]:  # noqa: ARG002
        """What follows from a value and is kept beside it in the facts of a case."""
        return {}

    def doubt(self, value: Value) -> Problem | None:  # noqa: ARG002
        """A warning about a value that was taken, or nothing."""
        return None

    def given(self, other: Value | None) -> "Kind":  # noqa: ARG002
        """The kind to read with, where the field named by `depends_on` holds `other`."""
        return self

    def cell(self, cell: object, text: str) -> str:  # noqa: ARG002
        """What a cell of Excel that is no text says, given its plain `text`.

        Raises:
            Problem: Excel has changed what was typed in a way that cannot be undone.
        """
        return text

    def example(self, language: str) -> str:  # noqa: ARG002
        """A made-up value for the example row of a template."""
        return ""

    def parameters(self) -> dict[str, Any]:
        """The parameters that differ from their defaults, for the canonical definition."""
        given = {f.name: (getattr(self, f.name), f.default) for f in fields(self)}  # type: ignore[arg-type]
        return {name: value for name, (value, default) in given.items() if value != default}

    @classmethod
    def restored(cls, parameters: dict[str, Any]) -> "Kind":
        """The kind that `parameters` (as JSON gave them back) describe."""
        return cls(**parameters)


def lost_digits() -> Problem:
    """A new one each time: an exception that is raised twice keeps the frames of both."""
    return Problem(
        "id_lost_digits",
        T(
            en="Excel has turned the number into scientific notation and lost its last digits: "
            "format the column as text and type it again",
            zh="Excel 已把号码变成科学计数法，末几位已丢失：请把这一列设为文本格式后重新填写",
        ),
    )


def digits_kept(cell: object, text: str) -> str:
    """`text` of a cell in a column of long numbers, unless Excel has rounded it: it keeps 15 digits.

    Raises:
        Problem: the cell is a number of more than 15 digits.
    """
    if isinstance(cell, float) and abs(cell) >= 1e15:
        raise lost_digits()
    return text


def is_scientific(text: str) -> bool:
    """Whether `text` is a long number as a spreadsheet shows it, such as 3.50299E+17."""
    head, e, tail = text.upper().partition("E+")
    return bool(e) and tail.isdigit() and head.replace(".", "", 1).isdigit()
