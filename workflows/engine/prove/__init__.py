"""Proof before use: whatever can be known to be wrong of a declaration is found before a case runs on it."""

from collections.abc import Callable, Iterator

from django.db import connection

from workflows.engine.declare import Programme
from workflows.engine.prove.conditions import prove_guards
from workflows.engine.prove.effects import prove_effects
from workflows.engine.prove.findings import Finding
from workflows.engine.prove.limits import prove_calendar, prove_limits
from workflows.engine.prove.loops import prove_loops
from workflows.engine.prove.notices import prove_notices
from workflows.engine.prove.people import prove_people
from workflows.engine.prove.staffing import prove_staffing
from workflows.engine.prove.states import prove_states
from workflows.engine.prove.versions import prove_versions
from workflows.engine.prove.words import prove_words
from workflows.models import CalendarDay

__all__ = ["DECLARED", "IN_DATABASE", "Finding", "is_migrated", "prove", "prove_in_database"]

Family = Callable[[Programme], Iterator[Finding]]
# What the declaration alone tells; the database is not asked.
DECLARED: tuple[Family, ...] = (
    prove_states, prove_loops, prove_people, prove_guards, prove_words, prove_versions, prove_limits, prove_notices,
    prove_effects,
)  # fmt: skip
# What the calendar, the rounds and the people of a database tell.
IN_DATABASE: tuple[Family, ...] = (prove_calendar, prove_staffing)


def prove(programme: Programme) -> list[Finding]:
    """Every finding about a declaration, in the order of its lines; empty when all is proven. Asks no database."""
    return _ordered(finding for family in DECLARED for finding in family(programme))


def prove_in_database(programme: Programme) -> list[Finding]:
    """Every finding about a declaration with the calendar, the rounds and the people of the database."""
    return _ordered(finding for family in IN_DATABASE for finding in family(programme))


def is_migrated() -> bool:
    """Whether the database has its tables yet."""
    with connection.cursor() as cursor:
        return CalendarDay._meta.db_table in connection.introspection.table_names(cursor)


def _ordered(findings: Iterator[Finding]) -> list[Finding]:
    return sorted(dict.fromkeys(findings), key=lambda finding: finding.place)
