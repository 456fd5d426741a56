"""The annual report: each figure counted from the rows, with its definition and the rows behind it.

A figure's `rows` is the queryset that it counts; a page shows the same queryset to whoever asks what stands
behind a number. What nobody here can count (totals of the whole city) is an `EnteredFigure`, never typed here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from config.words import T
from workflows.models import Application, EnteredFigure, PaymentLine, Person, Round
from workflows.programmes import programme

REBATE = "talent-tax-rebate"
CITY_PEOPLE, CITY_PAID_FEN = "city_people", "city_paid_fen"
Value = int | Decimal | None


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the report.

    Args:
        definition: what it counts; `{value}` and `{entered}` stand for the sums in yuan, or the numbers.
        rows: the rows behind it, for a year.
        value: what is counted of them; None where it cannot be said.
        entered: the key of the entered figure that it rests on.
    """

    key: str
    words: T
    definition: str
    rows: Callable[[int], "QuerySet[Any]"]
    value: Callable[[int], Value]
    entered: str = ""


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


def _shown(key: str, value: Value) -> str:
    if value is None:
        return ""
    if not key.endswith("_fen"):
        return str(value)
    yuan = Decimal(value) / 100
    return f"CNY {yuan:,.0f}" if yuan == int(yuan) else f"CNY {yuan:,.2f}"


def applications(year: int) -> "QuerySet[Application]":
    """Applications of a policy year that were handed in and not taken back."""
    return Application.objects.filter(programme=REBATE, year=year, submitted_at__isnull=False).exclude(
        state="withdrawn"
    )


def people(year: int) -> "QuerySet[Person]":
    """Everybody on the rosters of those applications, one row for each roster that they stand on."""
    return Person.objects.filter(application__in=applications(year))


def payments(year: int) -> "QuerySet[PaymentLine]":
    """Transfers of which the bank said that they were paid."""
    return PaymentLine.objects.filter(
        state=PaymentLine.State.PAID, application__programme=REBATE, application__year=year
    )


def rounds(year: int) -> "QuerySet[Round]":
    return Round.objects.filter(programme=REBATE, year=year)


def entered(key: str) -> Callable[[int], "QuerySet[EnteredFigure]"]:
    """The entries of a figure, the one that counts first."""
    return lambda year: EnteredFigure.objects.filter(year=year, key=key).order_by("-entered_at", "-pk")


def _employers(year: int) -> int:
    # The credit code is the employer's; those without one are told apart by their row.
    counted = applications(year).aggregate(
        coded=Count("applicant__credit_code", distinct=True),
        bare=Count("applicant", distinct=True, filter=Q(applicant__credit_code=None)),
    )
    return int(counted["coded"] + counted["bare"])


def _people(year: int) -> int:
    return int(people(year).exclude(id_index=b"").aggregate(n=Count("id_index", distinct=True))["n"])


def _paid_fen(year: int) -> int:
    return int(payments(year).aggregate(sum=Sum("amount_fen"))["sum"] or 0)


def _share(part: Callable[[int], int], whole: str) -> Callable[[int], Value]:
    def value(year: int) -> Value:
        total = entered(whole)(year).values_list("value", flat=True).first()
        if not total:
            return None
        return (Decimal(part(year)) / Decimal(total)).quantize(Decimal("0.01"), ROUND_HALF_UP)

    return value


def _policy_year(year: int) -> int | None:
    policy = rounds(year).values_list("policy", flat=True).first()
    return None if policy is None else year - int(programme(REBATE).policy(policy).first_year) + 1


FIGURES = (
    Figure(
        "rebate_employers",
        T("Employers that applied for the talent tax rebate", "申报人才个税奖励的企业数"),
        "distinct credit codes that applied for talent-tax-rebate in the year",
        applications,
        _employers,
    ),
    Figure(
        "rebate_people",
        T("People on their rosters", "申报人数"),
        "distinct people on the rosters of those applications",
        people,
        _people,
    ),
    Figure(
        "rebate_paid_fen",
        T("Sum paid", "拨付金额"),
        "sum paid, in fen ({value})",
        payments,
        _paid_fen,
    ),
    Figure(
        "rebate_people_share",
        T("Share of the people in the whole city", "占全市人数的比例"),
        "rebate_people / people in the whole city (entered by hand: {entered})",
        entered(CITY_PEOPLE),
        _share(_people, CITY_PEOPLE),
        CITY_PEOPLE,
    ),
    Figure(
        "rebate_paid_share",
        T("Share of the sum in the whole city", "占全市金额的比例"),
        "rebate_paid / sum of the whole city (entered by hand: {entered})",
        entered(CITY_PAID_FEN),
        _share(_paid_fen, CITY_PAID_FEN),
        CITY_PAID_FEN,
    ),
    Figure(
        "rebate_policy_year",
        T("Ordinal of the policy year", "政策实施年度序数"),
        "ordinal of the policy year",
        rounds,
        _policy_year,
    ),
)


def figure(key: str) -> Figure:
    """The figure of that key.

    Raises:
        KeyError: there is none.
    """
    found = next((f for f in FIGURES if f.key == key), None)
    if found is None:
        raise KeyError(key)
    return found


def annual_report(year: int, *, as_of: datetime) -> list[Counted]:
    """Every figure of a year, counted now; `as_of` is the moment that is printed beside it."""
    return [Counted(f, year, f.value(year), as_of) for f in FIGURES]
