"""The last line of `make test`, and what a machine lacks for it."""

import os
import subprocess
import sys
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
    monkeypatch.setenv("CI", "true")
    missing = missing_packages(browser=True)
    assert missing[:6] == [
        "redis-server",
        "rabbitmq-server",
        "radosgw",
        "ceph-mon",
        "ceph-osd",
        "ceph-common",
    ]
    monkeypatch.delenv("CI")
    assert "rabbitmq-server" not in missing_packages(browser=True)
    assert "chromium" not in missing_packages(browser=False)


def test_tests_of_one_group_run_on_one_worker(tmp_path: Path) -> None:
    """pytest-xdist writes the group into the id of a test; a pytest that it does not know leaves it out."""
    (tmp_path / "test_some.py").write_text(
        'import pytest\n\n@pytest.mark.xdist_group("dear")\n@pytest.mark.parametrize("n", range(2))\n'
        "def test_some(n): pass\n"
    )
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-c",
        os.devnull,
        "-p",
        "xdist",
        "-n",
        "2",
        "--dist",
        "loadgroup",
    ]
    done = subprocess.run(
        [*command, "-v", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), str(tmp_path)],
        env=os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout.count("@dear") >= 2, done.stdout + done.stderr


def test_fault_tests_run_alone_and_take_arguments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARGS", "-k relay")
    assert suite._faults()[-3:] == ["tests/faults", "-k", "relay"]
