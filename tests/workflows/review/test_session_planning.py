"""Session plans: every rule holds in what is found, repairs change little, what cannot be is said by name."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.review.planning.comparing import groups_of, warning_of
from workflows.review.planning.explaining import PlanInfeasible
from workflows.review.planning.ordering import in_order
from workflows.review.planning.question import (
    Cell,
    Expert,
    PlanningFault,
    Project,
    Question,
    Rules,
    Session,
    TwoRooms,
)
from workflows.review.planning.solving import Plan, plan, repair

MONDAY = date(2019, 9, 2)
A, B = frozenset({"networks"}), frozenset({"health"})


def cells(days: int = 2, rooms: int = 2) -> tuple[Cell, ...]:
    return tuple(
        Cell(MONDAY + timedelta(day), half, f"Room {room + 1}")
        for day in range(days)
        for half in ("am", "pm")
        for room in range(rooms)
    )


def question(projects: int = 12, experts: int = 24, **more) -> Question:
    """Projects and experts of two fields by turns, each expert of an employer of their own."""
    rules = more.pop("rules", Rules(seats=3, size=(2, 4), sessions=4))
    return Question(
        tuple(Project(f"P{n}", A if n % 2 else B) for n in range(projects)),
        tuple(Expert(f"E{n}", A if n % 2 else B, f"U{n}") for n in range(experts)),
        more.pop("cells", cells()),
        rules=rules,
        **more,
    )


def check_plan(found: Plan) -> None:
    """Whatever was asked for is so."""
    asked, rules = found.asked, found.asked.rules
    assert sorted(one for session in found.sessions for one in session.projects) == list(
        range(len(asked.projects))
    )
    assert len(found.sessions) == rules.sessions == len({one.cell for one in found.sessions})
    for one in found.sessions:
        when = asked.cells[one.cell].when
        assert rules.size[0] <= len(one.projects) <= rules.size[1]
        assert len(one.panel) == rules.seats
        assert all(asked.may_sit(expert, one.cell) for expert in one.panel)
        employers = [asked.experts[expert].employer for expert in one.panel]
        assert len(set(employers)) == len(employers)
        for project in one.projects:
            assert when not in asked.projects[project].away
            inside = [
                expert
                for expert in one.panel
                if asked.experts[expert].fields & asked.projects[project].fields
            ]
            assert len(inside) >= rules.in_field
            leaving = [expert for expert in one.panel if (expert, project) in asked.conflicts]
            assert len(leaving) <= rules.recused_most
    for expert, load in found.loads.items():
        assert load <= asked.experts[expert].most
    for one, other in combinations(found.sessions, 2):
        if asked.cells[one.cell].when == asked.cells[other.cell].when:
            assert not set(one.panel) & set(other.panel)


@settings(max_examples=3, deadline=None)
@given(
    conflicts=st.frozensets(st.tuples(st.integers(0, 23), st.integers(0, 11)), max_size=30),
    away=st.lists(st.integers(0, 3), min_size=24, max_size=24),
)
def test_plan_keeps_every_rule(conflicts, away):
    asked = question(conflicts=conflicts)
    halves = sorted(asked.halves)
    experts = tuple(
        replace(one, away=frozenset(halves[:n])) for one, n in zip(asked.experts, away, strict=True)
    )
    try:
        found = plan(replace(asked, experts=experts), seconds=3)
    except PlanInfeasible as refusal:
        assert refusal.sentence.en.count(".") >= 2
    else:
        check_plan(found)


def test_panels_are_linked_so_that_scores_can_be_compared():
    found = plan(question(), seconds=5)
    check_plan(found)
    assert len(found.groups) == 1
    assert warning_of(found.asked, found.sessions) is None


def test_sessions_that_share_no_expert_are_warned_of():
    asked = question()
    sessions = (Session(0, (0, 2), (0, 2, 4)), Session(2, (1, 3), (1, 3, 5)), Session(4, (4,), (5, 6, 8)))
    assert groups_of(sessions) == [{2, 4}, {0}]
    assert warning_of(asked, sessions).en == (
        "The panels fall into 2 groups that share no expert, so that scores cannot be compared between them. "
        "Apart from the others: 2019-09-02 morning, Room 1."
    )


def test_pins_hold():
    found = plan(question(project_pins=frozenset({(5, 6)}), expert_pins=frozenset({(7, 6)})), seconds=5)
    check_plan(found)
    (one,) = [session for session in found.sessions if session.cell == 6]
    assert 5 in one.projects and 7 in one.panel


def test_two_rooms_for_one_expert_in_one_half_day_are_refused_with_the_reason():
    with pytest.raises(TwoRooms) as refusal:
        plan(question(expert_pins=frozenset({(4, 0), (4, 1)})))
    assert refusal.value.sentence.en == (
        "E4 cannot sit in Room 1 and in Room 2 on the morning of 2019-09-02. Take them off one of the two panels."
    )
    assert refusal.value.sentence.zh.startswith("E4 不能在 2019-09-02 上午同时参加 Room 1 和 Room 2")


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"expert_pins": frozenset({(0, 0), (2, 0)})}, "have one employer"),
        ({"project_pins": frozenset({(0, 0), (0, 1)})}, "two sessions"),
        ({"gone": frozenset({(0, 0)}), "expert_pins": frozenset({(0, 0)})}, "cannot come"),
        ({"cells": ()}, "every half-day is taken"),
    ],
)
def test_question_that_contradicts_itself_is_refused(more, words):
    asked = question(**more)
    experts = tuple(replace(one, employer="U") if n in (0, 2) else one for n, one in enumerate(asked.experts))
    with pytest.raises(PlanningFault) as refusal:
        plan(replace(asked, experts=experts))
    assert words in refusal.value.sentence.en


def test_decline_changes_one_seat():
    asked = question(rules=Rules(seats=3, size=(2, 4), sessions=4, linked=False))
    first = plan(asked, seconds=5)
    session = first.sessions[1]
    gone = session.panel[0]
    second = repair(asked, first.sessions, frozenset({(gone, session.cell)}), seconds=5)
    check_plan(second)
    was = {(one.cell, expert) for one in first.sessions for expert in one.panel}
    now = {(one.cell, expert) for one in second.sessions for expert in one.panel}
    assert len(was - now) == 1 == len(now - was)
    assert [set(one.projects) for one in second.sessions] == [set(one.projects) for one in first.sessions]


def test_infeasible_is_explained_by_name_with_the_cheapest_way_out():
    asked = question(conflicts=frozenset((expert, 3) for expert in range(1, 24, 2)))
    with pytest.raises(PlanInfeasible) as refusal:
        plan(asked, seconds=3)
    said = refusal.value.sentence.en
    assert (
        "P3: 12 candidates in its field, 12 recused, 0 away, 0 same employer; 1 are needed and 0 can come"
        in said
    )
    assert "The cheapest way out: 1 rather than 2 experts in the field on 2019-09-0" in said


def test_too_few_rooms_are_counted():
    with pytest.raises(PlanInfeasible) as refusal:
        plan(question(cells=cells(1, 1)), seconds=3)
    assert "4 sessions are wanted, and 2 half-days with a room are free." in refusal.value.sentence.en


def test_those_who_leave_do_so_at_one_stretch():
    conflicts = {(9, 0), (9, 2), (9, 4)}
    order = in_order([0, 1, 2, 3, 4], [9, 8], conflicts)
    leaves = [(9, one) in conflicts for one in order]
    assert sum(one != other for one, other in pairwise(leaves)) == 1
    assert in_order([3, 1, 2], [9, 8], conflicts - {(9, 2)}) == (3, 1, 2)


def test_number_of_sessions_follows_from_the_fields_where_none_is_said():
    asked = question(projects=4, rules=Rules(seats=3, size=(1, 4)))
    assert (asked.sessions, asked.target) == ((1, 4), 2)
    found = plan(asked, seconds=5)
    # One panel of three cannot be in two fields: two sessions, each of one.
    assert {frozenset(n % 2 for n in one.projects) for one in found.sessions} == {
        frozenset({0}),
        frozenset({1}),
    }
