"""`make test`: set up what is missing, start throw-away servers, run pytest, say how many passed."""

import json
import os
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from launch import packages, system
from launch.account import remove_folder
from launch.commands import deaf_to_signals, hand_over, stop_on_signals
from launch.faults import Halt
from launch.lock import Lock
from launch.places import PYTHON, TESTS
from launch.preparation import compile_words
from launch.processes import Processes
from launch.say import Say
from launch.servers import broker, minio, radosgw
from launch.services import Services

JOBS = 2
FAULTS = "tests/faults"
RESULT = TESTS.folder / "result.json"
NO_BROWSER = Halt(
    "There is no Chromium for the end-to-end tests.",
    "install chromium and run it again, name one with BAILU_CHROMIUM=, or run make test-fast",
)


def test(say: Say, *, browser: bool, faults: bool = False) -> int:
    """Run the tests; return pytest's exit status.

    Args:
        browser: those of the browser too.
        faults: those alone in which something dies, at their full size.
    """
    with _home(say) as home_processes:
        left = home_processes.stop_left_over()
        if left:
            say.line(f"  ✓ Stopped what an interrupted run had left: {', '.join(left)}")
        with say.step("Python packages") as step:
            step.note("as before")
            packages.ensure("dev", step)
        _programs(say, browser=browser)
        compile_words(say)
        services = Services(TESTS, say, for_tests=True)
        # Pages without collected files, and the demonstration's own: its accounts are in the tests too.
        services.environment |= {"BAILU_DEMO": "1", "LOG_LEVEL": services.given.get("LOG_LEVEL", "WARNING")}
        if browser and (found := system.chromium()):
            services.environment["BAILU_CHROMIUM"] = found
        if faults:
            services.environment["BAILU_FAULTS"] = "full"
        try:
            services.start()
            say.line()
            status = hand_over(
                _faults() if faults else _pytest(browser=browser),
                services.environment | {"BAILU_TEST_RESULT": str(RESULT)},
            )
        finally:
            deaf_to_signals()
            services.stop()
    say.line(closing_line())
    return status


@contextmanager
def _home(say: Say) -> Iterator[Processes]:
    """The tests' folder, locked, emptied before and after."""
    TESTS.prepare()
    lock = Lock(TESTS)
    if not lock.take("make test"):
        raise Halt(
            f"Tests are already running here (process {lock.holder().get('pid')}).",
            "wait for them, or stop them",
        )
    stop_on_signals()
    say.title("Bailu · tests")
    processes = Processes(TESTS)
    try:
        _clear()
        yield processes
    finally:
        _clear(but=(RESULT.name,))
        lock.let_go()


def _clear(but: tuple[str, ...] = ()) -> None:
    for entry in TESTS.folder.iterdir():
        if entry.is_symlink() or (entry.is_dir() and entry.name not in {"log", "run"}):
            remove_folder(entry)
        elif entry.is_file() and entry.name not in but:
            entry.unlink()


def missing_packages(*, browser: bool) -> list[str]:
    """The Debian packages whose programs are not here, and which nothing else stands in for."""
    missing = []
    if not (os.environ.get("CELERY_BROKER_URL") or broker.redis() or broker.rabbitmq()):
        missing.append("redis-server")
    # Production's broker, where it must be certain that the composition holds.
    if os.environ.get("CI") == "true" and not broker.rabbitmq():
        missing.append("rabbitmq-server")
    # Two kinds of S3 server where it must be certain; else one is enough.
    another_store = minio.minio() is not None and os.environ.get("CI") != "true"
    if not (os.environ.get("S3_ENDPOINT") or another_store or radosgw.radosgw()):
        missing += radosgw.DEBIAN_PACKAGES
    if not system.clamd():
        missing.append("clamav-daemon")
    if browser and not system.chromium():
        missing.append("chromium")
    if browser and not system.chinese_fonts():
        missing.append("fonts-noto-cjk")
    return missing


def _programs(say: Say, *, browser: bool) -> None:
    """Install what is missing where we may, else say what a person can install."""
    missing = missing_packages(browser=browser)
    if missing and system.can_install():
        with say.step("Programs") as step:
            missing = [system.browser_package(TESTS) if name == "chromium" else name for name in missing]
            step.note(f"apt-get install {' '.join(missing)}")
            system.install(missing, TESTS)
        return
    if "chromium" in missing and not system.playwright_browser():
        with say.step("Browser") as step:
            step.note("Playwright's own Chromium")
            if not system.install_playwright_browser(TESTS):
                raise NO_BROWSER
    if "fonts-noto-cjk" in missing:
        say.line("  · No Chinese font is here: pictures of pages will show boxes. Install fonts-noto-cjk.")


def _pytest(*, browser: bool) -> list[str | Path]:
    arguments = shlex.split(os.environ.get("ARGS", ""))
    command: list[str | Path] = [PYTHON, "-m", "pytest", "-p", "launch.closing"]
    if not any(argument.startswith(("-n", "--numprocesses")) for argument in arguments):
        command += ["-n", str(min(JOBS, os.cpu_count() or 1))]
        # What is loaded once for many tests is loaded by one process.
        command += ["--dist", "loadgroup"]
    if not browser:
        command += ["-m", "not e2e"]
    return command + list(arguments)


def _faults() -> list[str | Path]:
    """One after the other, each named as it ends: they take minutes."""
    arguments = shlex.split(os.environ.get("ARGS", ""))
    return [PYTHON, "-m", "pytest", "-p", "launch.closing", "-v", "--durations", "0", FAULTS, *arguments]


def closing_line() -> str:
    """`N passed, M failed`, and how many were skipped where some were: the last line of all."""
    if not RESULT.exists():
        return "0 passed, 1 failed"
    counts: dict[str, int] = json.loads(RESULT.read_text())
    failed = counts.get("failed", 0) + counts.get("error", 0)
    skipped = f", {counts['skipped']} skipped" if counts.get("skipped") else ""
    return f"{counts.get('passed', 0)} passed, {failed} failed{skipped}"
