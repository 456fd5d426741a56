"""Assignment: exact against a brute force over all small questions, kept bounds, repairs, and reasons by name."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.words import T
from workflows.review.assignment.explaining import AssignmentInfeasible, explain, refuse
from workflows.review.assignment.network import Slack, flow_of, network_of
from workflows.review.assignment.problem import AssignmentFault, Problem, Quota, problem
from workflows.review.assignment.solving import assign, is_optimal, repair


@st.composite
def small(draw, *, quotas: bool = False, standing: bool = False, pins: bool = True) -> Problem:
    """At most four cases, five experts and eleven candidates: few enough to try every subset."""
    cases, experts = draw(st.integers(1, 4)), draw(st.integers(1, 5))
    every = list(product(range(cases), range(experts)))
    pairs = draw(st.lists(st.sampled_from(every), unique=True, max_size=11))
    count = len(pairs)
    most = draw(st.lists(st.integers(0, 3), min_size=experts, max_size=experts))
    least = [draw(st.integers(0, min(one, 2))) for one in most]
    crossing = ()
    if quotas and count:
        some = draw(st.lists(st.integers(0, count - 1), unique=True, min_size=1, max_size=count))
        crossing = (Quota(tuple(some), 0, draw(st.integers(0, 3)), T(en="some", zh="部分")),)
    forced = None
    if pins and not quotas and count and draw(st.booleans()):
        one = draw(st.integers(0, count - 1))
        forced = [n == one for n in range(count)]
    wanted = [draw(st.integers(0, 3)) for _ in range(cases)]
    if forced:
        case, expert = pairs[forced.index(True)]
        wanted[case], most[expert] = max(1, wanted[case]), max(1, most[expert])
    return problem(
        [case for case, _ in pairs],
        [expert for _, expert in pairs],
        draw(st.lists(st.integers(0, 1000), min_size=count, max_size=count)),
        wanted=wanted,
        least=least,
        most=most,
        employer_of=draw(st.lists(st.integers(-1, 2), min_size=experts, max_size=experts)),
        pinned=forced,
        standing=draw(st.lists(st.booleans(), min_size=count, max_size=count)) if standing else None,
        quotas=crossing,
    )


def best_of_all(asked: Problem) -> tuple[int, int, int] | None:
    """(what is missing, new pairs, −quality) of the best subset; none where the pins alone break a bound."""
    found = None
    count = len(asked.case_of)
    employers = asked.employer_of[asked.expert_of]
    for chosen in product((False, True), repeat=count):
        taken = np.array(chosen, dtype=bool)
        if asked.pinned is not None and (asked.pinned & ~taken).any():
            continue
        per_case = np.bincount(asked.case_of[taken], minlength=asked.cases)
        per_expert = np.bincount(asked.expert_of[taken], minlength=asked.experts)
        sent = [
            (case, one)
            for case, one in zip(asked.case_of[taken].tolist(), employers[taken].tolist(), strict=True)
            if one >= 0
        ]
        if (per_case > asked.wanted).any() or (per_expert > asked.most).any() or len(set(sent)) < len(sent):
            continue
        if any(taken[list(quota.pairs)].sum() > quota.at_most for quota in asked.quotas):
            continue
        missing = int((asked.wanted - per_case).sum() + np.maximum(asked.least - per_expert, 0).sum())
        new = 0 if asked.standing is None else int((taken & ~asked.standing).sum())
        key = (missing, new, -int(asked.quality[taken].sum()))
        # With the same number missing a repair has the fewest new pairs.
        if found is None or key < found:
            found = key
    return found


def key_of(found) -> tuple[int, int, int]:
    return int(found.short.sum() + found.idle.sum()), found.changed, -found.quality


@settings(max_examples=150, deadline=None)
@given(small())
def test_assign_gives_the_best_of_all_subsets(asked):
    assert key_of(assign(asked)) == best_of_all(asked)


@settings(max_examples=60, deadline=None)
@given(small(standing=True))
def test_repair_gives_up_as_few_pairs_as_can_be(asked):
    found = assign(asked)
    missing, new, _ = best_of_all(asked)
    assert (int(found.short.sum() + found.idle.sum()), found.changed) == (missing, new)


@settings(max_examples=60, deadline=None)
@given(small(quotas=True))
def test_assign_with_a_crossing_quota_gives_the_best_of_all_subsets(asked):
    assert key_of(assign(asked)) == best_of_all(asked)


@settings(max_examples=80, deadline=None)
@given(small(pins=False))
def test_relaxations_together_make_the_question_answerable(asked):
    flow = flow_of(network_of(asked, Slack.CHEAPEST))
    eased = problem(
        asked.case_of, asked.expert_of, asked.quality,
        wanted=asked.wanted - flow.of("seats_less"),
        least=asked.least - flow.of("least_less"),
        most=asked.most + flow.of("load_more"),
        # The relaxed employers are left out: they only ever bind where no group gave way.
        employer_of=np.full(asked.experts, -1) if flow.of("employer_twice").any() else asked.employer_of,
    )  # fmt: skip
    assert assign(eased).complete


def test_a_found_flow_is_proven_and_a_worse_one_is_not():
    asked = problem(
        [0, 0, 1, 1], [0, 1, 0, 1], [900, 100, 800, 700], wanted=[1, 1], least=[0, 0], most=[1, 1]
    )
    flow = flow_of(network_of(asked))
    assert is_optimal(flow.network, flow)
    assert assign(asked).pairs == [(0, 0), (1, 1)]
    worse = flow.carried.copy()
    worse[:4] = [0, 1, 1, 0]
    assert not is_optimal(flow.network, type(flow)(flow.network, worse))


def test_least_loads_are_kept_though_quality_would_not():
    """HotCRP 264: a least load is a bound and no wish."""
    asked = problem([0, 0, 1, 1], [0, 1, 0, 1], [1000, 0, 1000, 0], wanted=[1, 1], least=[0, 1], most=[2, 2])
    assert assign(asked).loads.tolist() == [1, 1]


def crowded() -> Problem:
    """“Project 17” has nine candidates: six of one employer, two who are full elsewhere, and one more."""
    case_of = [0] * 9 + [1, 2]
    expert_of = [*range(9), 6, 7]
    return problem(
        case_of, expert_of, [500] * 9 + [900, 900],
        wanted=[4, 1, 1], least=[0] * 9, most=[3] * 6 + [1, 1, 1], employer_of=[7] * 6 + [-1] * 3,
        case_names=("Project 17", "Project 18", "Project 19"), expert_names=tuple(f"E{n}" for n in range(9)),
        pinned=[False] * 9 + [True, True],
    )  # fmt: skip


def test_shortage_is_explained_by_name_with_the_cheapest_way_out():
    found = assign(crowded())
    said = explain(found)
    assert found.short.tolist() == [2, 0, 0]
    assert said.shortages[0].sentence == T(
        en="Project 17: 9 candidates, 6 same employer, 2 full; it needs 4 and gets 2.",
        zh="Project 17：候选专家 9 名，6 名与他人同单位，2 名任务已满；需 4 名，只能安排 2 名。",
    )
    assert [one.words.en for one in said.relaxations] == [
        "2 cases for E6 (now at most 1)",
        "2 cases for E7 (now at most 1)",
    ]
    with pytest.raises(AssignmentInfeasible) as refusal:
        refuse(found)
    assert "Project 17: 9 candidates, 6 same employer, 2 full" in refusal.value.sentence.en


def test_rivals_are_named_where_cases_compete():
    asked = problem(
        [0, 0, 1, 1, 2], [0, 1, 0, 1, 2], [500] * 5, wanted=[2, 2, 1], least=[0] * 3, most=[1, 2, 1],
        case_names=("A", "B", "C"),
    )  # fmt: skip
    (one,) = explain(assign(asked)).shortages
    assert (one.rivals, one.needed, one.there) == (("A", "B"), 4, 3)


def test_least_load_that_cannot_be_is_explained():
    asked = problem([0], [0], [500], wanted=[1], least=[1, 2], most=[1, 3], expert_names=("甲", "乙"))
    found = explain(assign(asked))
    assert [one.sentence.zh for one in found.idle] == ["乙：至少应评 2 项，可评的 0 项中只能安排 0 项。"]


def test_crossing_quota_that_cannot_be_is_said():
    asked = problem(
        [0, 0, 0], [0, 1, 2], [900, 500, 100], wanted=[2], least=[0] * 3, most=[1] * 3, employer_of=[0, 0, 1],
        quotas=(Quota((0, 1), 2, 2, T(en="two for security", zh="两名安全专家")),),
    )  # fmt: skip
    found = assign(asked)
    assert not found.complete
    assert [one.sentence.en for one in explain(found).quotas] == [
        "two for security: at least 2 are wanted, 1 can be had."
    ]


def test_repair_after_a_decline_changes_one_pair():
    asked = problem(
        [0, 0, 0, 1, 1, 1], [0, 1, 2, 0, 1, 2], [900, 100, 500, 800, 900, 400],
        wanted=[1, 1], least=[0] * 3, most=[1] * 3,
    )  # fmt: skip
    first = assign(asked)
    assert first.pairs == [(0, 0), (1, 1)]
    held = problem(
        asked.case_of, asked.expert_of, asked.quality,
        wanted=[1, 1], least=[0] * 3, most=[1] * 3, standing=first.taken,
    )  # fmt: skip
    second = repair(held, np.array([True, False, False, False, False, False]))
    # Moving expert 1 would be the better sum in other questions; here the free expert comes.
    assert (second.pairs, second.changed) == ([(0, 2), (1, 1)], 1)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"most": [0, 1]}, "1 forced pairs and takes at most 0"),
        ({"least": [2, 0]}, "at least 2 and at most 1"),
        ({"employer_of": [3, 3], "pinned": [True, True]}, "have one employer"),
        ({"case_of": [0, 5]}, "out of range"),
        ({"expert_of": [1, 1]}, "twice"),
    ],
)
def test_question_that_contradicts_itself_is_refused(changes, words):
    asked = {
        "case_of": [0, 0], "expert_of": [0, 1], "quality": [1, 2], "wanted": [2], "least": [0, 0], "most": [1, 1],
        "pinned": [True, False],
    } | changes  # fmt: skip
    case_of, expert_of, quality = (asked.pop(name) for name in ("case_of", "expert_of", "quality"))
    with pytest.raises(AssignmentFault) as refusal:
        problem(case_of, expert_of, quality, **asked)
    assert words in refusal.value.sentence.en


@pytest.mark.parametrize("apart", [1, 1000], ids=["employers in a table", "employers far apart"])
def test_who_shares_an_employer_is_counted_by_case(apart):
    chance = np.random.default_rng(apart)
    employer_of = np.where(chance.random(12) < 0.2, -1, chance.integers(0, 6, 12) * apart)
    case_of, expert_of = np.nonzero(chance.random((7, 12)) < 0.6)
    asked = problem(
        case_of,
        expert_of,
        np.zeros(len(case_of)),
        wanted=[1] * 7,
        least=[0] * 12,
        most=[1] * 12,
        employer_of=employer_of,
    )
    pairs = list(zip(case_of.tolist(), employer_of[expert_of].tolist(), strict=True))
    shared = sorted({one for one in pairs if one[1] >= 0 and pairs.count(one) > 1})
    shares, group, cases_of_groups = asked.shared
    assert shares.tolist() == [one in shared for one in pairs]
    assert group.tolist() == [shared.index(one) for one in pairs if one in shared]
    assert cases_of_groups.tolist() == [case for case, _ in shared]
