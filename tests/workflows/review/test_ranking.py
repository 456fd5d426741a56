"""The ranking of a round, worked by hand: panels of five and of seven, an abstention, a tie, a revision, a veto."""

from fractions import Fraction

import pytest

from tests.workflows.review.seated import expert, give
from workflows.engine.perform import perform
from workflows.models import Ranking
from workflows.review.counting import standing_of
from workflows.review.ranking.freezing import (
    FrozenAlready,
    FrozenUnchanged,
    NothingToFreeze,
    freeze,
    frozen_of,
    holds,
)
from workflows.review.ranking.reading import ranking_of


def scored(case, experts, totals, **more):
    """Each expert gives so many points, at most 40 of them for the effect."""
    for one, total in zip(experts, totals, strict=False):
        give(case, one, str(Fraction(total) - 40), "40", **more)


def told(place):
    return place.ranked.rank, place.ranked.place, str(place.standing.score.shown), place.standing.outcome


def test_panel_of_five_with_a_tie_a_veto_and_a_case_that_hangs_on_one_expert(put, experts, panel_call):
    first, second, third, edge, vetoed, waiting = (put(experts) for _ in range(6))
    # 414 ÷ 5 = 82.8 both times: they share the first rank, the next is third.
    scored(first, experts, (80, 84, 78, 82, 90))
    scored(second, experts, (82, 82, 83, 83, 84))
    scored(third, experts, (70, 72, 71, 68, 69))
    # 401 ÷ 5 = 80.2 passes; without the fifth 316 ÷ 4 = 79 it would not.
    scored(edge, experts, (79, 79, 79, 79, 85))
    scored(vetoed, experts[:3], (95, 95, 95), vetoes=["duplicate"])
    scored(vetoed, experts[3:], (95, 95))
    scored(waiting, experts[:4], (90, 90, 90, 90))

    found = ranking_of(panel_call)

    assert [(place.case.pk, *told(place)) for place in found.ranked] == [
        (first.pk, 1, 1, "82.80", "pass"),
        (second.pk, 1, 1, "82.80", "pass"),
        (edge.pk, 3, 3, "80.20", "pass"),
        (third.pk, 4, 4, "70.00", "revise"),
    ]
    assert [place.above for place in found.ranked] == [True, True, True, False]
    assert found.ranked[0].ranked.settled_by == "tied"
    assert [flag.words.en for flag in found.ranked[2].flags if flag.kind == "flip"] == [
        "Without E0005 it would fall below the cut: 80.20 → 79.00."
    ]
    assert [(place.case.pk, place.vetoed, place.standing.all_in) for place in found.unranked] == [
        (vetoed.pk, True, True),
        (waiting.pk, False, False),
    ]
    assert found.effects.components == 1
    assert [panel.cases for panel in found.panels] == [5]


def test_panel_of_seven_drops_the_extremes_also_where_one_abstains(put, association):
    seven = [expert(association, number) for number in range(11, 18)]
    case = put(seven)
    scored(case, seven[:6], (60, 70, 45, 80, 85, 90))
    assert standing_of(case).outcome == ""
    perform("abstain", [case.pk], actor=seven[6].user, key="a", reason="非本人专业")
    # Panel of seven, six reviews: without 90 and 45, (60 + 70 + 80 + 85) ÷ 4 = 73.75.
    assert (standing_of(case).score.shown.__str__(), standing_of(case).outcome) == ("73.75", "revise")
    give(case, seven[2], "35", "40", key="v", reason="答辩中补充了数据来源")

    # The third says 75 now: without 90 and 60, (70 + 75 + 80 + 85) ÷ 4 = 77.5.
    standing = standing_of(case)
    assert (str(standing.score.shown), standing.outcome, standing.rule.panel) == ("77.50", "revise", 7)
    assert [total.expert for total in standing.score.abstained] == ["E0017"]
    assert [str(one.exact) for one in standing.score.counted[2].earlier] == ["45"]


def test_one_recusal_does_not_give_a_case_another_rule_than_its_neighbours(put, association):
    seven = [expert(association, number) for number in range(11, 18)]
    case = put(seven)
    perform("declare_conflict", [case.pk], actor=seven[6].user, key="d", reason="配偶在该单位任职")
    scored(case, seven[:6], (60, 70, 75, 80, 85, 90))

    # Six of a panel of seven: trimmed all the same, (70 + 75 + 80 + 85) ÷ 4.
    standing = standing_of(case)
    assert (str(standing.score.shown), len(standing.score.dropped)) == ("77.50", 2)
    assert [total.expert for total in standing.score.recused] == ["E0017"]


def test_panels_without_a_common_expert_are_not_comparable(put, association, experts, panel_call):
    others = [expert(association, number) for number in range(11, 16)]
    here, there = put(experts), put(others)
    scored(here, experts, (80, 81, 82, 83, 84))
    scored(there, others, (70, 71, 72, 73, 74))

    effects = ranking_of(panel_call).effects

    assert effects.components == 2
    assert not effects.comparable(str(here.pk), str(there.pk))
    assert effects.warning.en.startswith("Not comparable")


def test_frozen_ranking_holds_every_review_and_is_frozen_anew_with_a_reason(put, experts, panel_call, clerk):
    with pytest.raises(NothingToFreeze):
        freeze(panel_call, by=clerk)
    case = put(experts)
    scored(case, experts, (80, 81, 82, 83, 84))
    kept = freeze(panel_call, by=clerk)

    (row,) = kept.content["ranked"]
    assert (row["case"], row["rank"], row["score"], row["shown"]) == (case.number, 1, "82/1", "82.00")
    assert [review["expert"] for review in row["reviews"]] == ["E0001", "E0002", "E0003", "E0004", "E0005"]
    assert holds(Ranking.objects.get())
    with pytest.raises(FrozenUnchanged):
        freeze(panel_call, by=clerk, reason="再来一次")
    give(case, experts[0], "45", "40", key="v", reason="讨论后调整")
    with pytest.raises(FrozenAlready):
        freeze(panel_call, by=clerk)
    freeze(panel_call, by=clerk, reason="一位专家修改评分")

    assert frozen_of(panel_call).content["ranked"][0]["score"] == "83/1"
    assert Ranking.objects.count() == 2
