"""People who are told something, and other processes on the same database."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection

from accounts.models import User
from notifications import topics

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def own_topics(monkeypatch) -> None:
    """Topics that a test registers are gone after it."""
    monkeypatch.setattr(topics, "_topics", dict(topics._topics))
    monkeypatch.setattr(topics, "_optional", dict(topics._optional))


@pytest.fixture
def lin(db) -> User:
    return User.objects.create_user("lin@example.com", name="林晓", language="zh-hans")


@pytest.fixture
def kate(db) -> User:
    return User.objects.create_user("kate@example.com", name="Kate", language="en")


@pytest.fixture
def process_env() -> dict[str, str]:
    """The environment of a process that works on this test's database."""
    where = connection.settings_dict
    password = f":{where['PASSWORD']}" if where["PASSWORD"] else ""
    url = f"postgres://{where['USER']}{password}@{where['HOST']}:{where['PORT']}/{where['NAME']}"
    return {**os.environ, "DATABASE_URL": url, "LOG_LEVEL": "WARNING"}


@pytest.fixture
def process(process_env) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run `tests.notifications.processes` with arguments in a process of its own."""

    def run(*args: str, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "tests.notifications.processes", *args],
            cwd=ROOT,
            env={**process_env, **env},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run
