"""Words, tables and the demonstration year: brought up to date, and left alone where nothing has changed."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from launch import translations
from launch.commands import output, run
from launch.faults import Halt, tail
from launch.places import DATA, PYTHON, ROOT
from launch.say import Say
from launch.services import Services

PREPARED = DATA / "prepared"


def prepare(say: Say, services: Services, *, always_load: bool) -> list[dict[str, str]]:
    """Bring words, tables and the demonstration year up to date; return the accounts.

    With `always_load` false nothing is asked of the database when nothing has changed since the last time.
    """
    mark = _mark(services)
    changed = not PREPARED.exists() or PREPARED.read_text() != mark
    compile_words(say)
    if changed:
        with say.step("Tables"):
            manage(services, "migrate", "--no-input")
    accounts: list[dict[str, str]] = []
    if changed or always_load:
        with say.step("Demonstration year") as step:
            told = manage(services, "load_demonstration", "--json", progress=step.note)
            loaded: dict[str, Any] = json.loads(told)
            accounts = loaded["accounts"]
            step.note(f"{len(accounts)} accounts")
    PREPARED.write_text(mark)
    return accounts


def compile_words(say: Say) -> None:
    """Compile the translations that have changed."""
    stale = translations.stale()
    if stale:
        with say.step("Translations") as step:
            step.note(f"{len(stale)} compiled")
            log = DATA / "log" / "translations.log"
            if run([PYTHON, "-m", "launch.translations", *stale], log=log) != 0:
                raise Halt("The translations could not be compiled.", f"read {log}", details=tail(log))


def manage(services: Services, *arguments: str, progress: Callable[[str], None] | None = None) -> str:
    """Run a management command and return its standard output; what it tells of its way goes to `progress`."""
    log = services.home.log / f"{arguments[0]}.log"
    return output(
        [PYTHON, "manage.py", *arguments], log=log, environment=services.environment, progress=progress
    )


def _mark(services: Services) -> str:
    """Changes when the tables or the demonstration may have to."""
    found = hashlib.sha256(services.environment["DATABASE_URL"].encode())
    for file in sorted(ROOT.glob("*/migrations/*.py")):
        found.update(file.read_bytes())
    return found.hexdigest()
