"""The draw: quotas are kept or named, every candidate has the same chance, successors follow from the seed."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import combinations, product

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.workflows.review.drawn import (
    DRAWN,
    FIELDS,
    FROZEN,
    LOTTERY,
    NUMBER,
    OFFICIALS,
    announced,
    drawn,
    expert,
    panel_of,
    reveals,
    small_worlds,
)
from workflows.review.draw.drawing import Draw, Leaving, NoSuccessor, certificate
from workflows.review.draw.pool import Candidate, Exclusion, Panel, PoolFault, Quota
from workflows.review.draw.quotas import DrawInfeasible
from workflows.review.draw.seeds import CommitReveal, NamedSeed, SeedFault, Source


def keeps(panel: Panel, members: list[Candidate]) -> bool:
    """Whether these members keep every quota, tried seat by seat: each sits for one of their fields."""
    by_employer = Counter(one.employer for one in members)
    if len(members) != panel.seats or any(
        not panel.of_employer(name)[0] <= by_employer[name] <= panel.of_employer(name)[1]
        for name in by_employer.keys() | panel.employers.keys()
    ):
        return False
    for seats in product(*(one.fields for one in members)):
        sits = Counter(seats)
        inside = sum(sits[name] for name in panel.in_field)
        if inside >= panel.needed_in_field and all(
            panel.of_field(name)[0] <= sits[name] <= panel.of_field(name)[1] for name in FIELDS
        ):
            return True
    return False


@settings(max_examples=80, deadline=None)
@given(small_worlds(), st.integers(0, 10**9))
def test_quotas_are_kept_or_it_is_said_that_no_panel_keeps_them(world, number):
    people, panel = world
    possible = [set(some) for some in combinations(people, 3) if keeps(panel, list(some))]
    by_code = {one.code: one for one in people}

    try:
        found = certificate(drawn(announced(people, panel), number))
    except DrawInfeasible as refusal:
        assert possible == []
        assert "No panel of 3 can be drawn" in refusal.sentence.en
        assert refusal.sentence.zh
        return

    assert {by_code[code] for code in found["panel"]} in possible
    # Whoever was passed over could not have sat with those who were seated before.
    seated: list[Candidate] = []
    for step in found["walk"]:
        one = by_code[step["code"]]
        fits = any({*seated, one} <= some for some in possible)
        assert fits == (step["passed"] == "")
        seated += [one] if fits else []


@settings(max_examples=40, deadline=None)
@given(small_worlds(), st.integers(0, 10**9), st.integers(0, 2))
def test_successors_keep_the_quotas_and_the_others_their_seats(world, number, who):
    people, panel = world
    by_code = {one.code: one for one in people}
    try:
        announcement = announced(people, panel)
    except DrawInfeasible:
        assume(False)
    before = panel_of(announcement, number)
    out = before[who]
    stay = [code for code in before if code != out]
    possible = [
        some
        for some in combinations([one for one in people if one.code != out], 3)
        if keeps(panel, list(some)) and {by_code[code] for code in stay} <= set(some)
    ]

    leaving = Leaving(out, "declined", DRAWN + timedelta(hours=1), "出差")
    try:
        found = certificate(drawn(announcement, number, leavings=(leaving,)))
    except DrawInfeasible:
        assert possible == []
        return

    assert found["panel"][:2] == stay
    assert {by_code[code] for code in found["panel"]} in [set(some) for some in possible]
    assert found["replacements"][0]["in"] == found["panel"][2]


def test_everybody_has_the_same_chance():
    """1,000 draws of 5 out of 20; fair counts of all twenty stay within 4.5 σ but for one time in 7,000."""
    announcement = announced(expert(number) for number in range(20))
    draws, share = 1_000, 5 / 20

    counts = Counter(code for number in range(draws) for code in panel_of(announcement, number))

    sigma = (draws * share * (1 - share)) ** 0.5
    assert sum(counts.values()) == 5 * draws
    assert len(counts) == 20
    assert max(abs(count - draws * share) for count in counts.values()) < 4.5 * sigma


def test_quotas_leave_equals_equal_chances():
    """Two strata, fixed by quotas, and pairs from one employer: alike within each, whatever the employer."""
    people = [expert(number, f"单位{number // 2}", "软件") for number in range(12)]
    people += [expert(number, "", "财务") for number in range(12, 18)]
    panel = Panel(5, ("软件",), fields={"财务": Quota(1, 1)})
    announcement = announced(people, panel)
    draws = 900

    counts = Counter(code for number in range(draws) for code in panel_of(announcement, number))

    for codes, seats in ((range(12), 4), (range(12, 18), 1)):
        share = seats / len(codes)
        sigma = (draws * share * (1 - share)) ** 0.5
        strays = [abs(counts[f"E{number:03}"] - draws * share) / sigma for number in codes]
        assert max(strays) < 4.5


def test_order_of_the_input_changes_nothing():
    people = [expert(number, "", "软件", "安全") for number in range(30)]
    turned = [replace(one, fields=one.fields[::-1]) for one in reversed(people)]

    assert announced(people).sha256 == announced(turned).sha256
    assert panel_of(announced(people)) == panel_of(announced(turned))


def test_number_of_the_draw_gives_another_panel_with_the_same_seed():
    people = [expert(number) for number in range(200)]

    assert panel_of(announced(people, number=17)) != panel_of(announced(people, number=18))


def test_one_of_each_employer_and_the_reason_who_was_passed_over():
    people = [expert(number, f"单位{number % 5}") for number in range(50)]

    walk = certificate(drawn(announced(people)))["walk"]

    seated = [step["code"] for step in walk if not step["passed"]]
    assert sorted(int(code[1:]) % 5 for code in seated) == [0, 1, 2, 3, 4]
    assert {step["passed"] for step in walk} == {"", "employer_full"}


def test_two_thirds_are_in_the_field():
    people = [expert(number, "", "管理") for number in range(90)]
    people += [expert(number) for number in range(90, 100)]
    found = certificate(drawn(announced(people, Panel(7, ("软件",)))))

    # Two thirds of seven are five.
    assert sum(int(code[1:]) >= 90 for code in found["panel"]) == 5
    assert {step["passed"] for step in found["walk"]} == {"", "outside_full"}


def test_last_seats_are_kept_for_a_rare_field():
    people = [expert(number) for number in range(60)] + [expert(60, "", "安全")]
    found = certificate(drawn(announced(people, Panel(5, ("软件", "安全"), fields={"安全": Quota(1)}))))

    assert "E060" in found["panel"]
    assert "seats_reserved" in {step["passed"] for step in found["walk"]}


def test_passed_over_for_a_field_whose_seats_are_taken():
    people = [expert(number) for number in range(30)] + [
        expert(number, "", "安全") for number in range(30, 60)
    ]
    found = certificate(drawn(announced(people, Panel(5, ("软件", "安全"), fields={"安全": Quota(0, 1)}))))

    assert "field_full" in {step["passed"] for step in found["walk"]}


def test_successor_is_the_first_in_the_order_who_fits_and_the_reason_is_kept():
    announcement = announced([expert(number, f"单位{number % 7}") for number in range(40)])
    before = certificate(drawn(announcement))
    out = before["panel"][1]
    leavings = (Leaving(out, "no_answer", DRAWN + timedelta(days=1), "三个工作日未答复"),)

    after = certificate(drawn(announcement, leavings=leavings))

    (entry,) = after["replacements"]
    taken = {int(code[1:]) % 7 for code in before["panel"] if code != out}
    fitting = [code for code in before["order"] if int(code[1:]) % 7 not in taken and code != out]
    assert (entry["out"], entry["reason"], entry["words"]) == (out, "no_answer", "三个工作日未答复")
    assert entry["in"] == after["panel"][-1] == fitting[0]
    assert (before["order"], before["walk"]) == (after["order"], after["walk"])


@pytest.mark.parametrize(
    ("leaving", "says"),
    [
        (Leaving("E999", "declined", DRAWN), "E999 does not sit on the panel"),
        (Leaving("", "declined", DRAWN), "does not sit"),
    ],
)
def test_who_does_not_sit_cannot_leave(leaving, says):
    with pytest.raises(NoSuccessor) as refused:
        certificate(drawn(announced([expert(number) for number in range(9)]), leavings=(leaving,)))

    assert says in refused.value.sentence.en


def test_leaving_needs_a_known_reason_and_comes_after_the_draw():
    announcement = announced([expert(number) for number in range(9)])
    first = panel_of(announcement)[0]

    for leaving in (Leaving(first, "whim", DRAWN), Leaving(first, "declined", DRAWN - timedelta(seconds=1))):
        with pytest.raises(NoSuccessor):
            certificate(drawn(announcement, leavings=(leaving,)))


def test_pool_without_anybody_left_says_what_is_missing():
    announcement = announced([expert(number) for number in range(5)])
    leaving = Leaving("E002", "conflict", DRAWN + timedelta(hours=1))

    with pytest.raises(DrawInfeasible) as refused:
        certificate(drawn(announcement, leavings=(leaving,)))

    assert "Of seats 5 are needed, and at most 4 can be had." in refused.value.sentence.en
    assert "席位需要 5 名，最多只有 4 名。" in refused.value.sentence.zh


def test_infeasible_names_the_shortage_and_the_way_out():
    people = [expert(number, "", "管理") for number in range(20)]
    people += [expert(number, "高校", "软件") for number in range(20, 30)]

    with pytest.raises(DrawInfeasible) as refused:
        announced(people, Panel(5, ("软件",)))

    said = refused.value.sentence.en
    assert "No panel of 5 can be drawn from 30 candidates of 21 employers." in said
    assert "Of experts in the field 4 are needed, and at most 1 can be had." in said
    assert said.endswith("It would come about with any one of these: no least share in the field.")


def test_two_quotas_that_only_clash_together_are_named():
    people = [expert(0, "甲", "安全"), expert(1, "甲", "财务"), *(expert(number) for number in range(2, 9))]
    panel = Panel(5, ("软件",), fields={"安全": Quota(1), "财务": Quota(1)}, share=(1, 2))

    with pytest.raises(DrawInfeasible) as refused:
        announced(people, panel)

    said = refused.value.sentence.en
    assert "no least number for “安全”; no least number for “财务”; 2 from one employer." in said


FAULTY_POOLS = {
    "twice": ([expert(1), expert(1)], (), "E001 stands in it twice"),
    "both": ([expert(1)], (Exclusion(expert(1), "same_employer"),), "E001 is a candidate and excluded"),
    "no rule": ([expert(1)], (Exclusion(expert(2), "mood"),), "the rule “mood”, which is not among"),
    "no field": ([Candidate("E1", "某", "甲", ())], (), "E1 has no field"),
    "no employer": ([Candidate("E1", "某", "", ("软件",))], (), "“E1” has no code or no employer"),
}


@pytest.mark.parametrize("what", FAULTY_POOLS)
def test_pool_that_contradicts_itself_is_refused_by_name(what):
    people, excluded, says = FAULTY_POOLS[what]

    with pytest.raises(PoolFault) as refused:
        announced(people, None, excluded)

    assert says in refused.value.sentence.en


@pytest.mark.parametrize(
    "panel",
    [
        Panel(4, ("软件",)),
        Panel(3, ("软件",)),
        Panel(5, ("软件",), share=(3, 2)),
        Panel(5, ("软件",), per_employer=0),
        Panel(5, ("软件",), fields={"软件": Quota(3, 2)}),
    ],
)
def test_panel_that_no_rule_allows_is_refused(panel):
    with pytest.raises(PoolFault):
        announced([expert(number) for number in range(9)], panel)


def test_broken_hash_is_refused():
    with pytest.raises(PoolFault) as refused:
        announced([expert(number) for number in range(9)], algorithm="md5")

    assert "the hash “md5” is none of sha256" in refused.value.sentence.en


def test_seed_that_is_known_when_the_pool_is_frozen_is_refused():
    known = Source("昨日开奖", 6, 1, 33, FROZEN)

    with pytest.raises(SeedFault) as refused:
        announced([expert(number) for number in range(9)], method=NamedSeed((known,)))

    assert "is known before the pool is frozen" in refused.value.sentence.en


def test_seed_with_fewer_outcomes_than_panels_is_refused():
    with pytest.raises(SeedFault) as refused:
        announced([expert(number) for number in range(200)], method=NamedSeed((LOTTERY,)))

    assert "1,107,568 outcomes, fewer than the 2,535,650,040 possible panels" in refused.value.sentence.en


@pytest.mark.parametrize(
    "seed",
    [
        {LOTTERY.name: [1, 2, 3, 4, 5, 6]},
        {LOTTERY.name: [1, 2, 3, 4, 5], NUMBER.name: [1]},
        {LOTTERY.name: [1, 2, 3, 4, 5, 5], NUMBER.name: [1]},
        {LOTTERY.name: [1, 2, 3, 4, 5, 34], NUMBER.name: [1]},
        [],
    ],
)
def test_seed_that_was_not_announced_is_refused(seed):
    with pytest.raises(SeedFault):
        certificate(Draw(announced([expert(number) for number in range(9)]), seed, DRAWN))


def test_draw_before_the_seed_is_known_is_refused():
    draw = drawn(announced([expert(number) for number in range(9)]))

    with pytest.raises(SeedFault) as refused:
        certificate(replace(draw, drawn_at=FROZEN + timedelta(hours=1)))

    assert "is not known yet" in refused.value.sentence.en


def test_secrets_of_two_officials_make_a_seed():
    announcement = announced((expert(number) for number in range(30)), method=CommitReveal(OFFICIALS))

    found = certificate(Draw(announcement, reveals(announcement), DRAWN))

    assert found["key"] == "1./2./17./"
    assert len(found["panel"]) == 5
    assert found == certificate(Draw(announcement, reveals(announcement)[::-1], DRAWN))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"secret": "0" * 64}, "revealed another secret than they committed to"),
        ({"secret": "abc"}, "is not 64 hexadecimal digits"),
        ({"revealed_at": FROZEN + timedelta(hours=1)}, "reveal after everybody has committed"),
        ({"committed_at": FROZEN}, "commit after the pool is frozen"),
        ({"official": "赵六"}, "is not revealed by those who were announced"),
    ],
)
def test_official_who_could_have_chosen_the_outcome_is_refused(changes, says):
    announcement = announced((expert(number) for number in range(30)), method=CommitReveal(OFFICIALS))
    first, second = reveals(announcement)

    with pytest.raises(SeedFault) as refused:
        certificate(Draw(announcement, [first, replace(second, **changes)], DRAWN))

    assert says in refused.value.sentence.en


def test_commitment_of_another_draw_or_of_a_colleague_does_not_count():
    people = [expert(number) for number in range(30)]
    announcement = announced(people, method=CommitReveal(OFFICIALS))
    other = announced(people, method=CommitReveal(OFFICIALS), number=18)
    first, second = reveals(announcement)
    copied = replace(second, commitment=first.commitment, secret=first.secret)

    for seed in ([first, copied], reveals(other)):
        with pytest.raises(SeedFault) as refused:
            certificate(Draw(announcement, seed, DRAWN))
        assert "revealed another secret" in refused.value.sentence.en


def test_one_official_alone_makes_no_seed():
    for officials in (("王敏",), ("王敏", "王敏")):
        with pytest.raises(SeedFault):
            announced((expert(number) for number in range(9)), method=CommitReveal(officials))
