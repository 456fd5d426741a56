"""What every test stands on."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.models.signals import post_migrate
from django.test import TransactionTestCase, override_settings


@pytest.fixture(autouse=True, scope="session")
def _emptied_between_tests() -> Iterator[None]:
    """Let Django empty the test database after a test with real commits: its audit trail refuses TRUNCATE."""
    empty = TransactionTestCase._fixture_teardown

    def without_triggers(self: TransactionTestCase) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
        try:
            empty(self)
        finally:
            with connection.cursor() as cursor:
                cursor.execute("RESET session_replication_role")

    TransactionTestCase._fixture_teardown = without_triggers
    yield
    TransactionTestCase._fixture_teardown = empty


@pytest.fixture(autouse=True, scope="session")
def _static_files_looked_up_when_asked_for() -> Iterator[None]:
    """Every test client makes the middleware anew, and each would first read all static files."""
    with override_settings(WHITENOISE_AUTOREFRESH=True):
        yield


@pytest.fixture(autouse=True, scope="session")
def _versions_are_published() -> None:
    """Every declared version is published wherever a test database is made or emptied: a round needs one."""
    from workflows.versions import publish_all

    def publish(**_: Any) -> None:
        publish_all()

    post_migrate.connect(
        publish, sender=apps.get_app_config("workflows"), weak=False, dispatch_uid="published"
    )


def _skipped_on_ci(config: pytest.Config) -> int:
    """How many tests were skipped where none may be: what the CI does not test is not known to work."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    skipped = len(reporter.stats.get("skipped", [])) if reporter else 0
    return skipped if os.environ.get("CI") == "true" else 0


def pytest_sessionfinish(session: pytest.Session) -> None:
    if _skipped_on_ci(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    skipped = _skipped_on_ci(config)
    if skipped:
        terminalreporter.section(f"FAILED: {skipped} skipped, and CI=true allows no skips", sep="!", red=True)
