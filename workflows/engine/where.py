"""Where something was declared: the file and the line that somebody has to open to mend it."""

import sys
from pathlib import Path
from types import FrameType
from typing import NamedTuple

# The project's folder: what a person names a file by starts below it.
ROOT = Path(__file__).resolve().parents[2]
# Who declares on behalf of a programme: the line that counts is the programme's own.
_DECLARING = ("workflows.engine.", "workflows.stages.", "workflows.stages")


class Where(NamedTuple):
    """A file, as its frame names it, and a line of it."""

    file: str
    line: int

    @property
    def shown(self) -> str:
        """The file below the project's folder where it lies there, else its whole path."""
        file = Path(self.file)
        return str(file.relative_to(ROOT)) if file.is_relative_to(ROOT) else str(file)


def declared_here() -> Where:
    """The nearest line up the stack that declares something for itself, not on behalf of a programme."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and _on_behalf(frame):
        frame = frame.f_back
    return Where(frame.f_code.co_filename, frame.f_lineno) if frame else Where("", 0)


def _on_behalf(frame: FrameType) -> bool:
    # What such a module declares at its own top level is its own: a guard that programmes share.
    return frame.f_code.co_name != "<module>" and frame.f_globals.get("__name__", "").startswith(_DECLARING)
