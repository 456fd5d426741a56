"""What a proof finds: one mistake of a declaration, at its place, with what to do about it."""

from dataclasses import asdict, dataclass
from typing import Any

from workflows.engine.declare import Programme
from workflows.engine.where import Where


@dataclass(frozen=True, slots=True)
class Finding:
    """One mistake: a stable code, what is wrong, how to mend it, and the file and line to open."""

    code: str
    programme: str
    words: str
    mend: str
    file: str
    line: int

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def place(self) -> tuple[str, int, str]:
        """What findings are ordered by."""
        return self.file, self.line, self.code


def found(programme: Programme, code: str, where: Where, words: str, mend: str) -> Finding:
    """A finding about `programme` at `where`."""
    return Finding(code, programme.slug, words, mend, where.shown, where.line)
