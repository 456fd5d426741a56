"""The network that a question is, and OR-tools' min-cost flow over it. Arrays all the way; nothing is looped over.

Case → (its candidates of one employer, at most one) → expert → everybody. Each case supplies the experts that it needs,
each expert takes their least load as a demand and may take more, up to their most: so least loads are kept exactly,
and not by a price (Ahuja, Magnanti, Orlin 1993, section 2.4). Only where that is impossible there are further arcs,
each with its price: what they carry is what is missing, or what would have to give way.
"""

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import ArrayLike

from config.errors import Refusal
from config.words import T
from workflows.review.assignment.problem import BEST, Ints, Problem


class SolverRefused(Refusal):
    """The solver has no answer and no infeasibility to report: the numbers are beyond it."""

    code = "assignment_too_large"
    status = 422
    words = T(
        en="The solver cannot answer this ({status}). Assign fewer cases at a time.",
        zh="求解器无法处理（{status}）。请分批指派。",
    )


class Slack(Enum):
    """What may give way: nothing; seats and least loads; or also most loads and one expert per employer."""

    NONE = 0
    MISSING = 1
    CHEAPEST = 2


# What giving way costs, in units of one more case for one expert.
LOAD_MORE, LEAST_LESS, EMPLOYER_TWICE, SEAT_LESS = 1, 2, 3, 10


@dataclass(frozen=True, slots=True)
class Network:
    """Arcs as arrays: first the pairs in their order, then the parts that `where` names."""

    tail: Ints
    head: Ints
    capacity: Ints
    cost: Ints
    supply: Ints
    where: dict[str, slice]


@dataclass(frozen=True, slots=True)
class Flow:
    """What each arc carries."""

    network: Network
    carried: Ints

    def of(self, part: str) -> Ints:
        return self.carried[self.network.where[part]]


def costs_of(asked: Problem) -> Ints:
    """What each pair costs: what it lacks; a new pair of a repair costs more than all qualities together."""
    lacking = BEST - asked.quality
    if asked.standing is None:
        return lacking
    change = (BEST + 1) * (int(asked.wanted.sum()) + 1)
    return lacking + np.where(asked.standing, 0, change)


# Name, tails, heads, capacities, costs; a single number stands for all of them.
_Part = tuple[str, ArrayLike, ArrayLike, ArrayLike, ArrayLike]


def network_of(asked: Problem, slack: Slack = Slack.NONE) -> Network:
    """The question as a network."""
    cases, experts = asked.cases, asked.experts
    first_expert, sink, nobody = cases, cases + experts, cases + experts + 1
    shares, group, cases_of_groups = asked.shared
    cost = costs_of(asked)
    needed, owed = int(asked.wanted.sum()), int(asked.least.sum())
    price = (int(cost.max(initial=0)) + 1) * (needed + 1)
    tail = asked.case_of
    if len(group):
        tail = tail.copy()
        tail[shares] = nobody + 1 + group
    every, groups = np.arange(experts) + first_expert, np.arange(len(cases_of_groups)) + nobody + 1
    parts: list[_Part] = [
        ("pairs", tail, asked.expert_of + first_expert, 1, cost),
        ("loads", every, sink, asked.most - asked.least, 0),
        ("employers", cases_of_groups, groups, 1, 0),
    ]
    sink_demand, spare = needed - owed, 0
    if slack is not Slack.NONE:
        prices = (SEAT_LESS, LEAST_LESS) if slack is Slack.CHEAPEST else (1, 1)
        parts += [
            ("seats_less", np.arange(cases), sink, asked.wanted, prices[0] * price),
            ("least_less", nobody, every, asked.least, prices[1] * price),
            ("unused", np.array([nobody]), sink, owed, 0),
        ]
        sink_demand, spare = needed, owed
    if slack is Slack.CHEAPEST:
        parts += [
            ("load_more", every, sink, needed, LOAD_MORE * price),
            ("employer_twice", cases_of_groups, groups, needed, EMPLOYER_TWICE * price),
        ]
    supply = np.concatenate(
        [asked.wanted, -asked.least, [-sink_demand, spare], np.zeros(len(groups), np.int64)]
    )
    return _joined(parts, supply)


def _joined(parts: list[_Part], supply: Ints) -> Network:
    where, at = {}, 0
    for name, tails, heads, *_ in parts:
        # A single number stands for all; where the other has none, there is no arc.
        sizes = np.size(tails), np.size(heads)
        where[name] = slice(at, at := at + (max(sizes) if all(sizes) else 0))
    columns = [np.empty(at, dtype=np.int64) for _ in range(4)]
    for name, *given in parts:
        for column, one in zip(columns, given, strict=True):
            column[where[name]] = one
    tail, head, capacity, cost = columns
    return Network(tail, head, capacity, cost, supply, where)


def flow_of(network: Network) -> Flow | None:
    """The cheapest flow; nothing where there is none.

    Raises:
        SolverRefused: costs or numbers are beyond the solver.
    """
    # Loading the solver takes a while and some memory: only whoever assigns pays for it.
    from ortools.graph.python import min_cost_flow  # noqa: PLC0415

    solver = min_cost_flow.SimpleMinCostFlow()
    arcs = solver.add_arcs_with_capacity_and_unit_cost(
        network.tail.astype(np.int32), network.head.astype(np.int32), network.capacity, network.cost
    )
    solver.set_nodes_supplies(np.arange(len(network.supply), dtype=np.int32), network.supply)
    status = solver.solve()
    if status == solver.OPTIMAL:
        return Flow(network, solver.flows(arcs))
    if status in (solver.INFEASIBLE, solver.UNBALANCED):
        return None
    raise SolverRefused(status=status.name)
