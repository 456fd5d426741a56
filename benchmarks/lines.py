"""What every benchmark prints: one line for each thing measured, the same columns for all."""

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One thing measured: medians of ours, the bare floor and the peer, and what the goal says of them."""

    name: str
    ours_s: float
    floor_s: float | None = None
    peer_s: float | None = None
    # Ours over the floor: by the clock, and by the processors of client and server, where others do not count.
    ratio: float | None = None
    ratio_cpu: float | None = None
    # Round trips to the database, BEGIN and COMMIT of the step's own transaction included.
    statements: int | None = None
    goal: str = ""
    # None where there is no goal.
    holds: bool | None = None
    # What else was measured, in words.
    also: str = ""

    def __post_init__(self) -> None:
        if self.holds is not None and not self.goal:
            raise ValueError(f"{self.name}: a goal that is not said cannot hold")


def over(ours: float, floor: float) -> float:
    return round(ours / floor, 2)


def told(lines: Iterable[Line]) -> None:
    """Print them as one line of JSON, the last of standard output."""
    sys.stdout.write(json.dumps([asdict(line) for line in lines], ensure_ascii=False) + "\n")


def at(what: str) -> None:
    """Say how far it is."""
    sys.stderr.write(f"· {what}\n")
    sys.stderr.flush()
