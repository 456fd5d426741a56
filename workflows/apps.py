from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.db.models.signals import post_migrate


class WorkflowsConfig(AppConfig):
    name = "workflows"

    def ready(self) -> None:
        from config.context import COUNTS  # noqa: PLC0415
        from storage import verdicts  # noqa: PLC0415

        # Some register what the outbox delivers, or who carries out a manifest, by being imported.
        from workflows import (  # noqa: PLC0415
            absences,  # noqa: F401
            calendar_news,  # noqa: F401
            consolidation,  # noqa: F401
            escalations,  # noqa: F401
            papers,
            reminders,  # noqa: F401
            roster_imports,
            topics,  # noqa: F401
        )
        from workflows.checks import versions_as_published  # noqa: PLC0415
        from workflows.engine.prove.system_check import TAG, check_programmes  # noqa: PLC0415
        from workflows.programmes import registry  # noqa: PLC0415
        from workflows.queries import waiting_count  # noqa: PLC0415
        from workflows.review.experts import news, titles  # noqa: F401, PLC0415
        from workflows.review.sessions import letters  # noqa: F401, PLC0415
        from workflows.review.sessions.places import seats_waiting  # noqa: PLC0415
        from workflows.web.reviewer.mine import to_review_count  # noqa: PLC0415

        registry()
        checks.register(check_programmes, TAG)
        checks.register(versions_as_published, checks.Tags.database)
        verdicts.subscribe(papers.hear)
        verdicts.subscribe(titles.hear)
        verdicts.subscribe(roster_imports.hear)
        COUNTS["worklist"] = waiting_count
        COUNTS["sessions"] = seats_waiting
        COUNTS["reviews"] = to_review_count
        post_migrate.connect(_seed, sender=self)


def _seed(using: str, **_: Any) -> None:
    """Write the declared edges and the working-day calendar, which the database itself reads."""
    from workflows import calendars  # noqa: PLC0415
    from workflows.engine.calendar_days import load_calendar  # noqa: PLC0415
    from workflows.engine.edges import sync_edges  # noqa: PLC0415
    from workflows.models import CalendarDay  # noqa: PLC0415

    sync_edges(using)
    if using == "default" and CalendarDay.objects.exists():
        # An official year that came with this release moves the limits that run.
        calendars.load()
    else:
        load_calendar(using)
