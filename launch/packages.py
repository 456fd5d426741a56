"""The virtual environment: pinned and hashed packages, and no registry asked while nothing has changed."""

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

from launch.commands import run
from launch.faults import Halt, tail
from launch.places import DATA, PYTHON, ROOT, VENV, program
from launch.say import Step

REQUIREMENTS = ROOT / "requirements"
STAMP = VENV / "installed.json"
LOG = DATA / "log" / "packages.log"
# What dev.txt contains; `make lock` compiles it under the constraints of base.txt.
CONTAINS = {"dev": ["base"]}


def ensure(name: str, step: Step) -> None:
    """Make sure that all of `requirements/<name>.txt` is in `.venv`; ask nobody when it already is.

    Raises: Halt where the environment cannot be made, or the registry not be reached.
    """
    if not VENV.exists() or not PYTHON.exists():
        step.note("making .venv")
        _make_environment()
    file = REQUIREMENTS / f"{name}.txt"
    wanted = digest(file)
    if wanted in _installed():
        return
    _install(file, step)
    known = [wanted, *(digest(REQUIREMENTS / f"{part}.txt") for part in CONTAINS.get(name, []))]
    STAMP.write_text(json.dumps(sorted({*_installed(), *known}), indent=1))


def digest(file: Path) -> str:
    """What a requirements file asks for, as one line."""
    return f"{file.stem}:{hashlib.sha256(file.read_bytes()).hexdigest()}"


def site_packages() -> Path:
    """Where the packages of `.venv` lie."""
    return next((VENV / "lib").glob("python3*/site-packages"))


def _installed() -> list[str]:
    return list(json.loads(STAMP.read_text())) if STAMP.exists() else []


def _make_environment() -> None:
    shutil.rmtree(VENV, ignore_errors=True)
    uv = program("uv")
    maker: list[str | Path] = (
        [uv, "venv", "--python", sys.executable, VENV] if uv else [sys.executable, "-m", "venv", VENV]
    )
    if run([*maker, VENV], log=LOG) != 0:
        shutil.rmtree(VENV, ignore_errors=True)
        raise explained(LOG.read_text(), "The virtual environment .venv could not be made.")


def _install(file: Path, step: Step) -> None:
    pinned = sum("==" in line for line in file.read_text().splitlines() if line[:1].isalnum())
    seen: set[str] = set()

    def count(line: str) -> None:
        word, _, rest = line.strip().partition(" ")
        if word == "Collecting":
            seen.add(rest.split("==")[0].split(" ")[0])
            step.note(f"{len(seen)} of {pinned} packages, {rest.split('==')[0].split(' ')[0]}")
        elif line.startswith("Installing collected"):
            step.note(f"installing {pinned} packages")

    step.note(f"{pinned} packages")
    if run([*_installer(), "--require-hashes", "-r", file], log=LOG, each_line=count) != 0:
        raise explained(LOG.read_text(), "The Python packages could not be installed.")
    step.note(f"{pinned} packages installed")


def _installer() -> list[str | Path]:
    uv = program("uv")
    if uv:
        return [uv, "pip", "install", "--python", PYTHON, "--compile-bytecode"]
    has_pip = subprocess.run([PYTHON, "-c", "import pip"], capture_output=True, check=False).returncode == 0
    if not has_pip and run([PYTHON, "-m", "ensurepip"], log=LOG) != 0:
        raise explained(LOG.read_text(), "There is neither pip nor uv to install packages with.")
    return [PYTHON, "-m", "pip", "install", "--no-input", "--disable-pip-version-check", "--retries", "2"]


def explained(text: str, sentence: str) -> Halt:
    """The cause that a person can do something about, read from what the installer wrote."""
    causes = {
        ("No space left", "Errno 28", "os error 28"): (
            "The disk is full.",
            "free about 1 GB and run it again",
        ),
        ("ensurepip is not", "No module named venv", "No module named ensurepip"): (
            "This Python lacks the module venv.",
            "apt-get install python3-venv, or name another Python: make demo PYTHON=python3.12",
        ),
        ("DO NOT MATCH THE HASHES", "Hash mismatch"): (
            "A package is not the one that was pinned.",
            "run it again; if it happens twice, tell the maintainers, and install nothing from that registry",
        ),
        ("name resolution", "NewConnectionError", "ConnectTimeout", "Max retries", "unreachable", "dns error",
         "Failed to fetch", "from versions: none", "ProxyError"): (
            "The package registry does not answer.",
            "check the network (and PIP_INDEX_URL, if you use a mirror), then run it again",
        ),
    }  # fmt: skip
    for signs, (cause, next_step) in causes.items():
        if any(sign in text for sign in signs):
            return Halt(f"{sentence} {cause}", next_step)
    return Halt(sentence, f"read {LOG}", details=tail(LOG))
