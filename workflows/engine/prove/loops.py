"""Loops: nobody is sent back without end."""

from collections.abc import Iterator

from accounts.models import APPLICANT_ROLES, Role
from workflows.engine.declare import Holder, Programme
from workflows.engine.prove.findings import Finding, found
from workflows.engine.prove.ways import Way, circles, ways

OFFICERS = frozenset(Role) - APPLICANT_ROLES


def prove_loops(programme: Programme) -> Iterator[Finding]:
    """Every circle that an officer can go round again and again without anything that ends it.

    A circle ends where one of its steps is limited (`at_most`). One that stays with the offices ends as well:
    the promised date runs on, and each state has a time limit. One that leads through the applicant's hands,
    or where the clock stands still, or where no state has a time limit, does not.
    """
    edges = [way for way in ways(programme) if way.step.at_most is None]
    calm = {str(s) for s in programme.states if s.stops_clock or s.holder is Holder.APPLICANT}
    timeless = {str(s) for s in programme.states if programme.due_step(s) is None}
    named: set[str] = set()
    outside = [way for way in edges if way.source in timeless and way.target in timeless]
    for knot in [*circles(edges), *circles(outside)]:
        states = {way.source for way in knot}
        if not (states & calm or states <= timeless):
            continue
        for way in _sending_back(programme, knot, calm):
            if way.step.name not in named:
                named.add(way.step.name)
                yield found(
                    programme, "loop-without-end", way.step.where,
                    f"With {way.step.name} a case can go round {_spoken(states)} again and again.",
                    f"Limit it: `at_most=` a number of times for {way.step.name}.",
                )  # fmt: skip


def _sending_back(programme: Programme, knot: list[Way], calm: set[str]) -> list[Way]:
    """The officers' edges of a knot that send back: into the applicant's hands, else to an earlier state."""
    theirs = [way for way in knot if way.step.by & OFFICERS]
    order = {str(state): n for n, state in reversed(list(enumerate(programme.states)))}
    return (
        [way for way in theirs if way.target in calm]
        or [way for way in theirs if order.get(way.target, 0) <= order.get(way.source, 0)]
        or theirs
    )


def _spoken(states: set[str]) -> str:
    return " – ".join(sorted(states))
