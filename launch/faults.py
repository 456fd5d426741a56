"""What stops the launcher: a sentence for a person, and the next step."""

from collections.abc import Sequence
from pathlib import Path


class Halt(Exception):  # noqa: N818 - an answer to a person, not a fault of the program
    """The work cannot go on. `sentence` says why, `next_step` what to do about it."""

    def __init__(self, sentence: str, next_step: str = "", *, details: Sequence[str] = ()) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.next_step = next_step
        self.details = list(details)


class Stopped(BaseException):
    """A person or the system asked us to end: Ctrl-C, a termination, or a terminal that closed."""


def tail(log: Path, lines: int = 12) -> list[str]:
    """The last lines of a log file, without empty ones; none where there is no file."""
    if not log.exists():
        return []
    text = log.read_text(encoding="utf-8", errors="replace")
    return [line for line in text.splitlines() if line.strip()][-lines:]
