"""A question as bits, for those who look at many panels: experts in the order in which they are best taken."""

from collections.abc import Iterator
from functools import cached_property

from workflows.review.planning.question import Question

# Experts or cells as the bits of a number.
Bits = int


def ones(bits: Bits) -> Iterator[int]:
    """The numbers of the bits that are set, the lowest first."""
    while bits:
        low = bits & -bits
        yield low.bit_length() - 1
        bits ^= low


class Table:
    """Who can sit where, who is in which field, who has a conflict; experts by their place, the least wanted first."""

    def __init__(self, asked: Question) -> None:
        self.asked = asked
        self.kinds = list(asked.kinds)
        self.kind_of = [0] * len(asked.projects)
        for kind, projects in enumerate(asked.kinds.values()):
            for project in projects:
                self.kind_of[project] = kind
        inside = [set(asked.covering(fields)) for fields in self.kinds]
        # An expert is wanted as much as the projects of their fields are many and others in them are few.
        wanted = [0.0] * len(asked.experts)
        for experts, projects in zip(inside, asked.kinds.values(), strict=True):
            for expert in experts:
                wanted[expert] += len(projects) / len(experts)
        self.expert_at = sorted(range(len(asked.experts)), key=lambda one: (wanted[one], one))
        self.place_of = {expert: place for place, expert in enumerate(self.expert_at)}
        self.inside = [self.bits(experts) for experts in inside]
        self.most = [asked.experts[expert].most for expert in self.expert_at]

    def bits(self, experts: set[int]) -> Bits:
        """Experts by number as bits by place."""
        return sum(1 << self.place_of[expert] for expert in experts)

    @cached_property
    def sits(self) -> list[Bits]:
        """Of each cell, who can come."""
        of_half = {
            half: self.bits({number for number, one in enumerate(self.asked.experts) if half not in one.away})
            for half in self.asked.halves
        }
        found = [of_half[cell.when] for cell in self.asked.cells]
        for expert, cell in self.asked.gone:
            found[cell] &= ~(1 << self.place_of[expert])
        return found

    @cached_property
    def clash(self) -> list[Bits]:
        """Of each project, who has a conflict with it."""
        found = [0] * len(self.asked.projects)
        for expert, project in self.asked.conflicts:
            found[project] |= 1 << self.place_of[expert]
        return found

    @cached_property
    def colleagues(self) -> list[Bits]:
        """Of each place, all who cannot sit together with them: of one employer, and they themselves."""
        of: dict[str, Bits] = {}
        for place, expert in enumerate(self.expert_at):
            name = self.asked.experts[expert].employer
            if name:
                of[name] = of.get(name, 0) | 1 << place
        return [
            of.get(self.asked.experts[expert].employer, 0) | 1 << place
            for place, expert in enumerate(self.expert_at)
        ]

    @cached_property
    def hears(self) -> list[Bits]:
        """Of each project, the cells in which its presenter can come."""
        cells = self.asked.cells
        return [
            sum(1 << number for number, cell in enumerate(cells) if cell.when not in one.away)
            for one in self.asked.projects
        ]
