"""What a batch comes to: counts and sums, by industry and by post, against the budget. Set-based, of any size."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Min, Q, Subquery, Sum
from django.utils.translation import gettext as _

from accounts.models import Industry
from workflows.models import Application, Batch, CalendarDay, Person, Result
from workflows.models.person import PostKind, PostLevel

FINISHED = ("paid", "closed")
NEEDS_A_HAND = Q(rows_held__gt=0) | Q(rows_in_dispute__gt=0) | Q(rows_granted=0)


@dataclass(frozen=True, slots=True)
class Sums:
    """The figures of one batch, or of none."""

    cases: int = 0
    people: int = 0
    granted: int = 0
    refused: int = 0
    held: int = 0
    amount_fen: int = 0
    paid_fen: int = 0
    in_hand: int = 0
    with_held: int = 0
    with_refused: int = 0
    noticed: int = 0
    unpaid: int = 0
    objections: int = 0
    due_on: date | None = None
    # Whether that day rests on a calendar that is not official yet.
    due_provisional: bool = False


# The provisional days are the calendar's last; without any no day is one.
_FIRST_PROVISIONAL = CalendarDay.objects.filter(provisional=True).order_by("day").values("day")[:1]

_COLUMNS: dict[str, Any] = {
    "cases": Count("pk"),
    "people": Sum("rows_total"),
    "granted": Sum("rows_granted"),
    "refused": Sum("rows_refused"),
    "held": Sum("rows_held"),
    "amount_fen": Sum("amount_fen"),
    "paid_fen": Sum("paid_fen"),
    "in_hand": Count("pk", filter=NEEDS_A_HAND),
    "with_held": Count("pk", filter=Q(rows_held__gt=0)),
    "with_refused": Count("pk", filter=Q(rows_refused__gt=0)),
    "noticed": Count("pk", filter=Q(state="noticed")),
    "unpaid": Count("pk", filter=~Q(state__in=FINISHED)),
    "objections": Sum("objections_open"),
    "due_on": Min("due_on", filter=~Q(state__in=FINISHED)),
    "provisional_on": Min(
        "due_on", filter=~Q(state__in=FINISHED) & Q(due_on__gte=Subquery(_FIRST_PROVISIONAL))
    ),
}


def sums_of(batches: Sequence[int]) -> dict[int, Sums]:
    """Batch id → its figures; one statement for all of them."""
    rows: Any = Application.objects.filter(batch__in=list(batches)).order_by().values("batch")
    rows = rows.annotate(**{f"s_{name}": column for name, column in _COLUMNS.items()})
    return {row["batch"]: Sums(**_figures(row)) for row in rows}


def _figures(row: dict[str, Any]) -> dict[str, Any]:
    due_on, provisional_on = row["s_due_on"], row["s_provisional_on"]
    figures = {name: row[f"s_{name}"] or 0 for name in _COLUMNS if name not in ("due_on", "provisional_on")}
    return {**figures, "due_on": due_on, "due_provisional": due_on is not None and due_on == provisional_on}


@dataclass(frozen=True, slots=True)
class Part:
    """One row of a table of totals."""

    label: str
    cases: int
    people: int
    amount_fen: int


def by_industry(batch: Batch) -> list[Part]:
    """Totals of a batch by the employers' industry, the largest sum first."""
    rows = (
        Application.objects.filter(batch=batch)
        .order_by()
        .values("industry")
        .annotate(cases=Count("pk"), granted=Sum("rows_granted"), fen=Sum("amount_fen"))
        .order_by("-fen", "industry")
    )
    return [Part(industry_words(r["industry"]), r["cases"], r["granted"] or 0, r["fen"] or 0) for r in rows]


def by_post(batch: Batch) -> list[Part]:
    """Totals of the granted people of a batch by kind and level of post."""
    rows = (
        Person.objects.filter(application__batch=batch, result=Result.GRANTED, revoked=False)
        .order_by()
        .values(kind=F("post_kind"), level=F("post_level"))
        .annotate(people=Count("pk"), cases=Count("application", distinct=True), fen=Sum("award_fen"))
        .order_by("-fen", "kind", "level")
    )
    return [Part(post_words(r["kind"], r["level"]), r["cases"], r["people"], r["fen"] or 0) for r in rows]


def industry_words(slug: str) -> str:
    """An industry in the reader's language; what is none stands as it is."""
    return str(Industry(slug).label) if slug in Industry.values else slug or _("Not stated")


def post_words(kind: str, level: str) -> str:
    """A post as its kind and level."""
    words = [
        str(choices(value).label)
        for choices, value in ((PostKind, kind), (PostLevel, level))
        if value in choices.values
    ]
    return " · ".join(words) or _("Not stated")


def share_of_budget(amount_fen: int, budget_fen: int | None) -> Decimal | None:
    """The part of the round's budget that a sum takes; None where no budget is set."""
    return Decimal(amount_fen) / Decimal(budget_fen) if budget_fen else None
