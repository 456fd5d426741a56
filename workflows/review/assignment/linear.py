"""The same question as a linear programme, for quotas that cross the employers: HiGHS, in whole numbers.

A network answers quotas that lie within each other; “two for security, one of them not from a university” is none.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np

from workflows.review.assignment.network import SolverRefused, costs_of
from workflows.review.assignment.problem import Bools, Ints, Problem

# What HiGHS gives is whole when it is as near as this.
WHOLE = 1e-6


def linear(asked: Problem) -> tuple[Bools, Ints, Ints, Ints]:
    """Which candidates are taken, what each case lacks, each expert to their least, each quota to its own.

    What is missing costs more than all qualities together, so it is nought wherever it can be. The relaxation is mostly
    whole by itself; where it is not, HiGHS branches until it has proven the best. A quota's least number gives way
    before a seat stays empty; its most never does.

    Raises:
        SolverRefused: HiGHS did not finish.
    """
    relaxed = _Programme(asked, "HIGHS_LP").solved()
    if all(np.abs(part - np.round(part)).max(initial=0) < WHOLE for part in relaxed):
        pairs, short, idle, lacking = relaxed
    else:
        pairs, short, idle, lacking = _Programme(asked, "HIGHS").solved()
    whole = [np.round(part).astype(np.int64) for part in (short, idle, lacking)]
    return pairs > 0.5, whole[0], whole[1], whole[2]


class _Programme:
    """The rows and columns, in whole numbers or relaxed."""

    def __init__(self, asked: Problem, name: str) -> None:
        from ortools.linear_solver import pywraplp  # noqa: PLC0415

        self.asked, self.solver = asked, pywraplp.Solver.CreateSolver(name)
        self.exact = pywraplp.MPSolverParameters()
        self.exact.SetDoubleParam(self.exact.RELATIVE_MIP_GAP, 0.0)
        self.pairs = [self._variable(1) for _ in asked.case_of]
        self.short = [self._variable(int(most)) for most in asked.wanted]
        self.idle = [self._variable(int(most)) for most in asked.least]
        self.lacking = [self._variable(quota.at_least) for quota in asked.quotas]

    def solved(self) -> tuple[Any, Any, Any, Any]:
        """The values of pairs, of what is short, of who is idle, of what quotas lack."""
        self._rows()
        self._objective()
        status = self.solver.Solve(self.exact)
        if status != self.solver.OPTIMAL:
            raise SolverRefused(status=str(status))
        parts = (self.pairs, self.short, self.idle, self.lacking)
        pairs, short, idle, lacking = (np.array([one.solution_value() for one in part]) for part in parts)
        return pairs, short, idle, lacking

    def _variable(self, most: int) -> Any:
        return self.solver.IntVar(0, most, "")

    def _rows(self) -> None:
        asked, pairs, infinity = self.asked, self.pairs, self.solver.infinity()
        for case, mine in enumerate(_by(asked.case_of, asked.cases)):
            wanted = int(asked.wanted[case])
            self._sum(wanted, wanted, [pairs[one] for one in mine] + [self.short[case]])
        for expert, mine in enumerate(_by(asked.expert_of, asked.experts)):
            self._sum(0, int(asked.most[expert]), [pairs[one] for one in mine])
            if asked.least[expert]:
                self._sum(
                    int(asked.least[expert]), infinity, [pairs[one] for one in mine] + [self.idle[expert]]
                )
        shares, group, cases_of_groups = asked.shared
        for together in _by(group, len(cases_of_groups)):
            places = np.flatnonzero(shares)[together]
            self._sum(0, 1, [pairs[one] for one in places.tolist()])
        for quota, lacking in zip(asked.quotas, self.lacking, strict=True):
            mine_ = [pairs[one] for one in quota.pairs]
            self._sum(0, quota.at_most, mine_)
            self._sum(quota.at_least, infinity, [*mine_, lacking])

    def _objective(self) -> None:
        cost = costs_of(self.asked)
        price = (int(cost.max(initial=0)) + 1) * (int(self.asked.wanted.sum()) + 1)
        objective = self.solver.Objective()
        for variable, one in zip(self.pairs, cost.tolist(), strict=True):
            objective.SetCoefficient(variable, one)
        for variables, one in ((self.short, price), (self.idle, price), (self.lacking, price / 2)):
            for variable in variables:
                objective.SetCoefficient(variable, one)
        objective.SetMinimization()

    def _sum(self, least: float, most: float, variables: Iterable[Any]) -> None:
        row = self.solver.Constraint(least, most)
        for variable in variables:
            row.SetCoefficient(variable, 1)


def _by(numbers: Ints, count: int) -> list[list[int]]:
    found: list[list[int]] = [[] for _ in range(count)]
    for place, number in enumerate(numbers.tolist()):
        found[number].append(place)
    return found
