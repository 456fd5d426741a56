"""Planning sessions: a draft, and where it is not proven best, the best that CP-SAT finds in the time given.

A draft is made in milliseconds and mostly costs as little as any plan could: then nothing is left to search for.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any

from workflows.review.planning.bounding import Counting, least_cost
from workflows.review.planning.comparing import groups_of
from workflows.review.planning.drafting import drafted, linked
from workflows.review.planning.explaining import PlanInfeasible, explain
from workflows.review.planning.judging import cost_of, keeps_rules
from workflows.review.planning.mending import least_repair, mended
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
    began = monotonic()
    check(asked)
    tell("first")
    found, bound = _drafted(asked, began)
    if found is None or not found.proven:
        found = _searched(asked, found, bound, seconds, began)
    if asked.rules.linked and len(found.groups) > 1:
        tell("linking")
        found = _linked(found, max(seconds - (monotonic() - began), 2.0))
    return replace(found, took_s=monotonic() - began)


def _drafted(asked: Question, began: float) -> tuple[Plan | None, int]:
    """A plan that needs no search, if there is one, and what no plan costs less than."""
    counting = Counting(asked)
    bound, splits = least_cost(counting)
    sessions: tuple[Session, ...] = ()
    if asked.standing:
        bound = least_repair(asked, bound)
        sessions = mended(asked)
    elif not (asked.project_pins or asked.expert_pins):
        sessions = drafted(asked, counting, splits, bound)
    took = monotonic() - began
    return Plan(asked, sessions, cost_of(asked, sessions), bound, took, took) if sessions else None, bound


def _searched(asked: Question, draft: Plan | None, bound: int, seconds: float, began: float) -> Plan:
    """The best plan that the solver finds; no worse than the draft.

    Raises:
        PlanInfeasible: there is none.
    """
    before = monotonic() - began
    model = Model(asked)
    if draft is not None:
        model.hint(draft.sessions)
    solved = _solved(model, seconds, bound)
    if solved is None and draft is None:
        raise PlanInfeasible(why=explain(asked, seconds=seconds).sentence)
    if solved is None or (draft is not None and draft.cost < solved.cost):
        assert draft is not None, "one of the two is there"
        return replace(draft, bound=max(bound, solved.bound if solved else bound))
    first = draft.first_s if draft is not None else before + solved.first_s
    return replace(solved, bound=max(bound, solved.bound), first_s=first)


def _linked(found: Plan, seconds: float) -> Plan:
    """The plan with panels that share experts, where there is one: by changing a few seats, or else by the solver.

    Only a plan that costs no more than any, linked or not, is proven best.
    """
    asked = found.asked
    sessions = linked(asked, found.sessions)
    if keeps_rules(asked, sessions) and len(groups_of(sessions)) == 1:
        found = replace(found, sessions=sessions, cost=cost_of(asked, sessions))
        if found.proven:
            return found
    model = Model(asked)
    model.link(found.sessions)
    model.hint(found.sessions)
    solved = _solved(model, seconds, found.bound)
    if solved is None or (len(found.groups) == 1 and found.cost <= solved.cost):
        return found
    return replace(solved, bound=found.bound, first_s=found.first_s)


def repair(
    asked: Question, held: tuple[Session, ...], gone: frozenset[tuple[int, int]], *, seconds: float = SECONDS
) -> Plan:
    """The plan after `gone` (expert, cell) cannot be any more, with as few changes to what was `held` as can be.

    Raises: as `plan`.
    """
    cells = len({one.cell for one in held})
    rules = replace(asked.rules, linked=False, sessions=cells)
    return plan(replace(asked, standing=held, gone=asked.gone | gone, rules=rules), seconds=seconds)


def _solved(model: Model, seconds: float, bound: int) -> Plan | None:
    """The best plan found in so many seconds; a plan that costs no more than `bound` ends the search."""
    from ortools.sat.python import cp_model  # noqa: PLC0415

    class Watch(cp_model.CpSolverSolutionCallback):
        """Keeps the time of the first plan, and stops at the best there can be."""

        first = 0.0

        def on_solution_callback(self) -> None:
            self.first = self.first or monotonic() - began
            if self.objective_value <= bound:
                self.stop_search()

    solver, watch = cp_model.CpSolver(), Watch()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = WORKERS
    solver.parameters.random_seed = 2019
    began = monotonic()
    status = solver.solve(model.cp, watch)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        # Proven impossible, or not found in time: either way the soft model says what would help.
        return None
    sessions = _read(model, solver)
    assert keeps_rules(model.asked, sessions), "the model has every rule"
    least = round(solver.best_objective_bound)
    return Plan(
        model.asked, sessions, cost_of(model.asked, sessions), least, watch.first, monotonic() - began
    )


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
