"""What the annual report counts of software filing."""

from django.db.models import Exists, OuterRef, QuerySet

from config.words import T
from workflows.models import Application, NoticeLine, ReviewSession, SessionItem
from workflows.reports.figures import Figure

FILING = "software-filing"
HELD = (ReviewSession.Stage.CONCLUDED, ReviewSession.Stage.SIGNED)


def batches(year: int) -> "QuerySet[ReviewSession]":
    """Panels of a policy year that came to their conclusions: each reviewed one batch."""
    return ReviewSession.objects.filter(round__programme=FILING, round__year=year, stage__in=HELD)


def noticed(year: int) -> "QuerySet[ReviewSession]":
    """Those of which some enterprise was put on public notice."""
    heard = SessionItem.objects.filter(
        Exists(NoticeLine.objects.filter(application=OuterRef("application"))),
        session=OuterRef("pk"), removed_at=None,
    )  # fmt: skip
    return batches(year).filter(Exists(heard))


def reviewed(year: int) -> "QuerySet[Application]":
    """The cases that those panels heard."""
    heard = SessionItem.objects.filter(
        application=OuterRef("pk"), removed_at=None, session__stage__in=HELD, ended_at__isnull=False
    )
    return Application.objects.filter(Exists(heard), programme=FILING, year=year)


def filed(year: int) -> "QuerySet[Application]":
    """Those that are on file: a certificate was issued and is not revoked."""
    return reviewed(year).filter(issued__revoked_at=None, issued__isnull=False)


def _firms(cases: "QuerySet[Application]") -> int:
    return cases.order_by().values("applicant").distinct().count()


FIGURES = (
    Figure(
        FILING,
        "filing_batches",
        T("Batches of software filing reviewed", "软件企业备案评审批次"),
        "software-filing batches reviewed",
        batches,
        lambda year: batches(year).count(),
    ),
    Figure(
        FILING,
        "filing_batches_noticed",
        T("Of those, put on public notice", "其中公示批次"),
        "of those, put on public notice",
        noticed,
        lambda year: noticed(year).count(),
    ),
    Figure(
        FILING,
        "filing_firms",
        T("Firms reviewed for filing", "备案评审企业数"),
        "firms reviewed",
        reviewed,
        lambda year: _firms(reviewed(year)),
    ),
    Figure(
        FILING,
        "filing_passed",
        T("Firms that passed and are filed", "通过并备案企业数"),
        "firms that passed and are filed",
        filed,
        lambda year: _firms(filed(year)),
    ),
)
