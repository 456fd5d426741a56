"""States: each is declared, can be reached and has a way out; names stand once; limits have somebody to keep them."""

import ast
from collections import Counter
from collections.abc import Iterator

from workflows.engine.declare import Holder, Programme, State
from workflows.engine.prove.findings import Finding, found
from workflows.engine.prove.source import classes
from workflows.engine.prove.ways import reachable, ways
from workflows.engine.where import Where
from workflows.models import Application

# What Django's models do under a name, a step cannot be called.
TAKEN = frozenset(dir(Application))


def prove_states(programme: Programme) -> Iterator[Finding]:
    """Findings about states and the names of steps."""
    yield from _undeclared(programme)
    yield from _unreachable(programme)
    yield from _names(programme)


def prove_graph(programme: Programme) -> Iterator[Finding]:
    """Findings about where one version's steps lead, and about their time limits."""
    yield from _without_way_out(programme)
    yield from _limits(programme)


def _undeclared(programme: Programme) -> Iterator[Finding]:
    for step in programme.steps.values():
        named = [("starts from", s) for s in step.sources]
        named += [("leads to", step.target)] if isinstance(step.target, str) else []
        for verb, state in named:
            if state not in programme.states:
                yield found(
                    programme, "state-not-declared", step.where,
                    f"The step {step.name} {verb} “{state}”, which is not one of the states.",
                    f"Add the state “{state}” to `states` of the programme, or name another one.",
                )  # fmt: skip


def _unreachable(programme: Programme) -> Iterator[Finding]:
    if not programme.states:
        return
    # From a state that is not declared anything may come: that finding is enough.
    starts = {str(programme.states[0])} | _strange(programme)
    reached = reachable(starts, ways(programme))
    for state in programme.states:
        if state not in reached:
            yield found(
                programme, "state-unreachable", state.where,
                f"No way leads from “{programme.states[0]}” to the state “{state}”.",
                f"Declare a step that leads to “{state}”, or take it out of `states`.",
            )  # fmt: skip


def _without_way_out(programme: Programme) -> Iterator[Finding]:
    edges = ways(programme)
    ends = {str(state) for state in programme.states if state.outcome} | _strange(programme)
    stuck = [state for state in programme.states if state not in reachable(ends, edges, backwards=True)]
    for state in stuck:
        onward = reachable([str(state)], edges)
        # Of those that only lead to a trap, the trap alone is named.
        if all(str(state) in reachable([there], edges) for there in onward):
            yield found(
                programme, "state-without-way-out", state.where,
                f"A case in “{state}” can never end: no way leads from it to an outcome.",
                f"Declare a step out of “{state}”, or give it an outcome (good, bad or gone).",
            )  # fmt: skip


def _strange(programme: Programme) -> set[str]:
    named = {end for way in ways(programme) for end in (way.source, way.target)}
    return named - {str(state) for state in programme.states}


def _names(programme: Programme) -> Iterator[Finding]:
    for slug, times in Counter(map(str, programme.states)).items():
        if times > 1:
            again = [state for state in programme.states if state == slug][-1]
            yield found(
                programme, "state-twice", again.where, f"The state “{slug}” is declared {times} times.",
                "Give each state a slug of its own.",
            )  # fmt: skip
    for step in programme.steps.values():
        if step.name in TAKEN:
            yield found(
                programme, "step-name-taken", step.where,
                f"Every application has something called {step.name} already: the step would replace it.",
                "Give the step another name.",
            )  # fmt: skip
    for name, first, last in (*_assigned_twice(programme), *_hidden(programme)):
        yield found(
            programme, "step-twice", last,
            f"The step {name} is declared twice (first in line {first.line}): the first one is lost.",
            "Give one of them another name, or join them to one step with several sources.",
        )  # fmt: skip


def _hidden(programme: Programme) -> Iterator[tuple[str, Where, Where]]:
    """Steps of composite stages that have the name of another step."""
    for step in programme.steps.values():
        if step.hides is not None:
            yield step.name, step.hides, step.where


def _assigned_twice(programme: Programme) -> Iterator[tuple[str, Where, Where]]:
    """Names that the class body of the programme assigns more than once; Python keeps only the last."""
    for body in _bodies(programme):
        lines: dict[str, list[Where]] = {}
        file, node = body
        for line in node.body:
            if isinstance(line, ast.Assign) and isinstance(line.value, ast.Call):
                for target in line.targets:
                    if isinstance(target, ast.Name):
                        lines.setdefault(target.id, []).append(Where(file, line.lineno))
        yield from ((name, at[0], at[-1]) for name, at in lines.items() if len(at) > 1)


def _bodies(programme: Programme) -> Iterator[tuple[str, ast.ClassDef]]:
    """The class bodies in which the steps of the programme stand."""
    for file in {step.where.file for step in programme.steps.values()}:
        lines = [step.where.line for step in programme.steps.values() if step.where.file == file]
        for node in classes(file):
            if any(node.lineno <= line <= (node.end_lineno or 0) for line in lines):
                yield file, node


def _limits(programme: Programme) -> Iterator[Finding]:
    with_limit: dict[str, str] = {}
    for step in programme.steps.values():
        for source in step.sources if step.due else ():
            if isinstance(source, State) and (source.holder is Holder.NOBODY or source.outcome):
                yield found(
                    programme, "limit-nobody-keeps", step.where,
                    f"The time limit of {step.name} runs in “{source}”, where nobody has to act.",
                    "Take `due` away, or name a holder of the state.",
                )  # fmt: skip
            first = with_limit.setdefault(str(source), step.name)
            if first != step.name:
                yield found(
                    programme, "limit-twice", step.where,
                    f"Both {first} and {step.name} set a time limit in “{source}”: only the first one counts.",
                    "Leave `due` on the step that is expected there.",
                )  # fmt: skip
        if step.lapses and not (step.due and "system" in step.by):
            lacks = "a time limit (`due`)" if not step.due else "the role “system”"
            yield found(
                programme, "lapse-impossible", step.where,
                f"The step {step.name} is to happen by itself and lacks {lacks}.",
                "A step with `lapses` needs `due` and Role.SYSTEM in `by`.",
            )  # fmt: skip
