"""Only what we started is stopped, and all of it."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from launch.faults import Halt
from launch.places import Home
from launch.processes import Processes, Record, birth

# Ignores a polite request, and has a child that does so too.
STUBBORN = """
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = os.fork()
if child:
    print(child, flush=True)
time.sleep(60)
"""


def test_birth_of_a_process_that_has_gone_is_none() -> None:
    child = subprocess.Popen(["true"])
    child.wait()
    assert birth(child.pid) is None


def test_birth_tells_two_processes_apart() -> None:
    assert birth(os.getpid()) == birth(os.getpid())
    assert birth(os.getpid()) != birth(1)


def test_stop_ends_what_was_started_and_removes_its_record(home: Home, processes: Processes) -> None:
    record = processes.start("sleeper", ["sleep", "60"])
    assert (home.run / "sleeper.process").exists()
    processes.stop()
    assert birth(record.pid) is None
    assert list(home.run.glob("*.process")) == []


def test_left_over_of_a_killed_launcher_is_stopped_by_the_next(home: Home) -> None:
    script = (
        "from pathlib import Path; import time; from launch.places import Home;"
        "from launch.processes import Processes;"
        f"print(Processes(Home(Path({str(home.folder)!r}))).start('sleeper', ['sleep', '60']).pid, flush=True);"
        "time.sleep(60)"
    )
    launcher = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert launcher.stdout is not None
    sleeper = int(launcher.stdout.readline())
    launcher.kill()
    launcher.wait()
    assert birth(sleeper) is not None

    assert Processes(home).stop_left_over() == ["sleeper"]

    assert birth(sleeper) is None
    assert Processes(home).stop_left_over() == []


def test_stranger_with_the_same_id_is_left_alone(home: Home) -> None:
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        written = {
            "pid": stranger.pid,
            "birth": "another boot:1",
            "stop_signal": int(signal.SIGKILL),
            "grace_s": 1,
        }
        (home.run / "postgres.process").write_text(json.dumps(written))
        assert Processes(home).stop_left_over() == []
        assert stranger.poll() is None
        assert list(home.run.glob("*.process")) == []
    finally:
        stranger.kill()
        stranger.wait()


def test_one_that_does_not_listen_is_ended_with_its_children(home: Home, processes: Processes) -> None:
    record = processes.start("stubborn", [sys.executable, "-c", STUBBORN], grace_s=0.2)
    log = home.log / "stubborn.log"
    processes.await_ready(record, lambda: bool(log.read_text()), within_s=10)
    child = int(log.read_text())
    processes.stop()
    assert birth(record.pid) is None
    assert _gone(child)


def test_one_that_ends_at_once_is_told_with_its_last_words(processes: Processes) -> None:
    record = processes.start("web", [sys.executable, "-c", "import sys; sys.exit('no module named app')"])
    with pytest.raises(Halt) as caught:
        processes.await_ready(record, lambda: False, within_s=10)
    assert caught.value.sentence == "web ended while it started."
    assert caught.value.details == ["no module named app"]


def test_one_that_is_never_ready_is_told(processes: Processes) -> None:
    record = processes.start("web", ["sleep", "60"])
    with pytest.raises(Halt, match=r"web was not ready after 0 s\."):
        processes.await_ready(record, lambda: False, within_s=0)


def test_ended_names_the_one_that_ended_by_itself(processes: Processes) -> None:
    processes.start("lasting", ["sleep", "60"])
    brief = processes.start("brief", ["true"])
    assert brief.child is not None
    brief.child.wait()
    ended = processes.ended()
    assert ended is not None
    assert ended.name == "brief"


def test_record_of_a_dead_process_is_not_alive() -> None:
    assert not Record("nobody", 2**22 + 1, "never").alive()


def _gone(pid: int) -> bool:
    until = time.monotonic() + 5
    while birth(pid) is not None:
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True
