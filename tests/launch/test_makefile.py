"""What make itself hands on to whoever called it."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("status", [0, 1, 2])
def test_make_manage_exits_with_the_status_of_the_command(status):
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))
    }
    ran = subprocess.run(
        ["make", "manage", f"PYTHON=sh -c 'echo ran; exit {status}' --"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (status, "ran\n")
