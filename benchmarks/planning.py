"""What planning sessions costs: 100 projects, 19 sessions, 150 experts, as nobody else plans them.

    python -m benchmarks.planning [--rounds 3] [--seconds 20]

Twelve half-days and two rooms, eight fields, experts away on three half-days of ten, conflicts between two pairs of a
hundred, one expert of an employer in a panel, at least two thirds in the field of each project. The best plan of the
bare question first, then with panels that share experts, so that scores can be compared, then the repair after a
member declined. The first plan is the draft, from the question to the checked sessions; where there is none, the
solver's first counts after it, without the building of its model. Needs no database. Prints JSON.
"""

import argparse
import os
import random
import statistics
import time
from dataclasses import replace
from datetime import date, timedelta

from benchmarks.lines import Line, at, told
from workflows.review.planning.question import Cell, Expert, Project, Question, Rules
from workflows.review.planning.solving import Plan, plan, repair

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

PROJECTS, SESSIONS, EXPERTS, FIELDS, EMPLOYERS = 100, 19, 150, 8, 70
FIRST_S, BEST_S = 0.15, 4.0


def question(seed: int) -> Question:
    """A made-up year like the one of 2019."""
    chance = random.Random(seed)  # noqa: S311 - a made-up question
    fields = [f"F{number}" for number in range(FIELDS)]
    cells = tuple(
        Cell(date(2019, 9, 2) + timedelta(day), half, f"Room {room}")
        for day in range(6)
        for half in ("am", "pm")
        for room in (1, 2)
    )
    halves = sorted({cell.when for cell in cells})

    def away(share: float) -> frozenset[tuple[date, str]]:
        return frozenset(half for half in halves if chance.random() < share)

    projects = tuple(
        Project(f"P{number}", frozenset([chance.choice(fields)]), away(0.1)) for number in range(PROJECTS)
    )
    experts = tuple(
        Expert(
            f"E{number}", frozenset(chance.sample(fields, chance.choice((1, 2, 2, 3)))),
            f"U{chance.randrange(EMPLOYERS)}", away(0.3),
        )
        for number in range(EXPERTS)
    )  # fmt: skip
    conflicts = frozenset(
        (expert, project)
        for expert in range(EXPERTS)
        for project in range(PROJECTS)
        if chance.random() < 0.02
    )
    return Question(projects, experts, cells, conflicts, Rules(sessions=SESSIONS, linked=False))


def measure(rounds: int, seconds: float) -> list[Line]:
    """The bare question, with linked panels, and the repair."""
    plan(question(rounds + 1), seconds=3)  # everything is loaded once
    first: list[float] = []
    bare: list[Plan] = []
    linked: list[Plan] = []
    mended: list[tuple[float, int]] = []
    for seed in range(1, rounds + 1):
        at(f"sessions, round {seed} of {rounds}")
        asked = question(seed)
        found = plan(asked, seconds=seconds)
        bare.append(found)
        first.append(found.first_s)
        linked.append(plan(replace(asked, rules=Rules(sessions=SESSIONS)), seconds=seconds))
        session = found.sessions[seed]
        began = time.perf_counter()
        after = repair(asked, found.sessions, frozenset({(session.panel[0], session.cell)}), seconds=seconds)
        mended.append((time.perf_counter() - began, _changed(found, after)))
    took, firsts = statistics.median(one.took_s for one in bare), statistics.median(first)
    name = f"plan {PROJECTS} projects, {SESSIONS} sessions, {EXPERTS} experts"
    together = statistics.median(one.took_s for one in linked)
    return [
        Line(
            name, took, goal=f"first plan in {FIRST_S} s, best in {BEST_S:.0f} s",
            holds=firsts <= FIRST_S and took <= BEST_S,
            also=f"first in {firsts:.3f} s; {_proven(bare)}; {sum(len(one.recusals) for one in bare)} recusals",
        ),
        Line(
            "the same, all panels linked", together,
            also=f"{_proven(linked)}; {sum(len(one.groups) == 1 for one in linked)} of {rounds} comparable throughout",
        ),
        Line(
            "repair after a decline", statistics.median(one for one, _ in mended),
            also=f"{statistics.median(count for _, count in mended):.0f} seat changed, no project moved",
        ),
    ]  # fmt: skip


def _proven(plans: list[Plan]) -> str:
    return f"{sum(one.proven for one in plans)} of {len(plans)} proven best"


def _changed(before: Plan, after: Plan) -> int:
    """Seats with somebody new.

    Raises: SystemExit where a project was moved.
    """
    was, now = ({one.cell: one for one in some.sessions} for some in (before, after))
    if {cell: set(one.projects) for cell, one in was.items()} != {
        c: set(one.projects) for c, one in now.items()
    }:
        raise SystemExit("a project was moved")
    return sum(len(set(one.panel) - set(was[cell].panel)) for cell, one in now.items())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=20.0)
    given = parser.parse_args()
    told(measure(given.rounds, given.seconds))


if __name__ == "__main__":
    main()
