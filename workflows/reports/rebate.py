"""What the annual report counts of the talent tax rebate."""

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Count, Q, QuerySet, Sum

from config.words import T
from workflows.models import Application, PaymentLine, Person, Round
from workflows.programmes import programme
from workflows.reports.figures import Figure, Value, entered

REBATE = "talent-tax-rebate"
CITY_PEOPLE, CITY_PAID_FEN = "city_people", "city_paid_fen"


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
        REBATE,
        "rebate_employers",
        T("Employers that applied for the talent tax rebate", "申报人才个税奖励的企业数"),
        "distinct credit codes that applied for talent-tax-rebate in the year",
        applications,
        _employers,
    ),
    Figure(
        REBATE,
        "rebate_people",
        T("People on their rosters", "申报人数"),
        "distinct people on the rosters of those applications",
        people,
        _people,
    ),
    Figure(
        REBATE,
        "rebate_paid_fen",
        T("Sum paid", "拨付金额"),
        "sum paid, in fen ({value})",
        payments,
        _paid_fen,
    ),
    Figure(
        REBATE,
        "rebate_people_share",
        T("Share of the people in the whole city", "占全市人数的比例"),
        "rebate_people / people in the whole city (entered by hand: {entered})",
        entered(CITY_PEOPLE),
        _share(_people, CITY_PEOPLE),
        CITY_PEOPLE,
    ),
    Figure(
        REBATE,
        "rebate_paid_share",
        T("Share of the sum in the whole city", "占全市金额的比例"),
        "rebate_paid / sum of the whole city (entered by hand: {entered})",
        entered(CITY_PAID_FEN),
        _share(_paid_fen, CITY_PAID_FEN),
        CITY_PAID_FEN,
    ),
    Figure(
        REBATE,
        "rebate_policy_year",
        T("Ordinal of the policy year", "政策实施年度序数"),
        "ordinal of the policy year",
        rounds,
        _policy_year,
    ),
)
