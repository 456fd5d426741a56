"""A repair without a search: what stands stays, and whoever is missing is replaced."""

from collections.abc import Sequence

from workflows.review.planning.judging import APART, MOVED, NEW_MEMBER, cost_of, fair, keeps_rules
from workflows.review.planning.question import Question, Session
from workflows.review.planning.seats import Seats, Sitting, sessions_of
from workflows.review.planning.table import Table


def kept(asked: Question) -> tuple[Session, ...]:
    """The standing sessions without what cannot be any more."""
    cells, projects = asked.cells, asked.projects
    return tuple(
        Session(
            one.cell,
            tuple(each for each in one.projects if cells[one.cell].when not in projects[each].away),
            tuple(each for each in one.panel if asked.may_sit(each, one.cell)),
        )
        for one in asked.standing
    )


def least_repair(asked: Question, base: int) -> int:
    """What no repair costs less than, where every plan costs at least `base` beside its changes.

    Either everything stays that can, and costs what it costs without its gaps, or there is a change more.
    """
    some = kept(asked)
    fewest, greatest = asked.sessions
    apart = APART * abs(len(some) - asked.target) if greatest > fewest else 0
    return max(base, min(cost_of(asked, some) - apart, base + min(MOVED, NEW_MEMBER)))


def mended(asked: Question) -> tuple[Session, ...]:
    """The standing sessions with every gap filled; none where that breaks a rule, so that more would have to change."""
    table = Table(asked)
    for most in (fair(asked), len(asked.cells)):
        sittings = [
            Sitting(one.cell, list(one.projects), [], [table.place_of[each] for each in one.panel])
            for one in kept(asked)
        ]
        if not _add(table, sittings):
            return ()
        for one in sittings:
            one.kinds = sorted({table.kind_of[project] for project in one.projects})
        # Nobody is moved for another.
        if Seats(table, sittings, most, deep=0).fill():
            found = sessions_of(table, sittings)
            return found if keeps_rules(asked, found) else ()
    return ()


def _add(table: Table, sittings: Sequence[Sitting]) -> bool:
    """Put in who is pinned and the projects that stood nowhere, where their kind is heard."""
    by_cell = {one.cell: one for one in sittings}
    for expert, cell in sorted(table.asked.expert_pins):
        if cell in by_cell and table.place_of[expert] not in by_cell[cell].panel:
            by_cell[cell].panel.append(table.place_of[expert])
    heard = {project for one in sittings for project in one.projects}
    pinned = dict(table.asked.project_pins)
    for project in sorted(set(range(len(table.kind_of))) - heard):
        kind = table.kind_of[project]
        room = [
            one
            for one in sittings
            if table.hears[project] >> one.cell & 1
            and pinned.get(project, one.cell) == one.cell
            and len(one.projects) < table.asked.rules.size[1]
            and kind in {table.kind_of[other] for other in one.projects}
            and not any(table.clash[project] >> place & 1 for place in one.panel)
        ]
        if not room:
            return False
        min(room, key=lambda one: len(one.projects)).projects.append(project)
    return True
