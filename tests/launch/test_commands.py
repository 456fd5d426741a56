"""Commands that the launcher waits for."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from launch.commands import hand_over, output, run
from launch.faults import Halt
from launch.places import ROOT
from launch.processes import birth

TELLING = "import sys; print('· 3 of 7', file=sys.stderr); print('a warning', file=sys.stderr); print('{}')"


def test_output_is_standard_output_only_and_progress_is_told(tmp_path: Path) -> None:
    told: list[str] = []
    log = tmp_path / "log"
    text = output([sys.executable, "-c", TELLING], log=log, environment=os.environ, progress=told.append)
    assert text == "{}\n"
    assert told == ["3 of 7"]
    assert log.read_text() == "· 3 of 7\na warning\n"


def test_command_that_fails_is_told_with_its_last_words(tmp_path: Path) -> None:
    with pytest.raises(Halt) as caught:
        output(
            [sys.executable, "-c", "raise SystemExit('no such table')"], log=tmp_path / "log", environment={}
        )
    assert caught.value.details == ["no such table"]


def test_run_passes_lines_on_and_returns_the_status(tmp_path: Path) -> None:
    lines: list[str] = []
    script = "print('one'); print('two'); raise SystemExit(3)"
    assert run([sys.executable, "-c", script], log=tmp_path / "log", each_line=lines.append) == 3
    assert lines == ["one", "two"]


@pytest.mark.parametrize(
    ("script", "status"), [("raise SystemExit(7)", 7), ("import os; os.kill(os.getpid(), 15)", 143)]
)
def test_status_of_a_handed_over_command_is_its_own(script: str, status: int) -> None:
    assert hand_over([sys.executable, "-c", script], os.environ) == status


def test_command_ends_with_a_launcher_that_is_stopped(tmp_path: Path) -> None:
    script = (
        "from pathlib import Path; from launch.commands import run, stop_on_signals; import sys; stop_on_signals();"
        "run([sys.executable, '-c', 'import os,time; print(os.getpid(), flush=True); time.sleep(60)'],"
        "    log=Path(sys.argv[1]), each_line=lambda line: print(line, flush=True))"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "log")]
    launcher = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert launcher.stdout is not None
    child = int(launcher.stdout.readline())
    launcher.send_signal(signal.SIGTERM)
    launcher.wait(20)
    assert birth(child) is None


def test_older_python_reads_which_one_is_needed() -> None:
    import ast

    # The first thing that is imported must be readable to every Python 3.
    ast.parse((ROOT / "launch" / "__init__.py").read_text(), feature_version=(3, 4))
