"""The question as a constraint programme over (half-day, room) cells, for OR-tools' CP-SAT.

One yes-or-no for each project in a cell and for each expert in a cell. A soft model has a slack for each bound that
could give way, with its price; where all of them are nought, the question has an answer.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from workflows.review.planning.judging import APART, MIXED, MOVED, NEW_MEMBER, RECUSAL, REPEATED, fair
from workflows.review.planning.question import Half, Question, Session

# What giving way costs in a soft model.
UNPLANNED, SEAT, IN_FIELD, RECUSED_MORE, OVERFULL, BEYOND, TWICE = 100, 30, 10, 20, 8, 4, 6


class Model:
    """Variables and rows. `slacks` are (kind, what, variable, price) of a soft model."""

    def __init__(self, asked: Question, *, soft: bool = False) -> None:
        # Loading CP-SAT takes two seconds and eighty megabytes: only whoever plans pays for it.
        from ortools.sat.python import cp_model  # noqa: PLC0415

        self.asked, self.soft = asked, soft
        self.cp = cp_model.CpModel()
        self.slacks: list[tuple[str, tuple[int, ...], Any, int]] = []
        self.costs: list[tuple[Any, int]] = []
        cells, projects, experts = (
            range(len(asked.cells)),
            range(len(asked.projects)),
            range(len(asked.experts)),
        )
        self.used = [self.cp.new_bool_var("") for _ in cells]
        self.hears = {
            (project, cell): self.cp.new_bool_var("")
            for project in projects
            for cell in cells
            if asked.cells[cell].when not in asked.projects[project].away
        }
        self.sits = {
            (expert, cell): self.cp.new_bool_var("")
            for expert in experts
            for cell in cells
            if asked.may_sit(expert, cell)
        }
        self._sessions()
        self._panels()
        self._fields()
        self._conflicts()
        self._pins()
        self._changes()
        prices = [variable * price for _, _, variable, price in self.slacks]
        self.cp.minimize(sum(variable * price for variable, price in self.costs) if not soft else sum(prices))

    def slack(self, kind: str, what: tuple[int, ...], most: int, price: int) -> Any:
        """By how much a bound may give way: not at all, unless the model is soft."""
        if not self.soft:
            return 0
        variable = self.cp.new_int_var(0, most, "")
        self.slacks.append((kind, what, variable, price))
        return variable

    def _sessions(self) -> None:
        asked = self.asked
        least, most = asked.rules.size
        by_cell: dict[int, list[Any]] = defaultdict(list)
        by_project: dict[int, list[Any]] = defaultdict(list)
        for (project, cell), variable in self.hears.items():
            by_cell[cell].append(variable)
            by_project[project].append(variable)
        for project in range(len(asked.projects)):
            self.cp.add(sum(by_project[project]) + self.slack("unplanned", (project,), 1, UNPLANNED) == 1)
        for cell, used in enumerate(self.used):
            over = self.slack("overfull", (cell,), len(asked.projects), OVERFULL)
            self.cp.add(sum(by_cell[cell]) <= most * used + over)
            if not self.soft:
                self.cp.add(sum(by_cell[cell]) >= least * used)
            if self.soft:
                self.cp.add(over == 0).only_enforce_if(used.negated())
        fewest, greatest = asked.sessions
        if self.soft:
            self.cp.add(sum(self.used) <= greatest)
        else:
            self.cp.add_linear_constraint(sum(self.used), fewest, greatest)
            self._about(asked.target, greatest - fewest)
        if not (asked.project_pins or asked.expert_pins or asked.standing or asked.gone):
            # Rooms of a half-day are alike: the first is taken first.
            for rooms in asked.halves.values():
                for one, other in pairwise(rooms):
                    self.cp.add_implication(self.used[other], self.used[one])

    def _about(self, target: int, span: int) -> None:
        """Sessions of the middle size, where nothing else is better for it."""
        if span:
            apart = self.cp.new_int_var(0, span, "")
            self.cp.add(apart >= sum(self.used) - target)
            self.cp.add(apart >= target - sum(self.used))
            self.costs.append((apart, APART))

    def _panels(self) -> None:
        asked = self.asked
        by_cell: dict[int, list[tuple[int, Any]]] = defaultdict(list)
        by_expert: dict[int, list[tuple[int, Any]]] = defaultdict(list)
        for (expert, cell), variable in self.sits.items():
            by_cell[cell].append((expert, variable))
            by_expert[expert].append((cell, variable))
        for cell, used in enumerate(self.used):
            members = sum(variable for _, variable in by_cell[cell])
            self.cp.add(
                members + self.slack("seat", (cell,), asked.rules.seats, SEAT) >= asked.rules.seats * used
            )
            self.cp.add(members <= asked.rules.seats * used)
            self._employers(cell, by_cell[cell])
        share = fair(asked)
        for expert, seats in by_expert.items():
            all_of = sum(variable for _, variable in seats)
            most = asked.experts[expert].most
            self.cp.add(all_of <= most + self.slack("beyond", (expert,), asked.sessions[1], BEYOND))
            if most > share and not self.soft:
                more = self.cp.new_int_var(0, most, "")
                self.cp.add(more >= all_of - share)
                self.costs.append((more, REPEATED))
            halves: dict[Any, list[Any]] = defaultdict(list)
            for cell, variable in seats:
                halves[asked.cells[cell].when].append(variable)
            for together in halves.values():
                if len(together) > 1:
                    self.cp.add_at_most_one(together)

    def _employers(self, cell: int, members: Iterable[tuple[int, Any]]) -> None:
        colleagues: dict[str, list[Any]] = defaultdict(list)
        for expert, variable in members:
            if self.asked.experts[expert].employer:
                colleagues[self.asked.experts[expert].employer].append(variable)
        for together in colleagues.values():
            if len(together) > 1:
                self.cp.add(sum(together) <= 1 + self.slack("twice", (cell,), len(together), TWICE))

    def _fields(self) -> None:
        """Projects of one kind in a cell ask for so many of the panel in their field. A second kind has its price."""
        asked = self.asked
        kinds_of: dict[int, list[Any]] = defaultdict(list)
        for kind, (fields, projects) in enumerate(asked.kinds.items()):
            inside, cells = set(asked.covering(fields)), []
            for cell in range(len(asked.cells)):
                here = [self.hears[one, cell] for one in projects if (one, cell) in self.hears]
                if not here:
                    continue
                heard = self.cp.new_bool_var("")
                for variable in here:
                    self.cp.add_implication(variable, heard)
                members = sum(self.sits[one, cell] for one in inside if (one, cell) in self.sits)
                less = self.slack("in_field", (cell, kind), asked.rules.in_field, IN_FIELD)
                self.cp.add(members + less >= asked.rules.in_field * heard)
                self.costs.append((heard, MIXED))
                kinds_of[cell].append(heard)
                cells.append(heard)
            if not self.soft:
                self.cp.add(sum(cells) >= -(-len(projects) // asked.rules.size[1]))
        for cell, used in enumerate(self.used):
            self.cp.add(sum(kinds_of[cell]) >= used)
        self.costs.append((sum(self.used), -MIXED))

    def _conflicts(self) -> None:
        """Whoever sits where a project is heard that they have a conflict with leaves for it: seldom, if ever."""
        leaves: dict[int, list[Any]] = defaultdict(list)
        for expert, project in sorted(self.asked.conflicts):
            cells = [
                one
                for one in range(len(self.asked.cells))
                if (expert, one) in self.sits and (project, one) in self.hears
            ]
            if not cells:
                continue
            leaving = self.cp.new_bool_var("")
            for cell in cells:
                self.cp.add_bool_or(
                    leaving, self.sits[expert, cell].negated(), self.hears[project, cell].negated()
                )
            leaves[project].append(leaving)
            self.costs.append((leaving, RECUSAL))
        for project, some in leaves.items():
            if len(some) > self.asked.rules.recused_most:
                more = self.slack("recused", (project,), self.asked.rules.seats, RECUSED_MORE)
                self.cp.add(sum(some) <= self.asked.rules.recused_most + more)

    def _pins(self) -> None:
        for pin in self.asked.project_pins:
            self.cp.add(self.hears[pin] == 1)
        for pin in self.asked.expert_pins:
            self.cp.add(self.sits[pin] == 1)

    def _changes(self) -> None:
        """A repair: what stood is the hint, and what is not kept has its price."""
        for session in self.asked.standing:
            for project in session.projects:
                kept = self.hears.get((project, session.cell))
                if kept is not None:
                    self.costs.append((1 - kept, MOVED))
                    self.cp.add_hint(kept, 1)
            for expert in session.panel:
                sits = self.sits.get((expert, session.cell))
                if sits is not None:
                    self.costs.append((1 - sits, NEW_MEMBER))
                    self.cp.add_hint(sits, 1)

    def link(self, sessions: Sequence[Session]) -> None:
        """Keep the cells of `sessions`; each panel is to share an expert with one of a neighbouring half-day."""
        taken = {one.cell for one in sessions}
        for cell, used in enumerate(self.used):
            self.cp.add(used == (cell in taken))
        for one, other in tree(self.asked, sorted(taken)):
            links = []
            for expert, who in enumerate(self.asked.experts):
                here, there = self.sits.get((expert, one)), self.sits.get((expert, other))
                if who.most > 1 and here is not None and there is not None:
                    both = self.cp.new_bool_var("")
                    self.cp.add_implication(both, here)
                    self.cp.add_implication(both, there)
                    links.append(both)
            self.cp.add_bool_or(links)

    def hint(self, sessions: Iterable[Any]) -> None:
        """Begin from these sessions."""
        self.cp.clear_hints()  # type: ignore[no-untyped-call]
        sits = {(expert, one.cell) for one in sessions for expert in one.panel}
        hears = {(project, one.cell) for one in sessions for project in one.projects}
        for key, variable in self.sits.items():
            self.cp.add_hint(variable, key in sits)
        for key, variable in self.hears.items():
            self.cp.add_hint(variable, key in hears)


def tree(asked: Question, cells: Sequence[int]) -> list[tuple[int, int]]:
    """Which cells are to share an expert so that all are linked: each with one of the half-day before, in turn.

    The rooms of the first half-day have none before; they are linked with one of the second.
    """
    halves: dict[Half, list[int]] = defaultdict(list)
    for cell in sorted(cells, key=lambda one: asked.cells[one]):
        halves[asked.cells[cell].when].append(cell)
    rows = list(halves.values())
    pairs = [
        (later[n], earlier[n % len(earlier)]) for earlier, later in pairwise(rows) for n in range(len(later))
    ]
    second = rows[1] if len(rows) > 1 else []
    # Two rooms that start apart are joined once, through the room that follows the first.
    pairs += [(second[0], cell) for cell in rows[0][1:] if second and (second[0], cell) not in pairs]
    return pairs
