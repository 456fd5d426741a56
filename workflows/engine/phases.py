"""How far a long transaction is: said by its session's name, which others see before it commits."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import connection


@dataclass(frozen=True, slots=True)
class Phase:
    """What a long work does now, and since when its transaction runs."""

    name: str
    since: datetime


@contextmanager
def telling(work: str) -> Iterator[Callable[[str], None]]:
    """Gives what to call with the name of each phase of `work`; the session is nameless again afterwards."""

    def tell(phase: str) -> None:
        _name(f"{work} {phase}")

    try:
        yield tell
    finally:
        # In a transaction that failed nothing more is understood, and its end takes the name back.
        if not connection.needs_rollback:
            _name("")


def _name(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('application_name', %s, false)", [text])


def phase_of(work: str) -> Phase | None:
    """The phase in which `work` is, in whatever process; None where nobody is at it."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT substr(application_name, length(%(work)s) + 2), xact_start FROM pg_stat_activity
                WHERE datname = current_database() AND starts_with(application_name, %(work)s || ' ')
                  AND xact_start IS NOT NULL LIMIT 1""",
            {"work": work},
        )
        row = cursor.fetchone()
    return Phase(*row) if row else None
