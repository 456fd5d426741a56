"""Plans without a search: they keep every rule, cost what the solver's cost, and their bound is never too high."""

import random
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from time import monotonic

import pytest

from benchmarks.planning import SESSIONS
from benchmarks.planning import question as year
from workflows.review.planning.bounding import Counting, Split, least_cost
from workflows.review.planning.judging import MIXED, cost_of, keeps_rules
from workflows.review.planning.laying import layout
from workflows.review.planning.model import Model
from workflows.review.planning.question import Cell, Expert, Project, Question, Rules, Session
from workflows.review.planning.solving import _drafted, _solved, plan, repair

MONDAY = date(2019, 9, 2)
A, B, BOTH = frozenset("a"), frozenset("b"), frozenset("ab")


def cells(days: int, rooms: int = 1) -> tuple[Cell, ...]:
    return tuple(
        Cell(MONDAY + timedelta(day), half, f"Room {room + 1}")
        for day in range(days)
        for half in ("am", "pm")
        for room in range(rooms)
    )


def two_fields(a: int, b: int, both: int, **rules) -> Question:
    """So many projects of two fields; four experts of each field and so many of both."""
    fields = [A] * 4 + [B] * 4 + [BOTH] * both
    return Question(
        tuple(Project(f"P{n}", A if n < a else B) for n in range(a + b)),
        tuple(Expert(f"E{n}", one, f"U{n}") for n, one in enumerate(fields)),
        cells(2),
        rules=Rules(seats=3, size=(2, 4), linked=False, **rules),
    )


def small(seed: int) -> Question:
    """A made-up question that the solver answers at once."""
    chance = random.Random(seed)
    free = cells(chance.choice((2, 3)), 2)
    halves = sorted({cell.when for cell in free})

    def away(share: float) -> frozenset[tuple[date, str]]:
        return frozenset(half for half in halves if chance.random() < share)

    projects = tuple(
        Project(f"P{n}", frozenset(chance.sample("abc", chance.choice((1, 1, 2)))), away(0.1))
        for n in range(9)
    )
    experts = tuple(
        Expert(f"E{n}", frozenset(chance.sample("abc", 2)), f"U{chance.randrange(10)}", away(0.2), 2)
        for n in range(16)
    )
    conflicts = frozenset((e, p) for e in range(16) for p in range(9) if chance.random() < 0.05)
    rules = Rules(seats=3, size=(2, 4), sessions=chance.choice((None, 3)), linked=False)
    return Question(projects, experts, free, conflicts, rules)


@pytest.mark.parametrize("seed", range(4))
def test_draft_costs_what_the_solver_proves(seed):
    asked = small(seed)
    draft, bound = _drafted(asked, monotonic())
    best = _solved(Model(asked), 20, -1)
    assert best is not None
    assert best.proven
    assert keeps_rules(asked, best.sessions)
    assert cost_of(asked, best.sessions) == best.bound
    assert bound <= best.cost
    if draft is not None:
        assert keeps_rules(asked, draft.sessions)
        assert draft.cost >= best.cost
        assert draft.proven is (draft.cost == bound)


@pytest.mark.parametrize("seed", range(3))
def test_bound_of_a_repair_is_never_too_high(seed):
    asked = small(seed)
    held = plan(asked).sessions
    mend = replace(
        asked,
        standing=held,
        gone=frozenset({(held[0].panel[0], held[0].cell)}),
        project_pins=frozenset({(held[1].projects[0], held[1].cell)}),
    )
    draft, bound = _drafted(mend, monotonic())
    best = _solved(Model(mend), 20, -1)
    assert best is not None
    assert best.proven
    assert bound <= best.cost == cost_of(mend, best.sessions)
    assert draft is None or (keeps_rules(mend, draft.sessions) and draft.cost >= best.cost)


@pytest.mark.parametrize("linked", [False, True])
def test_a_year_is_planned_proven_and_repaired_without_the_solver(linked, monkeypatch):
    monkeypatch.setitem(sys.modules, "ortools.sat.python", None)
    asked = replace(year(3), rules=Rules(sessions=SESSIONS, linked=linked))
    found = plan(asked)
    assert keeps_rules(asked, found.sessions)
    assert found.proven
    assert found.first_s == pytest.approx(found.took_s, abs=0.05)
    assert len(found.groups) == 1 or not linked
    # A kind of 7 projects fits no number of sessions, and all kinds by themselves take 21: two joins.
    assert (found.cost, found.bound) == (2 * MIXED, 2 * MIXED)
    assert plan(asked).sessions == found.sessions
    one = found.sessions[5]
    mended = repair(asked, found.sessions, frozenset({(one.panel[0], one.cell)}))
    assert mended.proven
    changed = [
        set(after.panel) ^ set(before.panel)
        for after, before in zip(mended.sessions, found.sessions, strict=True)
    ]
    assert sorted(map(len, changed)) == [0] * (SESSIONS - 1) + [2]


