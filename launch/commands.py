"""Commands that we wait for: their output in a log, or handed through to the person."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType

from launch.faults import Halt, Stopped, tail
from launch.places import ROOT

TELLS = "· "


def run(
    command: Sequence[str | Path],
    *,
    log: Path,
    environment: Mapping[str, str] | None = None,
    each_line: Callable[[str], None] | None = None,
) -> int:
    """Run `command` in the clone, its output to `log` and line by line to `each_line`; return its status."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w", encoding="utf-8", errors="replace") as out:
        child = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=dict(environment) if environment is not None else None,
            cwd=ROOT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        with _ended_with_us(child):
            for line in child.stdout or ():
                out.write(line)
                if each_line is not None:
                    each_line(line.rstrip())
            return child.wait()


def output(
    command: Sequence[str | Path],
    *,
    log: Path,
    environment: Mapping[str, str],
    progress: Callable[[str], None] | None = None,
) -> str:
    """Run `command` in the clone and return its standard output; standard error goes to `log`.

    A line of standard error that begins with "· " tells how far it is, and goes to `progress`.

    Raises: Halt with the end of the log where it fails.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    child = subprocess.Popen(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=dict(environment),
        cwd=ROOT,
        text=True,
        errors="replace",
        start_new_session=True,
    )

    def read_errors() -> None:
        with log.open("w", encoding="utf-8") as out:
            for line in child.stderr or ():
                out.write(line)
                if progress is not None and line.startswith(TELLS):
                    progress(line.removeprefix(TELLS).rstrip())

    reader = threading.Thread(target=read_errors, daemon=True)
    reader.start()
    with _ended_with_us(child):
        text = child.stdout.read() if child.stdout else ""
        child.wait()
        reader.join()
    if child.returncode:
        shown = " ".join(str(part) for part in command[1:3])
        raise Halt(f"{shown} failed (exit status {child.returncode}).", f"read {log}", details=tail(log))
    return text


def hand_over(command: Sequence[str | Path], environment: Mapping[str, str]) -> int:
    """Run `command` in the clone with our own input and output; return its exit status as a shell would.

    Ctrl-C reaches the command through the terminal; it decides what that means, and we wait for its end.
    """
    child = subprocess.Popen([str(part) for part in command], env=dict(environment), cwd=ROOT)

    def pass_on(number: int, _frame: FrameType | None) -> None:
        if number != signal.SIGINT or not sys.stdin.isatty():
            with contextlib.suppress(ProcessLookupError):
                child.send_signal(number)

    with signals(pass_on):
        status = child.wait()
    return 128 - status if status < 0 else status


@contextlib.contextmanager
def signals(handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """While the block runs, `handler` hears Ctrl-C, a termination and a terminal that closes."""
    heard = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, handler) for number in heard}
    try:
        yield
    finally:
        for number, former in before.items():
            signal.signal(number, former)


def stop_on_signals() -> None:
    """From now on Ctrl-C, a termination and a closed terminal raise `Stopped` in the main thread."""

    def stop(number: int, _frame: FrameType | None) -> None:
        raise Stopped(signal.Signals(number).name)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)


def deaf_to_signals() -> None:
    """From now on the same signals are ignored: what is being stopped is stopped to the end."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


@contextlib.contextmanager
def _ended_with_us(child: subprocess.Popen[str] | subprocess.Popen[bytes]) -> Iterator[None]:
    try:
        yield
    except BaseException:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGTERM)
        try:
            child.wait(5)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        raise
