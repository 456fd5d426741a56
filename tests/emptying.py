"""A test database is filled once; after a test with real commits it holds again what it held then.

Django would truncate every table and run what follows a migration, which takes half a second each time.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import TransactionTestCase
from django.utils import timezone

from tests.templates import migrated

FIRST = "first_rows"
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'django_migrations' ORDER BY 1"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """Every worker's database is a copy of one that was migrated once."""
    connection.settings_dict["TEST"]["TEMPLATE"] = migrated()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """The database as pytest-django makes it, with the calendar of next year; its rows are kept aside."""
    from workflows.engine.deadlines import load_calendar

    with django_db_blocker.unblock():
        _without_triggers("DROP SCHEMA IF EXISTS first_rows CASCADE")
        if _filled():
            # A database that was kept from the last run: what its tests left, and what followed the migrations.
            _flush()
        load_calendar(provisional_until=timezone.now().year + 1)
        _without_triggers(
            f"CREATE SCHEMA {FIRST}",
            *(f'CREATE TABLE {FIRST}."{name}" AS TABLE public."{name}"' for name in _filled()),
            "ANALYZE",
        )


@pytest.fixture(autouse=True, scope="session")
def _emptied_between_tests() -> Iterator[None]:
    """Tests with real commits leave the database as it was made."""
    teardown = TransactionTestCase._fixture_teardown
    TransactionTestCase._fixture_teardown = lambda _: put_back()
    yield
    TransactionTestCase._fixture_teardown = teardown


def put_back() -> None:
    """Every table holds what it held when the database was made."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [FIRST])
        kept = {name for (name,) in cursor.fetchall()}
    _without_triggers(
        *(f'DELETE FROM "{name}"' for name in _filled()),
        *(f'INSERT INTO "{name}" SELECT * FROM {FIRST}."{name}"' for name in sorted(kept)),
    )


def _filled() -> list[str]:
    """The tables that hold rows."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        names = [name for (name,) in cursor.fetchall()]
        cursor.execute(
            " UNION ALL ".join(f"SELECT '{n}' WHERE EXISTS (SELECT 1 FROM \"{n}\")" for n in names)
        )
        return [name for (name,) in cursor.fetchall()]


def _flush() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
    try:
        call_command("flush", verbosity=0, interactive=False, allow_cascade=True)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET session_replication_role")


def _without_triggers(*statements: str) -> None:
    """Run them in one go: the audit trail refuses to be emptied, and keys are checked row by row."""
    with connection.cursor() as cursor:
        for statement in (
            "SET session_replication_role = replica",
            *statements,
            "RESET session_replication_role",
        ):
            cursor.execute(statement)
