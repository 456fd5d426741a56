"""What every test stands on."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.models.signals import post_migrate
from django.test import override_settings

from tests.emptying import _emptied_between_tests, django_db_modify_db_settings, django_db_setup
from tests.skips import pytest_sessionfinish, pytest_terminal_summary

__all__ = [
    "_emptied_between_tests",
    "django_db_modify_db_settings",
    "django_db_setup",
    "pytest_sessionfinish",
    "pytest_terminal_summary",
]


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
        # A database that is kept between runs may hold what the declarations said then.
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            cursor.execute("DELETE FROM workflows_policyversion")
            cursor.execute("RESET session_replication_role")
        publish_all()

    post_migrate.connect(
        publish, sender=apps.get_app_config("workflows"), weak=False, dispatch_uid="published"
    )


def pytest_make_parametrize_id(config: pytest.Config, val: Any, argname: str) -> str | None:
    """Bytes give a test no name: a workbook bears the time it was made, and each worker makes its own."""
    return argname if isinstance(val, bytes) else None
