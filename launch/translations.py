"""Compile the catalogues of `locale/`, with no need for the gettext programs."""

import sys
from pathlib import Path

from launch.places import ROOT


def stale(root: Path = ROOT) -> list[Path]:
    """The catalogues that are newer than what was compiled from them."""
    found = sorted(root.glob("locale/*/LC_MESSAGES/*.po")) + sorted(root.glob("*/locale/*/LC_MESSAGES/*.po"))
    return [
        po for po in found if not _compiled(po).exists() or _compiled(po).stat().st_mtime < po.stat().st_mtime
    ]


def compile_catalogue(po: Path) -> Path:
    """Write the `.mo` beside `po` and return its path; fuzzy and empty ones are left out, as by msgfmt."""
    import polib  # noqa: PLC0415 - this function runs in the virtual environment, its module also outside of it

    fresh = po.with_suffix(".mo.new")
    polib.pofile(str(po), encoding="utf-8").save_as_mofile(str(fresh))
    # In one move: a server that starts meanwhile reads the old or the new, never half of one.
    return fresh.replace(_compiled(po))


def _compiled(po: Path) -> Path:
    return po.with_suffix(".mo")


if __name__ == "__main__":
    for name in sys.argv[1:]:
        compile_catalogue(Path(name))
