"""The best assignment, and the repair that changes least; where there is none, as much as can be."""

from dataclasses import dataclass, replace

import numpy as np

from workflows.review.assignment.linear import linear
from workflows.review.assignment.network import Flow, Network, Slack, flow_of, network_of
from workflows.review.assignment.problem import Bools, Ints, Problem, quotas_among, without_pins


@dataclass(frozen=True)
class Solution:
    """Which candidates are taken, and how far that answers the question.

    `short` has what each case lacks, `idle` what each expert lacks to their least load, `lacking` what each quota lacks
    to its own; all are nought everywhere where the question has an answer. `quality` is the sum over the pairs taken,
    and the best there is.
    """

    asked: Problem
    taken: Bools
    short: Ints
    idle: Ints
    lacking: Ints

    @property
    def complete(self) -> bool:
        """Whether every case has what it needs, every expert at least their least, every quota its own."""
        return not (self.short.any() or self.idle.any() or self.lacking.any())

    @property
    def quality(self) -> int:
        return int(self.asked.quality[self.taken].sum())

    @property
    def loads(self) -> Ints:
        """How many cases each expert has."""
        return np.bincount(self.asked.expert_of[self.taken], minlength=self.asked.experts)

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """(case, expert), in the order of the candidates."""
        taken = self.taken
        return list(
            zip(self.asked.case_of[taken].tolist(), self.asked.expert_of[taken].tolist(), strict=True)
        )

    @property
    def changed(self) -> int:
        """How many pairs are new in a repair."""
        standing = self.asked.standing
        return 0 if standing is None else int((self.taken & ~standing).sum())


def assign(asked: Problem) -> Solution:
    """The assignment with the most quality that keeps every bound; where none does, with the fewest seats missing.

    Exact: by min-cost flow, or, where the question has quotas that cross the employers, by a linear programme in whole
    numbers. With `standing` pairs it is a repair: as few new pairs as can be come first, quality after.

    Raises:
        SolverRefused: the numbers are beyond the solver.
    """
    rest, kept = without_pins(asked)
    if rest.quotas:
        return _solution(asked, kept, *linear(rest))
    flow = flow_of(network_of(rest))
    if flow is None:
        flow = flow_of(network_of(rest, Slack.MISSING))
        assert flow is not None, "whatever is missing has an arc of its own"
        return _solution(asked, kept, flow.of("pairs") > 0, flow.of("seats_less"), flow.of("least_less"))
    return _solution(asked, kept, flow.of("pairs") > 0)


def repair(asked: Problem, left: Bools) -> Solution:
    """The assignment after the `left` pairs (declined, recused) are given up, with as few new pairs as can be.

    `asked.standing` are the pairs that held.

    Raises:
        SolverRefused: the numbers are beyond the solver.
    """
    keep = np.flatnonzero(~left)
    standing = np.zeros(len(asked.case_of), np.bool_) if asked.standing is None else asked.standing
    rest = replace(
        asked,
        case_of=asked.case_of[keep],
        expert_of=asked.expert_of[keep],
        quality=asked.quality[keep],
        standing=standing[keep],
        pinned=None if asked.pinned is None else asked.pinned[keep],
        quotas=quotas_among(asked, keep),
    )
    found = assign(rest)
    taken = np.zeros(len(asked.case_of), dtype=np.bool_)
    taken[keep] = found.taken
    return replace(found, asked=replace(asked, standing=standing), taken=taken)


def is_optimal(network: Network, flow: Flow) -> bool:
    """Whether no circuit of the residual network makes the flow cheaper: a proof that does not trust the solver."""
    forward, back = flow.carried < network.capacity, flow.carried > 0
    tail = np.concatenate([network.tail[forward], network.head[back]])
    head = np.concatenate([network.head[forward], network.tail[back]])
    cost = np.concatenate([network.cost[forward], -network.cost[back]])
    order = np.argsort(head, kind="stable")
    tail, cost = tail[order], cost[order]
    heads, starts = np.unique(head[order], return_index=True)
    distance = np.zeros(len(network.supply), dtype=np.int64)
    for _ in range(len(distance) + 1):
        shortest = np.minimum.reduceat(distance[tail] + cost, starts)
        if not (shortest < distance[heads]).any():
            return True
        distance[heads] = np.minimum(distance[heads], shortest)
    return False


NONE: Ints = np.zeros(0, dtype=np.int64)


def _solution(
    asked: Problem, kept: Ints, taken: Bools, short: Ints = NONE, idle: Ints = NONE, lacking: Ints = NONE
) -> Solution:
    whole = np.zeros(len(asked.case_of), dtype=np.bool_)
    whole[kept[taken]] = True
    if asked.pinned is not None:
        whole |= asked.pinned
    return Solution(
        asked,
        whole,
        short if len(short) else np.zeros(asked.cases, dtype=np.int64),
        idle if len(idle) else np.zeros(asked.experts, dtype=np.int64),
        lacking,
    )
