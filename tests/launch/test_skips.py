"""A test that is skipped on the CI fails the run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from launch.places import ROOT

SKIPPED = """
import pytest

def test_passed(): pass

@pytest.mark.skip(reason="no server")
def test_skipped(): pass
"""


@pytest.mark.parametrize(
    ("ci", "spread", "status"), [("true", ["-p", "xdist", "-n", "2"], 1), ("true", [], 1), ("", [], 0)]
)
def test_skip_fails_the_run_on_the_ci_only(tmp_path: Path, ci: str, spread: list[str], status: int) -> None:
    (tmp_path / "conftest.py").write_text((ROOT / "tests" / "skips.py").read_text())
    (tmp_path / "test_some.py").write_text(SKIPPED)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-c", os.devnull, *spread]
    done = subprocess.run(
        [*command, "--rootdir", str(tmp_path), str(tmp_path / "test_some.py")],
        cwd=ROOT,
        env=os.environ | {"CI": ci, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status, done.stdout + done.stderr
    assert ("CI=true allows no skips" in done.stdout) == (status == 1)
