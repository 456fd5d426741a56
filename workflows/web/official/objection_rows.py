"""Objections in a list: the line and its due day, never who objects."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from workflows.engine.deadlines import is_provisional_on
from workflows.models import Objection

TONES = {
    Objection.State.RECEIVED: "due",
    Objection.State.UPHELD: "ok",
    Objection.State.DISMISSED: "no",
    Objection.State.REFUSED: "no",
}


@dataclass(frozen=True, slots=True)
class ObjectionRow:
    """One objection as a list shows it."""

    objection: Objection
    tone: str
    days_over: int

    @property
    def is_open(self) -> bool:
        return self.objection.state == Objection.State.RECEIVED


def rows_of(objections: Any) -> list[ObjectionRow]:
    """Rows of a queryset, with what a row names; the sealed parts stay in the database."""
    found: Iterable[Objection] = (
        objections.select_related("line__notice__batch")
        .annotate(provisional=is_provisional_on("due_on"))
        .defer("objector_name", "objector_contact", "statement")
    )
    return [row_of(objection) for objection in found]


def row_of(objection: Objection) -> ObjectionRow:
    waits = objection.state == Objection.State.RECEIVED
    over = (timezone.localdate() - objection.due_on).days if waits else 0
    return ObjectionRow(objection, TONES[Objection.State(objection.state)], max(0, over))
