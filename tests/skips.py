"""A skipped test fails the run of the CI."""

import os
from typing import Any

import pytest


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
