"""What the launcher tells: one line for each step, with the time it took."""

import contextlib
import shutil
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from typing import TextIO

from launch.faults import Halt

TITLE_WIDTH = 22
STILL_AT_IT_SECONDS = 15


class Say:
    """Prints to `out`; on a terminal the step under way counts its seconds."""

    def __init__(self, out: TextIO | None = None) -> None:
        self.out = out or sys.stdout
        self.live = self.out.isatty()
        self.began = time.monotonic()

    def line(self, text: str = "") -> None:
        """Write one line. A terminal that has gone away is no reason to fail."""
        with contextlib.suppress(OSError, ValueError):
            self.out.write(f"{text}\n")
            self.out.flush()

    def title(self, text: str) -> None:
        self.line()
        self.line(self.strong(text))
        self.line()

    def strong(self, text: str) -> str:
        return f"\033[1m{text}\033[0m" if self.live else text

    def elapsed_s(self) -> float:
        return time.monotonic() - self.began

    def halt(self, fault: Halt) -> None:
        """Say why it ends here, and what to do next."""
        self.line()
        for detail in fault.details:
            self.line(f"    {detail}")
        self.line(f"  ✗ {fault.sentence}")
        if fault.next_step:
            self.line(f"    Next: {fault.next_step}")
        self.line()

    @contextlib.contextmanager
    def step(self, title: str) -> Iterator["Step"]:
        """Show `title` while the block runs; then one line with its note and its time."""
        step = Step(self, title)
        step.start()
        try:
            yield step
        except BaseException:
            step.end("✗")
            raise
        step.end("✓")

    def table(self, rows: Sequence[Sequence[str]]) -> None:
        """Rows in columns, Chinese characters counted as two wide."""
        widths = [max(width(row[column]) for row in rows) for column in range(len(rows[0]))] if rows else []
        for row in rows:
            cells = [cell + " " * (size - width(cell)) for cell, size in zip(row, widths, strict=True)]
            self.line("  " + "   ".join(cells).rstrip())


class Step:
    """A step under way."""

    def __init__(self, say: Say, title: str) -> None:
        self.say = say
        self.title = title
        self.text = ""
        self.began = time.monotonic()
        self.ended = threading.Event()
        self.ticker = threading.Thread(target=self._tick, daemon=True)

    def note(self, text: str) -> None:
        """What the line says beside the title; the last note stays."""
        self.text = text

    def start(self) -> None:
        self.ticker.start()

    def end(self, mark: str) -> None:
        self.ended.set()
        self.ticker.join()
        if self.say.live:
            with contextlib.suppress(OSError, ValueError):
                self.say.out.write("\r\033[K")
        self.say.line(self._line(mark))

    def _line(self, mark: str) -> str:
        seconds = f"{time.monotonic() - self.began:6.1f} s"
        return f"  {mark} {self.title:<{TITLE_WIDTH}}{seconds}   {self.text}".rstrip()

    def _tick(self) -> None:
        wait_s = 0.2 if self.say.live else STILL_AT_IT_SECONDS
        while not self.ended.wait(wait_s):
            if self.say.live:
                columns = shutil.get_terminal_size().columns
                with contextlib.suppress(OSError, ValueError):
                    self.say.out.write(f"\r\033[K{self._line('…')[: columns - 1]}")
                    self.say.out.flush()
            else:
                self.say.line(self._line("…"))


def width(text: str) -> int:
    """Columns that `text` takes in a terminal."""
    return sum(2 if ord(character) >= 0x1100 else 1 for character in text)
