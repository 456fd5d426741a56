"""A plan without a search: sessions of few kinds, put where their experts are, and panels filled seat by seat.

It is only ever a draft: whether it keeps every rule is found out by `judging`, and where it fails the solver plans.
"""

from collections.abc import Iterable, Sequence
from functools import reduce
from itertools import islice
from operator import and_
from random import Random

from workflows.review.planning.bounding import Counting, Split
from workflows.review.planning.hearing import Counts, Hearing
from workflows.review.planning.judging import cost_of, fair, keeps_rules
from workflows.review.planning.laying import layout
from workflows.review.planning.question import Half, Question, Session
from workflows.review.planning.seats import Seats, Sitting, sessions_of
from workflows.review.planning.table import Table, ones

# So often it is tried, with so many splits by turns.
TRIES, SPLITS = 8, 4


def drafted(asked: Question, counting: Counting, splits: Iterable[Split], bound: int) -> tuple[Session, ...]:
    """The cheapest of a few drafts that keep every rule, none if there is none; the first that costs no more than
    `bound` ends it. The same question has the same draft.
    """
    laid = [one for one in (layout(counting, split) for split in islice(splits, SPLITS)) if one]
    if not laid or len(asked.cells) < len(laid[0]):
        return ()
    table, best = Table(asked), tuple[Session, ...]()
    for number in range(TRIES):
        sittings = _sittings(table, laid[number % len(laid)], Random(number))  # noqa: S311 - no secret
        # An even share first; only the last tries give some more than that.
        seats = Seats(table, sittings, fair(asked) if number < TRIES - 2 else len(asked.cells))
        if not sittings or not seats.fill():
            continue
        if asked.rules.linked:
            seats.link()
        found = sessions_of(table, sittings)
        if keeps_rules(asked, found) and (not best or cost_of(asked, found) < cost_of(asked, best)):
            best = found
        if best and cost_of(asked, best) <= bound:
            break
    return best


def linked(asked: Question, sessions: Sequence[Session]) -> tuple[Session, ...]:
    """The sessions with a few seats changed so that panels share experts, as far as that goes."""
    table = Table(asked)
    sittings = [
        Sitting(
            one.cell, list(one.projects), sorted({table.kind_of[each] for each in one.projects}),
            [table.place_of[each] for each in one.panel],
        )
        for one in sessions
    ]  # fmt: skip
    Seats(table, sittings, fair(asked)).link()
    return sessions_of(table, sittings)


def _sittings(table: Table, counts: Sequence[Counts], chance: Random) -> list[Sitting]:
    """Sessions with cells and projects, without panels; none where the projects do not fit."""
    hearing = Hearing(table, counts, placed(table, counts, chance))
    if not hearing.fits():
        return []
    return [
        Sitting(cell, projects, [kind for kind, count in one.items() if count])
        for cell, projects, one in zip(hearing.cells, hearing.heard, hearing.counts, strict=True)
    ]


def placed(table: Table, counts: Sequence[Counts], chance: Random) -> list[int]:
    """A cell for each session: where its projects' presenters and its experts can come, the scarcest first."""
    cells, need = table.asked.cells, table.asked.rules.in_field
    come = _come(table)
    pools = []
    for one in counts:
        inside = reduce(and_, (table.inside[kind] for kind in one))
        pools.append([(inside & sits).bit_count() for sits in table.sits])
    order = sorted(range(len(counts)), key=lambda place: max(pools[place]) * (1 + chance.random() / 4))
    found, free = [-1] * len(counts), list(range(len(cells)))
    claimed: dict[Half, set[int]] = {cell.when: set() for cell in cells}
    for place in order:

        def worth(cell: int, place: int = place) -> int:
            mine = counts[place]
            spare = min(come[kind][cell] - count for kind, count in mine.items())
            rivals = len(claimed[cells[cell].when] & mine.keys())
            return pools[place][cell] - need * rivals + (100 * spare if spare < 0 else min(spare, 3))

        best = max(free, key=worth)
        free.remove(best)
        found[place] = best
        claimed[cells[best].when] |= counts[place].keys()
    return found


def _come(table: Table) -> list[list[int]]:
    """Of each kind and cell, how many presenters can come."""
    found = [[0] * len(table.asked.cells) for _ in table.kinds]
    for project, kind in enumerate(table.kind_of):
        for cell in ones(table.hears[project]):
            found[kind][cell] += 1
    return found
