"""The last line of `make test`, and what a machine lacks for it."""

from pathlib import Path

import pytest

from launch import suite
from launch.suite import closing_line, missing_packages


@pytest.mark.parametrize(
    ("counts", "line"),
    [
        ('{"passed": 123, "failed": 0, "error": 0, "skipped": 0}', "123 passed, 0 failed"),
        ('{"passed": 120, "failed": 2, "error": 1, "skipped": 4}', "120 passed, 3 failed, 4 skipped"),
    ],
)
def test_closing_line_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, counts: str, line: str) -> None:
    monkeypatch.setattr(suite, "RESULT", tmp_path / "result.json")
    suite.RESULT.write_text(counts)
    assert closing_line() == line


def test_closing_line_of_a_run_that_broke_off_is_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suite, "RESULT", tmp_path / "result.json")
    assert closing_line() == "0 passed, 1 failed"


def test_bare_machine_lacks_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CELERY_BROKER_URL", "S3_ENDPOINT", "BAILU_CHROMIUM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("BAILU_SEARCH_PATH", "")
    missing = missing_packages(browser=True)
    assert missing[:5] == ["redis-server", "radosgw", "ceph-mon", "ceph-osd", "ceph-common"]
    assert "chromium" not in missing_packages(browser=False)
