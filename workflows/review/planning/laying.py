"""How many projects of which kind each session hears, so that as few kinds as can be are mixed."""

from collections.abc import Iterable, Sequence
from itertools import pairwise, permutations

from workflows.review.planning.bounding import Counting, Split, kinds_of
from workflows.review.planning.hearing import Counts

# Groups of more kinds are left to the solver.
ORDERED = 6


def layout(counting: Counting, split: Split) -> list[Counts] | None:
    """Of each session, how many projects of which kind; None where a group does not go into sessions in a row."""
    ranges = [counting.range_of(group) for group in split.groups]
    numbers = [low for low, _ in ranges]
    sizes = [sum(counting.sizes[kind] for kind in kinds_of(group)) for group in split.groups]
    for _ in range(split.sessions - sum(numbers)):
        # One session more where they are the fullest.
        room = [place for place, (_, high) in enumerate(ranges) if numbers[place] < high]
        numbers[max(room, key=lambda place: sizes[place] / numbers[place])] += 1
    found: list[Counts] = []
    for group, number in zip(split.groups, numbers, strict=True):
        order = _in_a_row(counting, list(kinds_of(group)))
        if not order:
            return None
        found += _filled(counting, order, number)
    return found


def _in_a_row(counting: Counting, kinds: list[int]) -> Sequence[int]:
    """The kinds so that each has experts in common with the next, as many as can be; none where that cannot be."""
    if len(kinds) == 1:
        return kinds
    if len(kinds) > ORDERED:
        return ()

    def weakest(order: Sequence[int]) -> int:
        return min(counting.common(1 << one, 1 << other) for one, other in pairwise(order))

    best = max(permutations(kinds), key=weakest)
    return best if weakest(best) else ()


def _filled(counting: Counting, order: Iterable[int], number: int) -> list[Counts]:
    """Sessions of even sizes, filled by kind."""
    row = [kind for kind in order for _ in range(counting.sizes[kind])]
    found, at = [], 0
    for place in range(number):
        size = (len(row) - at) // (number - place)
        counts: Counts = {}
        for kind in row[at : at + size]:
            counts[kind] = counts.get(kind, 0) + 1
        found.append(counts)
        at += size
    return found
