"""Processes that we start, known by id and hour of birth, so that only our own are ever stopped."""

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from launch.account import Account
from launch.faults import Halt, tail
from launch.places import Home

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def birth(pid: int) -> str | None:
    """When process `pid` was born, in a form that no later one with its id shares; None if it is gone.

    A process that has ended and only waits to be reaped counts as gone.
    """
    if BOOT_ID.exists():
        try:
            stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            return None
        state, *fields = stat.rpartition(")")[2].split()
        return None if state in "ZX" else f"{BOOT_ID.read_text().strip()}:{fields[18]}"
    shown = subprocess.run(
        ["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    state, _, started = shown.stdout.strip().partition(" ")
    return started.strip() if started and not state.startswith("Z") else None


@dataclass
class Record:
    """What is written down about a process, so that a later launcher can stop it too."""

    name: str
    pid: int
    birth: str
    stop_signal: int = signal.SIGTERM
    grace_s: float = 10
    child: subprocess.Popen[bytes] | None = field(default=None, repr=False, compare=False)

    def alive(self) -> bool:
        """Whether the very process that was written down still runs."""
        if self.child is not None and self.child.poll() is not None:
            return False
        return birth(self.pid) == self.birth

    def stop(self, *, asked: bool = False) -> None:
        """Ask it to end; after its grace, end it and its children. A stranger with its id is left alone."""
        if not asked:
            self.ask()
        if not self._gone_within(self.grace_s):
            with contextlib.suppress(ProcessLookupError):
                # Each leads a session of its own, so its group holds its children and nobody else.
                os.killpg(self.pid, signal.SIGKILL)
            self._gone_within(5)

    def ask(self) -> None:
        """Ask it to end, and do not wait."""
        if self.alive():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, self.stop_signal)

    def _gone_within(self, seconds: float) -> bool:
        until = time.monotonic() + seconds
        while self.alive():
            if time.monotonic() > until:
                return False
            time.sleep(0.02)
        return True


class Processes:
    """The processes of one home, each with a record in its `run` folder."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.running: list[Record] = []

    def start(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        environment: Mapping[str, str] | None = None,
        account: Account | None = None,
        stop_signal: int = signal.SIGTERM,
        grace_s: float = 10,
        folder: Path = Path("/"),
        stdin: str = "",
    ) -> Record:
        """Start `command` in a session of its own, its output in `log/<name>.log`, and write its record."""
        with (self.home.log / f"{name}.log").open("wb") as log:
            child = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.PIPE if stdin else subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=dict(environment) if environment is not None else None,
                cwd=folder,
                start_new_session=True,
                user=account.uid if account else None,
                group=account.gid if account else None,
                extra_groups=[] if account else None,
            )
        record = Record(name, child.pid, birth(child.pid) or "", stop_signal, grace_s, child)
        self.running.append(record)
        written = {
            "pid": record.pid,
            "birth": record.birth,
            "stop_signal": int(stop_signal),
            "grace_s": grace_s,
        }
        self._file(name).write_text(json.dumps(written))
        if child.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                child.stdin.write(stdin.encode())
                child.stdin.close()
        return record

    def stop(self, *names: str) -> None:
        """Stop `names`, or all of them: all are asked at once, and each is waited for."""
        chosen = [record for record in self.running if not names or record.name in names]
        for record in chosen:
            record.ask()
        for record in chosen:
            record.stop(asked=True)
            self.running.remove(record)
            self._file(record.name).unlink(missing_ok=True)

    def stop_left_over(self) -> list[str]:
        """Stop what an earlier launcher of this home started and could not stop; return the names."""
        stopped = []
        for file in sorted(
            self.home.run.glob("*.process"), key=lambda file: file.stat().st_mtime, reverse=True
        ):
            record = Record(file.stem, **json.loads(file.read_text() or '{"pid": 0, "birth": ""}'))
            if record.alive():
                record.stop()
                stopped.append(record.name)
            file.unlink()
        return stopped

    def ended(self) -> Record | None:
        """One that has ended by itself, if any has."""
        return next((record for record in self.running if not record.alive()), None)

    def await_ready(self, record: Record, ready: Callable[[], bool], *, within_s: float) -> None:
        """Return when `ready()` says so.

        Raises: Halt with the end of the log where the process ends first, or is not ready in time.
        """
        until = time.monotonic() + within_s
        log = self.home.log / f"{record.name}.log"
        while not ready():
            if not record.alive():
                raise Halt(f"{record.name} ended while it started.", f"read {log}", details=tail(log))
            if time.monotonic() > until:
                raise Halt(
                    f"{record.name} was not ready after {within_s:.0f} s.", f"read {log}", details=tail(log)
                )
            time.sleep(0.05)

    def _file(self, name: str) -> Path:
        return self.home.run / f"{name}.process"
