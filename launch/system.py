"""Programs of the machine that the tests need: found, or installed by apt-get, or named."""

import contextlib
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from launch.commands import run
from launch.faults import Halt
from launch.places import PYTHON, Home, program

# Debian asks this program whether a freshly installed service may start; exit status 101 says no.
POLICY = Path("/usr/sbin/policy-rc.d")
CLAMD = Path("/usr/sbin/clamd")
# Without windows it draws the same pages with half the work, where the distribution has it.
HEADLESS = "chromium-headless-shell"
CHROMIUM = (HEADLESS, "chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
CHROME_ON_A_MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")


def can_install() -> bool:
    """Whether we may run apt-get: as root, on a Debian or what descends from it."""
    return os.geteuid() == 0 and program("apt-get") is not None


def install(packages: Sequence[str], home: Home) -> None:
    """Install Debian packages; no service that they bring is started.

    Raises: Halt where apt-get fails.
    """
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    with _no_service_starts():
        _apt_get(packages, home, environment)


def _apt_get(packages: Sequence[str], home: Home, environment: Mapping[str, str]) -> None:
    command = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    log = home.log / "apt-get.log"
    if run(command, log=log, environment=environment) == 0:
        return
    # A machine that was never asked before has no lists.
    run(["apt-get", "update"], log=home.log / "apt-get-update.log", environment=environment)
    if run(command, log=log, environment=environment) != 0:
        raise Halt(f"apt-get could not install {', '.join(packages)}.", f"read {log}")


@contextlib.contextmanager
def _no_service_starts() -> Iterator[None]:
    if POLICY.exists():
        yield
        return
    POLICY.write_text(
        "#!/bin/sh\n# Written by Bailu's launcher while it installs programs for its tests.\nexit 101\n"
    )
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink()


def clamd() -> bool:
    """Whether the malware scanner is here, whose own tests are skipped without it."""
    return program("clamd") is not None or ("BAILU_SEARCH_PATH" not in os.environ and CLAMD.exists())


def chromium() -> str | None:
    """The browser for the end-to-end tests: the one named, else an installed one; None without either."""
    named = os.environ.get("BAILU_CHROMIUM")
    if named:
        return named
    found = program(*CHROMIUM)
    if found:
        return str(found)
    return str(CHROME_ON_A_MAC) if CHROME_ON_A_MAC.exists() else None


def browser_package(home: Home) -> str:
    """The Debian package of the browser for the tests."""
    known = ["apt-cache", "show", HEADLESS]
    log = home.log / "apt-cache.log"
    if run(known, log=log) == 0:
        return HEADLESS
    # A machine that was never asked before has no lists.
    run(["apt-get", "update"], log=home.log / "apt-get-update.log")
    return HEADLESS if run(known, log=log) == 0 else "chromium"


def playwright_browser() -> bool:
    """Whether Playwright has a Chromium of its own."""
    script = (
        "from playwright.sync_api import sync_playwright as start; p = start().start();"
        "print(p.chromium.executable_path); p.stop()"
    )
    asked = subprocess.run([PYTHON, "-c", script], capture_output=True, text=True, check=False)
    return asked.returncode == 0 and Path(asked.stdout.strip()).exists()


def install_playwright_browser(home: Home) -> bool:
    """Fetch Playwright's own Chromium; False where that cannot be had."""
    return run([PYTHON, "-m", "playwright", "install", "chromium"], log=home.log / "playwright.log") == 0


def chinese_fonts() -> bool:
    """Whether Chinese text has a font, as far as can be known here."""
    fc_list = program("fc-list")
    if fc_list is None:
        return any(Path("/System/Library/Fonts").glob("PingFang*")) or Path("/Library/Fonts").exists()
    shown = subprocess.run([fc_list, ":lang=zh", "family"], capture_output=True, text=True, check=False)
    return bool(shown.stdout.strip())
