"""The ways through a programme as a graph: which step leads a case from which state to which."""

from collections.abc import Iterable
from dataclasses import dataclass

from workflows.engine.declare import Programme, Resume, State, Step


@dataclass(frozen=True, slots=True)
class Way:
    """One edge that moves a case."""

    source: str
    step: Step
    target: str


def ways(programme: Programme) -> list[Way]:
    """Every edge that moves a case; `Resume` leads to wherever cases are set aside from."""
    found: list[Way] = []
    for step in programme.steps.values():
        for source in step.sources:
            if isinstance(step.target, str):
                found.append(Way(str(source), step, str(step.target)))
            elif step.target is Resume:
                found += [Way(str(source), step, back) for back in _set_aside_from(programme, source)]
    return found


def _set_aside_from(programme: Programme, state: str) -> list[str]:
    """From where a step sets cases aside in `state`."""
    return sorted(
        str(source)
        for step in programme.steps.values()
        if isinstance(step.target, State) and step.target == state and step.target.stops_clock
        for source in step.sources
    )


def reachable(starts: Iterable[str], edges: Iterable[Way], *, backwards: bool = False) -> set[str]:
    """The states that can be reached from `starts` (or from which they can be reached), themselves included."""
    nexts: dict[str, set[str]] = {}
    for way in edges:
        here, there = (way.target, way.source) if backwards else (way.source, way.target)
        nexts.setdefault(here, set()).add(there)
    seen = set(starts)
    waiting = list(seen)
    while waiting:
        for there in nexts.get(waiting.pop(), set()) - seen:
            seen.add(there)
            waiting.append(there)
    return seen


def circles(edges: list[Way]) -> list[list[Way]]:
    """The edges that stand in circles, those of one knot of circles together."""
    after = {way.source: set[str]() for way in edges}
    for way in edges:
        after[way.source] |= reachable([way.target], edges)
    knots: dict[frozenset[str], list[Way]] = {}
    for way in edges:
        if way.target == way.source or way.source in after.get(way.target, ()):
            together = {state for state in after[way.source] if way.source in after.get(state, ())}
            knots.setdefault(frozenset(together), []).append(way)
    return list(knots.values())
