"""What the annual report says of project review."""

from django.db.models import QuerySet

from config.words import T
from workflows.models import ReviewSession, SessionItem
from workflows.reports.figures import Figure

PROJECT = "project-review"
HELD = (ReviewSession.Stage.HELD, ReviewSession.Stage.CONCLUDED, ReviewSession.Stage.SIGNED)


def sessions(year: int) -> "QuerySet[ReviewSession]":
    """Sessions of a year's round that were held; one that was cancelled was not."""
    return ReviewSession.objects.filter(round__programme=PROJECT, round__year=year, stage__in=HELD)


def projects(year: int) -> "QuerySet[SessionItem]":
    """The projects in their running orders that were called, each counted once."""
    return SessionItem.objects.filter(
        session__in=sessions(year), removed_at=None, called_at__isnull=False
    ).select_related("application")


FIGURES = (
    Figure(
        PROJECT,
        "project_batches",
        T("Review sessions held", "项目评审场次"),
        "project-review batches held",
        sessions,
        lambda year: sessions(year).count(),
    ),
    Figure(
        PROJECT,
        "project_projects",
        T("Projects reviewed in them", "评审项目数"),
        "projects reviewed in them",
        projects,
        lambda year: projects(year).values("application").distinct().count(),
    ),
)
