"""A figure of the annual report: counted from rows, with its definition and the rows behind it.

A figure's `rows` is the queryset that it counts; a page shows the same queryset to whoever asks what stands
behind a number. What nobody here can count (totals of the whole city) is an `EnteredFigure`, never typed here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from config.words import T
from workflows.models import EnteredFigure

# A number, a share, numbers by part, or None where it cannot be said.
Value = int | Decimal | Mapping[str, int] | None


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the report.

    Args:
        programme: the slug of the programme that it counts.
        definition: what it counts; `{value}` and `{entered}` stand for the sums in yuan, or the numbers.
        rows: the rows behind it, for a year.
        value: what is counted of them; None where it cannot be said.
        entered: the key of the entered figure that it rests on.
        parts: the names of the parts, where what is counted are several numbers.
    """

    programme: str
    key: str
    words: T
    definition: str
    rows: Callable[[int], "QuerySet[Any]"]
    value: Callable[[int], Value]
    entered: str = ""
    parts: Mapping[str, T] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Counted:
    """A figure of a year, as of a moment."""

    figure: Figure
    year: int
    value: Value
    as_of: datetime

    @property
    def shown(self) -> str:
        """The value as people read it: sums in yuan; empty where it cannot be said."""
        if isinstance(self.value, Mapping):
            return ", ".join(f"{self.figure.parts[part].en} {n}" for part, n in self.value.items())
        return _shown(self.figure.key, self.value)

    @property
    def definition(self) -> str:
        entry = entered(self.figure.entered)(self.year).first() if self.figure.entered else None
        known = _shown(self.figure.entered, entry.value) if entry else "nothing yet"
        return self.figure.definition.format(value=self.shown, entered=known)

    def as_json(self) -> dict[str, Any]:
        """A share is a number; what cannot be said is null."""
        return {
            "key": self.figure.key,
            "value": float(self.value) if isinstance(self.value, Decimal) else self.value,
            "definition": self.definition,
            "as_of": self.as_of.isoformat(),
        }


def _shown(key: str, value: int | Decimal | None) -> str:
    if value is None:
        return ""
    if not key.endswith("_fen"):
        return str(value)
    yuan = Decimal(value) / 100
    return f"CNY {yuan:,.0f}" if yuan == int(yuan) else f"CNY {yuan:,.2f}"


def entered(key: str) -> Callable[[int], "QuerySet[EnteredFigure]"]:
    """The entries of a figure, the one that counts first."""
    return lambda year: EnteredFigure.objects.filter(year=year, key=key).order_by("-entered_at", "-pk")
