"""Where things are: the clone, its data folder, its virtual environment."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
DATA = ROOT / ".data"


@dataclass(frozen=True)
class Home:
    """One data folder with its own servers: the demonstration's, or the tests'."""

    folder: Path

    @property
    def run(self) -> Path:
        """Records of running processes, and the lock."""
        return self.folder / "run"

    @property
    def log(self) -> Path:
        """One file for each process."""
        return self.folder / "log"

    def prepare(self) -> None:
        """Make the folders that everything else expects."""
        for folder in (self.folder, self.run, self.log):
            folder.mkdir(parents=True, exist_ok=True)


DEMONSTRATION = Home(DATA)
TESTS = Home(DATA / "test")


def cache() -> Path:
    """The user's folder for what outlives a clone: a built MinIO."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "bailu"


def search_path() -> list[Path]:
    """Folders in which programs are looked for. `BAILU_SEARCH_PATH` replaces all of them (may be empty)."""
    given = os.environ.get("BAILU_SEARCH_PATH")
    path = given if given is not None else os.environ.get("PATH", os.defpath)
    return [Path(part) for part in path.split(os.pathsep) if part]


def program(*names: str) -> Path | None:
    """The first of `names` that is installed."""
    path = os.pathsep.join(str(folder) for folder in search_path())
    for name in names:
        found = shutil.which(name, path=path) if path else None
        if found:
            return Path(found)
    return None
