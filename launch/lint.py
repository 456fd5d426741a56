"""`make lint`: ruff and mypy; `make lock`: the pinned requirements."""

import os
from pathlib import Path

from launch import packages
from launch.commands import hand_over
from launch.faults import Halt
from launch.keys import MAKERS
from launch.places import DEMONSTRATION, VENV, program
from launch.say import Say

CHECKS: dict[str, list[str]] = {
    "ruff check": ["ruff", "check"],
    "ruff format": ["ruff", "format", "--check"],
    "mypy": ["mypy", "."],
}
COMPILE = ["pip", "compile", "-q", "--universal", "--python-version", "3.11", "--generate-hashes",
           "--no-emit-index-url", "--no-header"]  # fmt: skip
# What each file of requirements is compiled from; dev.txt contains base.txt, in the same versions.
SOURCES = {
    "base": ["pyproject.toml"],
    "dev": ["--group", "dev", "-c", "requirements/base.txt", "pyproject.toml"],
    "embedded": ["--group", "pyproject.toml:embedded"],
}


def lint(say: Say) -> int:
    """Run all three checks; 1 where one of them finds something."""
    DEMONSTRATION.prepare()
    with say.step("Python packages") as step:
        step.note("as before")
        packages.ensure("dev", step)
    # mypy's plugin loads the settings; it seals nothing with these.
    keys = {name: MAKERS[name]() for name in ("SECRET_KEY", "FIELD_KEYS", "BLIND_INDEX_KEY")}
    failed = []
    for title, command in CHECKS.items():
        say.line(f"\n  {title}")
        if hand_over([VENV / "bin" / command[0], *command[1:]], keys | dict(os.environ)) != 0:
            failed.append(title)
    if failed:
        say.line(f"\n  ✗ {', '.join(failed)}: see above")
    return 1 if failed else 0


def lock(say: Say) -> int:
    """Compile `requirements/*.txt` anew from `pyproject.toml`."""
    uv = program("uv") or next((path for path in [VENV / "bin" / "uv"] if path.exists()), None)
    if uv is None:
        raise Halt("The requirements are compiled by uv, and uv is not here.", "pip install uv")
    for name, source in SOURCES.items():
        out = Path("requirements") / f"{name}.txt"
        with say.step(str(out)):
            if hand_over([uv, *COMPILE, *source, "-o", out], os.environ) != 0:
                raise Halt(f"{out} could not be compiled.")
    return 0
