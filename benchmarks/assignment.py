"""What assigning costs: this project from arrays to the checked result, and OR-tools alone over the same network.

    python -m benchmarks.assignment [--rounds 5] [--sizes 100x30,1000x300,5000x1000,20000x3000]

Fifty candidates a case (or every expert), four reviews each, least and most loads, an employer for each two experts or
so. Each size runs in a process of its own, so that its memory is its own; ours and the bare solver take turns. That
nothing is better is proven from the result by itself: no circuit of the residual network is cheaper. The peer is the
linear programme (HiGHS), up to 5,000 cases. Needs no database. Prints JSON.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from ortools.graph.python import min_cost_flow

from benchmarks.lines import Line, at, over, told
from workflows.review.assignment.linear import linear
from workflows.review.assignment.network import Network, flow_of, network_of
from workflows.review.assignment.problem import Problem, problem
from workflows.review.assignment.solving import Solution, assign, is_optimal

CANDIDATES, REVIEWS, SEED = 50, 4, 2019
SIZES = "100x30,1000x300,5000x1000,20000x3000"
PEER_UP_TO = 5000
MOST_MIB, MOST_S = 250, 2.0


def candidates(cases: int, experts: int) -> dict[str, Any]:
    """Everything that a question is made of."""
    chance = np.random.default_rng(SEED)
    each = min(CANDIDATES, experts)
    expert_of = np.concatenate([np.sort(chance.choice(experts, each, replace=False)) for _ in range(cases)])
    load = cases * REVIEWS / experts
    return {
        "case_of": np.repeat(np.arange(cases), each),
        "expert_of": expert_of,
        "quality": chance.integers(0, 1001, cases * each),
        "wanted": np.full(cases, REVIEWS),
        "least": np.full(experts, int(load * 0.5)),
        "most": np.full(experts, int(load * 1.3) + 1),
        "employer_of": chance.integers(0, max(experts // 2, 10), experts),
    }


def bare(network: Network) -> int:
    """OR-tools alone, over arrays that are ready."""
    solver = min_cost_flow.SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(network.tail, network.head, network.capacity, network.cost)
    solver.set_nodes_supplies(np.arange(len(network.supply)), network.supply)
    if solver.solve() != solver.OPTIMAL:
        raise SystemExit("the bare solver found nothing")
    return int(solver.optimal_cost())


def taken(work: Callable[[], Any]) -> tuple[float, float, Any]:
    """By the clock, by the processor, and the answer."""
    clock, processor = time.perf_counter(), time.process_time()
    answer = work()
    return time.perf_counter() - clock, time.process_time() - processor, answer


def one(cases: int, experts: int, rounds: int) -> dict[str, Any]:
    """The figures of one size."""
    given = candidates(cases, experts)
    empty_mib = peak_mib()

    def ours() -> Solution:
        return assign(problem(**given))

    assign(problem([0], [0], [0], wanted=[1], least=[0], most=[1]))  # the solver is loaded once
    whole = taken(ours)
    memory = peak_mib()
    asked: Problem = whole[2].asked
    network = network_of(asked)
    flow = flow_of(network)
    if flow is None or not whole[2].complete:
        raise SystemExit("the question has no answer")
    floor = bare(network)
    times: dict[str, list[tuple[float, float, Any]]] = {"ours": [], "floor": []}
    # What takes a few milliseconds scatters more.
    for number in range(rounds * 8 if cases <= 1000 else rounds):
        for name in ("ours", "floor") if number % 2 else ("floor", "ours"):
            times[name].append(taken(ours if name == "ours" else lambda: bare(network)))
    lost = int((1000 - asked.quality[whole[2].taken]).sum())
    found: dict[str, Any] = {
        f"{name}_{kind}": statistics.median(row[place] for row in rows)
        for name, rows in times.items()
        for place, kind in enumerate(("s", "cpu"))
    }
    found |= {
        "gap": lost - floor,
        "proven": is_optimal(network, flow),
        "mib": memory,
        "grown": memory - empty_mib,
    }
    if cases <= PEER_UP_TO:
        by_peer = taken(lambda: linear(asked))
        found |= {"peer_s": by_peer[0]}
        if int((1000 - asked.quality[by_peer[2][0]]).sum()) != lost:
            raise SystemExit("the linear programme has another optimum")
    return found


def peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def line_of(cases: int, experts: int, rounds: int) -> Line:
    """Measure one size in a process of its own."""
    at(f"assigning {cases:,} × {experts:,}")
    told_ = subprocess.run(  # noqa: S603 - this module again
        [sys.executable, "-m", "benchmarks.assignment", "--one", f"{cases}x{experts}", "--rounds", str(rounds)],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    found = json.loads(told_.splitlines()[-1])
    ratio, cpu = over(found["ours_s"], found["floor_s"]), over(found["ours_cpu"], found["floor_cpu"])
    holds = max(ratio, cpu) <= 1.5 and not found["gap"] and found["proven"]
    goal = "at most 1.5 × the bare solver, gap 0"
    if cases >= 20_000:
        goal += f"; at most {MOST_S:.0f} s and {MOST_MIB} MiB"
        holds = holds and found["ours_s"] <= MOST_S and found["mib"] <= MOST_MIB
    peer = "; peer: HiGHS" if "peer_s" in found else ""
    return Line(
        f"assign {cases:,} × {experts:,}", found["ours_s"], found["floor_s"], found.get("peer_s"), ratio, cpu, None,
        goal, holds, f"gap {found['gap']}, proven best; the process held {found['mib']:.0f} MiB, "
        f"{found['grown']:.0f} of them for this{peer}",
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--sizes", default=SIZES)
    parser.add_argument("--one", default="", help="one size, in this process")
    given = parser.parse_args()
    if given.one:
        cases, experts = map(int, given.one.split("x"))
        sys.stdout.write(json.dumps(one(cases, experts, given.rounds)) + "\n")
        return
    sizes = [tuple(map(int, size.split("x"))) for size in given.sizes.split(",")]
    told(line_of(cases, experts, given.rounds) for cases, experts in sizes)


if __name__ == "__main__":
    main()
