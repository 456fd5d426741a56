"""What no plan can cost less than, counted without a solver, and which kinds of projects the cheapest plans mix.

Projects of one kind that fill sessions by themselves are mixed with none. A set of kinds that shares sessions so that
they are all connected has at least as many kinds in sessions as kinds and sessions together, less one: so a plan pays
for each kind that is joined to others, whatever the sessions look like, and the fewest joins are the bound.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, combinations

from workflows.review.planning.judging import APART, MIXED, REPEATED, fair
from workflows.review.planning.question import Question

# So many partitions are looked at; beyond, the bound is what was proven until then.
LOOKED_AT = 3000
# Kinds as the bits of a number.
Group = int


def kinds_of(group: Group) -> Iterator[int]:
    """The kinds of a group, by number."""
    return (kind for kind in range(group.bit_length()) if group >> kind & 1)


@dataclass(frozen=True, slots=True)
class Split:
    """So many sessions, and the kinds that are heard together: groups that fill whole sessions."""

    sessions: int
    groups: tuple[Group, ...]


class Counting:
    """What can be counted of a question before anything is planned."""

    def __init__(self, asked: Question) -> None:
        self.asked = asked
        self.seen: dict[tuple[int, int], int] = {}

    @cached_property
    def sizes(self) -> list[int]:
        """How many projects each kind has."""
        return [len(projects) for projects in self.asked.kinds.values()]

    @cached_property
    def inside(self) -> list[set[int]]:
        """Of each kind the experts who are in its field."""
        return [set(self.asked.covering(fields)) for fields in self.asked.kinds]

    def common(self, one: Group, other: Group) -> int:
        """How many experts two groups have in common who can come at once; none where no panel could judge both."""
        return max(self._common(min(a, b), max(a, b)) for a in kinds_of(one) for b in kinds_of(other))

    def _common(self, one: int, other: int) -> int:
        if (one, other) not in self.seen:
            self.seen[one, other] = self._count(one, other)
        return self.seen[one, other]

    def _count(self, one: int, other: int) -> int:
        asked, rules = self.asked, self.asked.rules
        both = self.inside[one] & self.inside[other]
        best = 0
        for half in asked.halves:
            names = [asked.experts[one].employer for one in both if half not in asked.experts[one].away]
            best = max(best, len({name for name in names if name}) + names.count(""))
        return best if best >= 2 * rules.in_field - rules.seats else 0

    def range_of(self, group: Group) -> tuple[int, int]:
        """How many sessions a group fills by itself: the fewest and the most. The first may be the greater one."""
        least, most = self.asked.rules.size
        size = sum(self.sizes[kind] for kind in kinds_of(group))
        return -(-size // most), size // least

    def other_cost(self, sessions: int) -> int:
        """What so many sessions cost at least beside what is mixed."""
        asked, share = self.asked, fair(self.asked)
        fewest, greatest = asked.sessions
        apart = abs(sessions - asked.target) if greatest > fewest else 0
        halves = asked.halves.keys()
        seats = sum(min(share, one.most, len(halves - one.away)) for one in asked.experts)
        return APART * apart + REPEATED * max(sessions * asked.rules.seats - seats, 0)


def least_cost(counting: Counting) -> tuple[int, Iterator[Split]]:
    """What no plan costs less than, and the splits of a plan that costs no more, the likeliest first.

    A repair's changes count as nothing.
    """
    fewest, greatest = counting.asked.sessions
    joins = {number: _fewest_joins(counting, number) for number in range(fewest, greatest + 1)}
    while True:
        cost, number = min(
            (MIXED * joined + counting.other_cost(sessions), sessions) for sessions, joined in joins.items()
        )
        search = _Search(counting, number, joins[number])
        splits = search.splits()
        first = next(splits, None)
        if first is not None:
            return cost, _again(first, splits)
        if search.cut_short:
            # What could not be shown to cost so little may be had for little more.
            more = (_Search(counting, number, joins[number] + one).splits() for one in (1, 2))
            return cost, chain.from_iterable(more)
        joins[number] += 1
        if joins[number] >= len(counting.sizes):
            del joins[number]
        if not joins:
            return cost, iter(())


def _again(first: Split, others: Iterator[Split]) -> Iterator[Split]:
    yield first
    yield from others


def _fewest_joins(counting: Counting, sessions: int) -> int:
    return _needed([counting.range_of(1 << kind) for kind in range(len(counting.sizes))], sessions)


def _needed(ranges: list[tuple[int, int]], sessions: int) -> int:
    """How many joins of two groups are needed at least: one saves one session at most, or makes room for one more."""
    homeless = sum(low > high for low, high in ranges)
    return max(
        sum(low for low, _ in ranges) - sessions, sessions - sum(high for _, high in ranges),
        -(-homeless // 2), 0,
    )  # fmt: skip


class _Search:
    """Every partition of the kinds that so many joins make and that fills so many sessions."""

    def __init__(self, counting: Counting, sessions: int, joins: int) -> None:
        self.counting, self.sessions, self.joins = counting, sessions, joins
        self.left, self.seen = LOOKED_AT, set[tuple[Group, ...]]()

    @property
    def cut_short(self) -> bool:
        return self.left <= 0

    def splits(self) -> Iterator[Split]:
        return self._below(tuple(1 << kind for kind in range(len(self.counting.sizes))), self.joins)

    def _below(self, groups: tuple[Group, ...], joins: int) -> Iterator[Split]:
        ranges = [self.counting.range_of(group) for group in groups]
        if _needed(ranges, self.sessions) > joins:
            return
        if not joins:
            yield Split(self.sessions, groups)
            return
        for one, other in sorted(combinations(groups, 2), key=self._likely):
            if self.cut_short:
                return
            joined = tuple(sorted(group for group in (*groups, one | other) if group not in (one, other)))
            if joined in self.seen or not self.counting.common(one, other):
                continue
            self.seen.add(joined)
            self.left -= 1
            yield from self._below(joined, joins - 1)

    def _likely(self, pair: tuple[Group, Group]) -> tuple[int, int]:
        """Small groups with many experts in common first."""
        one, other = pair
        return (one | other).bit_count(), -self.counting.common(one, other)