def test_fields_are_mixed_only_where_the_numbers_ask_for_it():
    cost, splits = least_cost(Counting(two_fields(4, 4, 3, sessions=2)))
    assert (cost, next(splits)) == (0, Split(2, (0b01, 0b10)))
    # Five and three are no whole sessions of at most four, so one session hears both.
    counting = Counting(two_fields(5, 3, 3, sessions=2))
    cost, splits = least_cost(counting)
    split = next(splits)
    assert (cost, split) == (MIXED, Split(2, (0b11,)))
    assert layout(counting, split) == [{0: 4}, {0: 1, 1: 3}]


def test_one_session_of_three_fields_has_a_draft_whose_panel_judges_them_all():
    fields = ["abc"] * 3 + ["ab", "bc", "ca", "a", "b", "c"]
    asked = Question(
        tuple(Project(f"P{n}", frozenset(one)) for n, one in enumerate("aabc")),
        tuple(Expert(f"E{n}", frozenset(one), f"U{n}") for n, one in enumerate(fields)),
        cells(1),
        rules=Rules(linked=False),
    )
    draft, _ = _drafted(asked, monotonic())
    assert draft is not None
    assert keeps_rules(asked, draft.sessions)
    assert (draft.cost, draft.proven) == (2 * MIXED, True)


def test_fields_without_common_experts_have_no_split_that_mixes_them():
    _, splits = least_cost(Counting(two_fields(5, 3, 0, sessions=2)))
    assert list(splits) == []


def broken() -> Iterator[tuple[str, Question, tuple[Session, ...]]]:
    """Each rule, broken once."""
    asked = replace(
        two_fields(4, 4, 3, sessions=2), conflicts=frozenset({(0, 0), (1, 0)}),
        project_pins=frozenset({(0, 0)}), expert_pins=frozenset({(2, 0)}), gone=frozenset({(3, 0)}),
    )  # fmt: skip
    one, other = Session(0, (0, 1, 2, 3), (0, 2, 8)), Session(1, (4, 5, 6, 7), (4, 5, 9))
    yield "", asked, (one, other)
    yield "a project twice", asked, (one, replace(other, projects=(4, 5, 6, 7, 3)))
    yield "a project nowhere", asked, (one, replace(other, projects=(4, 5, 6)))
    yield "too few sessions", asked, (one,)
    yield "one cell twice", asked, (one, replace(other, cell=0))
    yield "a member twice", asked, (replace(one, panel=(0, 2, 2)), other)
    yield "too few members", asked, (replace(one, panel=(0, 2)), other)
    yield "out of the field", asked, (one, replace(other, panel=(4, 1, 3)))
    yield "gone", asked, (replace(one, panel=(0, 2, 3)), other)
    yield "two recused", asked, (replace(one, panel=(0, 1, 2)), other)
    yield "a pinned member missing", asked, (replace(one, panel=(0, 8, 9)), other)
    yield "a pinned project elsewhere", asked, (replace(one, cell=1), replace(other, cell=0))
    yield "too large", replace(asked, rules=replace(asked.rules, size=(2, 3))), (one, other)
    away = frozenset({asked.cells[0].when})
    projects = (asked.projects[0], replace(asked.projects[1], away=away), *asked.projects[2:])
    yield "a presenter away", replace(asked, projects=projects), (one, other)
    for what, change in (
        ("a member away", {"away": away}), ("too often", {"most": 0}), ("one employer", {"employer": "U2"}),
    ):  # fmt: skip
        experts = (*asked.experts[:8], replace(asked.experts[8], **change), *asked.experts[9:])
        yield what, replace(asked, experts=experts), (one, other)
    rooms = replace(asked, cells=cells(1, 2))
    yield "two rooms", rooms, (one, replace(other, panel=(4, 5, 8)))


@pytest.mark.parametrize(
    ("what", "asked", "sessions"), list(broken()), ids=lambda one: one if isinstance(one, str) else ""
)
def test_every_broken_rule_is_found(what, asked, sessions):
    assert keeps_rules(asked, sessions) is (not what)


def test_rooms_are_not_alike_where_somebody_is_gone_from_one_of_them():
    asked = two_fields(2, 0, 0, sessions=1)
    # Only in the second room of the only half-day there is a panel left.
    asked = replace(asked, cells=cells(1, 2)[:2], gone=frozenset((expert, 0) for expert in range(4)))
    (one,) = plan(asked, seconds=5).sessions
    assert one.cell == 1
    best = _solved(Model(asked), 5, -1)
    assert best is not None
    assert best.sessions[0].cell == 1
