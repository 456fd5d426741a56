"""The two commands of a newcomer, from a copy of the clone: everything comes up, and everything goes."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from launch.account import remove_folder
from launch.places import ROOT
from launch.ports import answers
from launch.processes import birth

GIBIBYTE = 1024**3
NOT_COPIED = shutil.ignore_patterns(
    ".git", ".venv", ".data", "__pycache__", ".*_cache", ".hypothesis", "*.mo"
)
# What the tests' own servers are told by; the demonstration must find its own.
OF_THE_TESTS = re.compile(
    r"(DATABASE_URL|CELERY_.*|S3_.*|SECRET_KEY|FIELD_KEYS|BLIND_INDEX_KEY|BAILU_.*|DEBUG)$"
)


@pytest.fixture
def clone(tmp_path: Path) -> Iterator[Path]:
    clone = tmp_path / "clone"
    shutil.copytree(ROOT, clone, ignore=NOT_COPIED)
    # The packages are these tests' own: nothing is asked of a registry.
    (clone / ".venv").symlink_to(Path(sys.prefix))
    yield clone
    remove_folder(clone / ".data" / "postgres")


class Demonstration:
    """A `make demo` in `clone`, and what it says."""

    def __init__(self, clone: Path, port: int) -> None:
        self.clone = clone
        self.port = port
        self.environment = {name: value for name, value in os.environ.items() if not OF_THE_TESTS.match(name)}
        self.output = clone / "output"

    def start(self) -> str:
        """Start it and return what it has said when it is ready."""
        with self.output.open("w") as out:
            self.make = subprocess.Popen(
                ["make", "demo", f"PORT={self.port}"],
                cwd=self.clone, env=self.environment, stdout=out, stderr=out, start_new_session=True,
            )  # fmt: skip
        until = time.monotonic() + 300
        while "Stop: Ctrl-C" not in self.output.read_text():
            assert self.make.poll() is None, self.output.read_text()
            assert time.monotonic() < until, self.output.read_text()
            time.sleep(0.2)
        return self.output.read_text()

    def launch(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "launch", *arguments]
        return subprocess.run(
            command, cwd=self.clone, env=self.environment, capture_output=True, text=True, check=False
        )

    def launcher(self) -> int:
        return int(json.loads((self.clone / ".data" / "run" / "holder.json").read_text())["pid"])

    def processes(self) -> list[int]:
        records = (self.clone / ".data" / "run").glob("*.process")
        return [int(json.loads(record.read_text())["pid"]) for record in records]


@pytest.mark.e2e
def test_demonstration_comes_up_survives_a_kill_and_stops_all_that_it_started(clone: Path) -> None:
    port = next(number for number in range(18000, 19000) if not answers(number))
    demonstration = Demonstration(clone, port)

    said = demonstration.start()

    assert f"http://127.0.0.1:{port}" in said
    assert "owner@demo.example" in said
    with urlopen(f"http://127.0.0.1:{port}/") as answer:
        assert answer.status == 200
    assert memory_bytes(demonstration.processes()) < GIBIBYTE

    second = demonstration.launch("demo")
    assert second.returncode == 1
    assert f"already running here at http://127.0.0.1:{port}" in second.stdout

    loaded = demonstration.launch("manage", "load_demonstration", "--json")
    assert loaded.returncode == 0
    assert json.loads(loaded.stdout)["made"] == []
    assert demonstration.launch("manage", "no_such_command").returncode == 1

    left = demonstration.processes()
    os.kill(demonstration.launcher(), signal.SIGKILL)
    demonstration.make.wait()
    assert [pid for pid in left if birth(pid)] == left
    assert "Stopped what an interrupted run had left" in demonstration.start()
    assert [pid for pid in left if birth(pid)] == []

    running = demonstration.processes()
    assert len(running) >= 4
    os.killpg(demonstration.make.pid, signal.SIGINT)
    demonstration.make.wait(60)
    assert [pid for pid in running if birth(pid)] == []
    assert demonstration.processes() == []
    assert not answers(port)


def memory_bytes(processes: list[int]) -> int:
    """What `processes` and their descendants take, shared pages counted once; 0 where that cannot be told."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text(errors="replace").rpartition(")")[2].split()[1])
        except OSError:
            continue
        children.setdefault(parent, []).append(int(stat.parent.name))
    total = 0
    waiting = list(processes)
    while waiting:
        pid = waiting.pop()
        waiting += children.get(pid, [])
        found = re.search(r"^Pss:\s+(\d+) kB", _rollup(pid), re.MULTILINE)
        total += int(found.group(1)) * 1024 if found else 0
    return total


def _rollup(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return ""
