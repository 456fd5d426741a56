"""What the annual report says of the founder award."""

from django.db.models import Count, QuerySet, Sum

from accounts.models import Industry
from config.words import T
from workflows.models import Application
from workflows.programmes import programme
from workflows.reports.figures import Figure
from workflows.sections import INDUSTRY_WORDS

FOUNDER = "founder-revenue-award"


def awarded(year: int) -> "QuerySet[Application]":
    """Applications of a policy year that were approved, and not revoked after an objection."""
    declared = programme(FOUNDER)
    path = [str(state) for state in declared.path()]
    granted = path[path.index(str(declared.steps["approve"].target)) :]
    return Application.objects.filter(programme=FOUNDER, year=year, state__in=granted)


def _firms(year: int) -> int:
    return int(awarded(year).aggregate(n=Count("applicant", distinct=True))["n"])


def _awarded_fen(year: int) -> int:
    return int(awarded(year).aggregate(sum=Sum("amount_fen"))["sum"] or 0)


def _by_sector(year: int) -> dict[str, int]:
    counted = awarded(year).order_by().values_list("industry").annotate(n=Count("applicant", distinct=True))
    found = dict(counted)
    return {str(sector): found[sector] for sector in Industry if sector in found}


FIGURES = (
    Figure(
        FOUNDER,
        "founder_firms",
        T("Firms that qualified for the founder award", "符合创业人才企业奖励条件的企业数"),
        "firms that qualified for founder-revenue-award",
        awarded,
        _firms,
    ),
    Figure(
        FOUNDER,
        "founder_awarded_fen",
        T("Sum awarded to them", "奖励金额"),
        "sum awarded, in fen ({value})",
        awarded,
        _awarded_fen,
    ),
    Figure(
        FOUNDER,
        "founder_firms_by_sector",
        T("Those firms by sector", "按行业分"),
        "those firms by sector",
        awarded,
        _by_sector,
        parts={str(sector): words for sector, words in INDUSTRY_WORDS.items()},
    ),
)
