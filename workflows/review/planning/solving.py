"""Planning sessions: the best plan that CP-SAT finds in the time given, and the repair that changes least."""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any

from workflows.review.planning.comparing import groups_of
from workflows.review.planning.explaining import PlanInfeasible, explain
from workflows.review.planning.model import Model
from workflows.review.planning.ordering import in_order
from workflows.review.planning.question import Question, Session, check

SECONDS = 20.0
# As many threads as processors: with more, a busy machine finds its first plan later.
WORKERS = max(2, min(8, os.cpu_count() or 2))


@dataclass(frozen=True)
class Plan:
    """Sessions in order of time, who leaves for which project, and how good it is.

    `bound` is what no plan can cost less than; where it equals `cost` the plan is proven best.
    """

    asked: Question
    sessions: tuple[Session, ...]
    cost: int
    bound: int
    first_s: float
    took_s: float

    @property
    def proven(self) -> bool:
        return self.cost <= self.bound

    @property
    def recusals(self) -> list[tuple[int, int]]:
        """(expert, project) for whom somebody leaves the room."""
        conflicts = self.asked.conflicts
        return [
            (expert, project)
            for one in self.sessions
            for project in one.projects
            for expert in one.panel
            if (expert, project) in conflicts
        ]

    @property
    def groups(self) -> list[set[int]]:
        """The cells whose panels share experts, even through others; more than one: not all scores are comparable."""
        return groups_of(self.sessions)

    @property
    def loads(self) -> dict[int, int]:
        """How many sessions each expert who sits at all has."""
        found: dict[int, int] = {}
        for one in self.sessions:
            for expert in one.panel:
                found[expert] = found.get(expert, 0) + 1
        return found


def plan(
    asked: Question, *, seconds: float = SECONDS, tell: Callable[[str], None] = lambda _phase: None
) -> Plan:
    """The best plan found in about `seconds`; a question with `standing` sessions is repaired instead.

    Where panels are to share experts and can, they do; where they cannot, the plan is given all the same, and its
    `groups` say so.

    Raises:
        TwoRooms, PlanningFault: the question contradicts itself.
        PlanInfeasible: no plan keeps every rule; who lacks what is named, and what would help.
    """
    check(asked)
    began = monotonic()
    model = Model(asked)
    tell("first")
    found = _solved(model, seconds)
    if found is None:
        raise PlanInfeasible(why=explain(asked, seconds=seconds).sentence)
    if asked.rules.linked and len(found.groups) > 1:
        tell("linking")
        model.link(found.sessions)
        model.hint(found.sessions)
        linked = _solved(model, max(seconds - (monotonic() - began), 2.0))
        if linked is not None:
            found = replace(linked, first_s=found.first_s)
    return replace(found, took_s=monotonic() - began)


def repair(
    asked: Question, held: tuple[Session, ...], gone: frozenset[tuple[int, int]], *, seconds: float = SECONDS
) -> Plan:
    """The plan after `gone` (expert, cell) cannot be any more, with as few changes to what was `held` as can be.

    Raises: as `plan`.
    """
    cells = len({one.cell for one in held})
    rules = replace(asked.rules, linked=False, sessions=cells)
    return plan(replace(asked, standing=held, gone=asked.gone | gone, rules=rules), seconds=seconds)


def _solved(model: Model, seconds: float) -> Plan | None:
    from ortools.sat.python import cp_model  # noqa: PLC0415

    class First(cp_model.CpSolverSolutionCallback):
        """Keeps the time of the first plan."""

        at = 0.0

        def on_solution_callback(self) -> None:
            self.at = self.at or monotonic() - began

    solver, first = cp_model.CpSolver(), First()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = WORKERS
    solver.parameters.random_seed = 2019
    began = monotonic()
    status = solver.solve(model.cp, first)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        # Proven impossible, or not found in time: either way the soft model says what would help.
        return None
    sessions = _read(model, solver)
    cost, bound = round(solver.objective_value), round(solver.best_objective_bound)
    return Plan(model.asked, sessions, cost, bound, first.at, monotonic() - began)


def _read(model: Model, solver: Any) -> tuple[Session, ...]:
    asked = model.asked
    found = []
    for cell in sorted(range(len(asked.cells)), key=lambda one: asked.cells[one]):
        projects = [one for one in range(len(asked.projects)) if _yes(solver, model.hears.get((one, cell)))]
        panel = tuple(one for one in range(len(asked.experts)) if _yes(solver, model.sits.get((one, cell))))
        if projects:
            found.append(Session(cell, in_order(projects, panel, asked.conflicts), panel))
    return tuple(found)


def _yes(solver: Any, variable: Any) -> bool:
    return variable is not None and bool(solver.boolean_value(variable))
