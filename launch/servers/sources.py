"""Where a server comes from: the first source that is there, in one order for all of them."""

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from launch.faults import Halt


class Source(Enum):
    """The sources, in the order in which they are taken."""

    ADDRESS = "address from the environment"
    PROGRAM = "installed"
    PACKAGE = "from a package"
    STAND_IN = "stand-in"


@dataclass(frozen=True)
class Offer:
    """What is there for one server."""

    server: str
    address: str = ""
    program: Path | None = None
    package: bool = False
    stand_in: bool = False
    what_to_install: str = ""

    def choose(self) -> Source:
        """The first source that is there.

        Raises: Halt that says what to install where there is none.
        """
        for source, there in (
            (Source.ADDRESS, bool(self.address)),
            (Source.PROGRAM, self.program is not None),
            (Source.PACKAGE, self.package),
            (Source.STAND_IN, self.stand_in),
        ):
            if there:
                return source
        raise Halt(f"There is no {self.server} on this machine.", self.what_to_install)
