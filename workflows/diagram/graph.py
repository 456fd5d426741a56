"""A programme as a graph to be drawn: its states, and between two of them one line with the steps along it."""

from collections.abc import Iterable
from dataclasses import dataclass

from config.words import T
from workflows.engine.declare import Programme, State, Step


@dataclass(frozen=True, slots=True)
class Line:
    """What leads between two states: the steps from `source` to `target`, and those of the way back, if any."""

    source: str
    target: str
    there: tuple[Step, ...]
    back: tuple[Step, ...] = ()

    @property
    def label(self) -> T:
        """The steps' own words, first there, then back."""
        labels = [step.label for step in dict.fromkeys((*self.there, *self.back))]
        return T(en=" / ".join(words.en for words in labels), zh="／".join(words.zh for words in labels))


@dataclass(frozen=True, slots=True)
class Graph:
    """States in the order of declaration, and the lines between them."""

    states: tuple[State, ...]
    lines: tuple[Line, ...]


def moves(programme: Programme, policy: str = "") -> list[tuple[str, Step, str]]:
    """(source, step, target) of every declared move from a state to another one, in one policy version or in all."""
    return [
        (source, programme.steps[name], target)
        for source, name, target in programme.edges(policy)
        if source and source != target
    ]


def graph_of(programme: Programme, policy: str = "") -> Graph:
    """The graph of a programme or of one of its policy versions; there and back between two states is one line."""
    found: dict[tuple[str, str], list[Step]] = {}
    for source, step, target in moves(programme, policy):
        found.setdefault((source, target), []).append(step)
    order = {str(state): n for n, state in enumerate(programme.states)}
    lines = [
        Line(source, target, tuple(steps), tuple(found.get((target, source), ())))
        for (source, target), steps in found.items()
        if (target, source) not in found or order[source] < order[target]
    ]
    return Graph(programme.states_in(policy) if policy else programme.states, tuple(lines))


def wrapped(words: str, width_em: float) -> list[str]:
    """`words` broken into lines of at most `width_em`: between two steps, else at spaces, within Chinese anywhere."""
    if "／" in words and width_of(words) > width_em:
        first, _, rest = words.partition("／")
        return [*wrapped(first, width_em), *wrapped(rest, width_em)]
    lines, line = [], ""
    for piece in _pieces(words):
        if line and width_of(line + piece.rstrip()) > width_em:
            lines.append(line.rstrip())
            line = ""
        line += piece
    return [*lines, line.rstrip()] if line.strip() else lines


def width_of(words: str) -> float:
    """The width of `words` in em, near enough to leave room for them: a Chinese character is one em wide."""
    return sum(1.0 if ord(letter) > 0x2E80 else 0.58 for letter in words)


def _pieces(words: str) -> Iterable[str]:
    piece = ""
    for letter in words:
        piece += letter
        if letter == " " or ord(letter) > 0x2E80:
            yield piece
            piece = ""
    if piece:
        yield piece
