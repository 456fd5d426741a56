"""Panels filled seat by seat: the least wanted expert who fits; where nobody is free, one who is replaced elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import and_

from workflows.review.planning.comparing import groups_of
from workflows.review.planning.ordering import in_order
from workflows.review.planning.question import Session
from workflows.review.planning.table import Bits, Table, ones

# Who is moved to make room may move others, so deep.
DEEP = 3
# So often all panels are begun anew.
AGAIN = 6


@dataclass(eq=False)
class Sitting:
    """A session that is being made: its cell, its projects, their kinds, and who sits by place in the table."""

    cell: int
    projects: list[int]
    kinds: list[int]
    panel: list[int] = field(default_factory=list)
    # Who cannot be taken because of a conflict with one of the projects.
    clash: Bits = 0


def sessions_of(table: Table, sittings: Sequence[Sitting]) -> tuple[Session, ...]:
    """As a plan has them: in order of time, experts by number."""
    cells, conflicts, found = table.asked.cells, table.asked.conflicts, []
    for one in sorted(sittings, key=lambda one: cells[one.cell]):
        panel = tuple(sorted(table.expert_at[place] for place in one.panel))
        found.append(Session(one.cell, in_order(sorted(one.projects), panel, conflicts), panel))
    return tuple(found)


class Seats:
    """All panels together: who sits how often and when. Nobody sits more than `most` times."""

    def __init__(self, table: Table, sittings: Sequence[Sitting], most: int, *, deep: int = DEEP) -> None:
        self.table, self.sittings, self.deep = table, sittings, deep
        self.rules = table.asked.rules
        self.most = [min(most, own) for own in table.most]
        self.loads = [0] * len(self.most)
        self.full: Bits = sum(1 << place for place, own in enumerate(self.most) if not own)
        self.idle: Bits = (1 << len(self.most)) - 1
        self.busy: dict[object, Bits] = {cell.when: 0 for cell in table.asked.cells}
        for one in sittings:
            one.clash = reduce(lambda found, project: found | table.clash[project], one.projects, 0)
            panel, one.panel = one.panel, []
            for place in panel:
                self._take(one, place)

    def fill(self) -> bool:
        """Fill every seat, the scarcest session first; one that cannot be filled begins the next time."""
        order = sorted(self.sittings, key=lambda one: self._fit(one, field_only=True).bit_count())
        held = [list(one.panel) for one in order]
        for _ in range(AGAIN if self.deep else 1):
            stuck = self._stuck(order)
            if stuck is None:
                return True
            for one in self.sittings:
                for place in [*one.panel]:
                    self._leave(one, place)
            for one, panel in zip(order, held, strict=True):
                for place in panel:
                    self._take(one, place)
            at = order.index(stuck)
            order.insert(0, order.pop(at))
            held.insert(0, held.pop(at))
        return False

    def _stuck(self, order: Sequence[Sitting]) -> Sitting | None:
        """Fill the seats that ask for a field, then the others. Gives the session that cannot be filled, if any."""
        for field_only in (True, False):
            for one in order:
                while not self._done(one, field_only):
                    if not self._seat(one, field_only, self.deep):
                        return one
        return None

    def link(self) -> None:
        """Let panels share experts, one seat changed for each panel that is apart; where nobody can, it stays apart."""
        going = True
        while going:
            groups = groups_of([Session(one.cell, (), tuple(one.panel)) for one in self.sittings])
            apart = [one for one in self.sittings if one.cell not in groups[0]]
            inside = [one for one in self.sittings if one.cell in groups[0]]
            going = any(self._share(one, inside) for one in apart) or any(
                self._share(one, [other]) for other in apart for one in inside
            )

    def _share(self, one: Sitting, others: Sequence[Sitting]) -> bool:
        """Somebody of the others takes the seat of one who sits nowhere else."""
        known = sum({1 << place for other in others for place in other.panel})
        for place in [place for place in one.panel if self.loads[place] == 1]:
            self._leave(one, place)
            free = self._fit(one, field_only=False) & known & ~self.full & ~self.busy[self._half(one)]
            if free:
                self._take(one, next(ones(free)))
                return True
            self._take(one, place)
        return False

    def _done(self, one: Sitting, field_only: bool) -> bool:
        if field_only:
            return not any(lacks > 0 for _, lacks in self._lacks(one))
        return len(one.panel) >= self.rules.seats

    def _lacks(self, one: Sitting) -> list[tuple[Bits, int]]:
        """Of each kind that is heard, who is in its field and how many more of them are needed."""
        panel = sum(1 << place for place in one.panel)
        inside = [self.table.inside[kind] for kind in one.kinds]
        return [(each, self.rules.in_field - (each & panel).bit_count()) for each in inside]

    def _fit(self, one: Sitting, *, field_only: bool) -> Bits:
        """Who can take the next seat, whether they sit elsewhere or not."""
        seats = self.rules.seats - len(one.panel)
        found = self.table.sits[one.cell] & ~one.clash if seats > 0 else 0
        for place in one.panel:
            found &= ~self.table.colleagues[place]
        lacking = [(inside, lacks) for inside, lacks in self._lacks(one) if lacks > 0]
        if sum(lacks for _, lacks in lacking) > (len(lacking) - 1) * seats and len(lacking) > 1:
            # So many are needed that this one must count for every kind.
            return reduce(and_, (inside for inside, _ in lacking), found)
        found = reduce(and_, (inside for inside, lacks in lacking if lacks >= seats), found)
        if field_only and lacking:
            once = twice = 0
            for inside, _ in lacking:
                twice |= once & inside
                once |= inside
            found &= twice if len(lacking) > 2 and found & twice else once
        return found

    def _seat(self, one: Sitting, field_only: bool, deep: int) -> bool:
        """Seat one more; by moving somebody, where nobody is free."""
        fit = self._fit(one, field_only=field_only)
        free = fit & ~self.full & ~self.busy[self._half(one)]
        first = free & self.idle or free
        if first:
            self._take(one, next(ones(first)))
            return True
        if deep:
            for place in ones(fit):
                if self._bring(one, place, deep - 1):
                    return True
        return False

    def _bring(self, one: Sitting, place: int, deep: int) -> bool:
        """Take somebody out of the panel that holds them, if another can follow them there."""
        half, bit = self._half(one), 1 << place
        holding = [
            other
            for other in self.sittings
            if place in other.panel and other is not one
            and (self._half(other) == half or not self.busy[half] & bit)
        ]  # fmt: skip
        for other in holding:
            at = other.panel.index(place)
            self._leave(other, place)
            if not (self.full | self.busy[half]) & bit:
                self._take(one, place)
                if self._seat(other, False, deep):
                    return True
                self._leave(one, place)
            self._take(other, place)
            other.panel.insert(at, other.panel.pop())
        return False

    def _half(self, one: Sitting) -> object:
        return self.table.asked.cells[one.cell].when

    def _take(self, one: Sitting, place: int) -> None:
        bit = 1 << place
        one.panel.append(place)
        self.loads[place] += 1
        self.idle &= ~bit
        self.busy[self._half(one)] |= bit
        if self.loads[place] >= self.most[place]:
            self.full |= bit

    def _leave(self, one: Sitting, place: int) -> None:
        bit = 1 << place
        one.panel.remove(place)
        self.loads[place] -= 1
        self.busy[self._half(one)] &= ~bit
        if not self.loads[place]:
            self.idle |= bit
        if self.loads[place] < self.most[place]:
            self.full &= ~bit
