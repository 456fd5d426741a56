"""Scores by hand: a panel of five and one of seven, with what is missing, abstained, tied and revised."""

from decimal import Decimal
from fractions import Fraction

import pytest

from config.words import T
from workflows.review.scoring.exact import half_up, plain
from workflows.review.scoring.flags import Cut, flags_of, flips
from workflows.review.scoring.ranking import Ranked, TieBreak, rank
from workflows.review.scoring.rubric import Criterion, Review, Rubric, ScoreFault, Standing
from workflows.review.scoring.scores import Rule, scores_of
from workflows.review.scoring.totals import total_of, totals_of
from workflows.review.scoring.why import why, why_placed

PROJECT = Rubric(
    (
        Criterion("need", T("Need", "必要性"), Decimal(25)),
        Criterion("feasible", T("Feasibility", "可行性"), Decimal(30)),
        Criterion("funds", T("Funds", "资金"), Decimal(25)),
        Criterion("effect", T("Effect", "效益"), Decimal(20)),
    )
)
POINTS = Rubric((Criterion("points", T("Points", "总评"), Decimal(100)),))
NEED_FIRST = TieBreak("need", T("need", "必要性"), ("need",))
FIVE, SEVEN = Rule(5), Rule(7)


def review(project: str, expert: str, *points: int | None, **more) -> Review:
    keys = ("need", "feasible", "funds", "effect") if len(points) == 4 else ("points",)
    scores = {key: Decimal(point) for key, point in zip(keys, points, strict=False) if point is not None}
    return Review(project, expert, scores, **more)


def points(project: str, *scores: int) -> list[Review]:
    return [review(project, f"E{number}", score) for number, score in enumerate(scores, 1)]


def out(project: str, expert: str, standing: Standing) -> Review:
    return Review(project, expert, standing=standing)


PANEL_OF_FIVE = [
    # (80 + 86 + 74 + 82 + 90) ÷ 5 = 82.40
    review("P1", "A", 20, 24, 20, 16), review("P1", "B", 22, 26, 21, 17), review("P1", "C", 18, 22, 19, 15),
    review("P1", "D", 21, 25, 20, 16), review("P1", "E", 23, 27, 22, 18),
    # A revised 62 to 71, C gave no funds, D abstained: (71 + 75 + 76) ÷ 3 = 74
    review("P2", "A", 15, 20, 15, 12),
    review("P2", "A", 18, 22, 17, 14, revision=2, reason="答辩时说明了数据来源"),
    review("P2", "B", 19, 23, 18, 15), review("P2", "C", 20, 25, None, 16),
    out("P2", "D", Standing.ABSTAINED), review("P2", "E", 19, 23, 19, 15),
    # (82 + 82 + 82 + 83 + 83) ÷ 5 = 82.40 again, with more for the need: 21 against 20.8
    review("P3", "A", 21, 24, 21, 16), review("P3", "B", 21, 24, 21, 16), review("P3", "C", 21, 24, 21, 16),
    review("P3", "D", 21, 25, 21, 16), review("P3", "E", 21, 25, 21, 16),
    # A is recused: (60 + 95 + 70 + 65) ÷ 4 = 72.50
    out("P4", "A", Standing.RECUSED), review("P4", "B", 15, 18, 15, 12), review("P4", "C", 24, 29, 23, 19),
    review("P4", "D", 17, 21, 18, 14), review("P4", "E", 16, 20, 16, 13),
]  # fmt: skip


@pytest.fixture
def totals():
    return totals_of(PROJECT, PANEL_OF_FIVE)


@pytest.fixture
def scores(totals):
    return scores_of(totals, FIVE)


def test_panel_of_five_comes_to_what_the_hand_says(scores):
    assert {name: score.shown for name, score in scores.items()} == {
        "P1": Decimal("82.40"), "P2": Decimal("74.00"), "P3": Decimal("82.40"), "P4": Decimal("72.50"),
    }  # fmt: skip
    second = scores["P2"]
    assert [one.expert for one in second.counted] == ["A", "B", "E"]
    assert [(one.expert, one.missing) for one in second.incomplete] == [("C", ("funds",))]
    assert [one.expert for one in second.abstained] == ["D"]
    assert [one.exact for one in second.counted[0].earlier] == [62]
    assert [one.expert for one in scores["P4"].recused] == ["A"]


def test_equals_share_a_rank_and_the_declared_key_places_them(scores):
    assert rank(scores.values(), rubric=PROJECT, ties=[NEED_FIRST]) == [
        Ranked("P3", 1, 1, "need"),
        Ranked("P1", 1, 2, "need"),
        Ranked("P2", 3, 3, "score"),
        Ranked("P4", 4, 4, "score"),
    ]


def test_without_key_or_lot_equals_stay_equal(scores):
    found = rank(scores.values(), rubric=PROJECT)

    assert [(one.project, one.rank, one.place, one.settled_by) for one in found[:3]] == [
        ("P1", 1, 1, "tied"),
        ("P3", 1, 1, "tied"),
        ("P2", 3, 3, "score"),
    ]


def test_lot_settles_what_is_left_and_can_be_drawn_again(scores):
    seeds = [[[number]] for number in range(40)]
    first = [rank(scores.values(), rubric=PROJECT, lot=seed)[0].project for seed in seeds]

    assert first == [rank(scores.values(), rubric=PROJECT, lot=seed)[0].project for seed in seeds]
    assert set(first) == {"P1", "P3"}
    assert [
        (one.rank, one.place, one.settled_by) for one in rank(scores.values(), rubric=PROJECT, lot=[[1]])[:2]
    ] == [
        (1, 1, "lot"),
        (1, 2, "lot"),
    ]


def test_panel_of_seven_drops_the_highest_and_the_lowest():
    reviews = [
        *points("Q1", 60, 70, 72, 74, 76, 78, 100),  # (70 + 72 + 74 + 76 + 78) ÷ 5 = 74
        *points("Q2", 70, 71, 72, 73, 74, 90), out("Q2", "E7", Standing.ABSTAINED),  # (71 + 72 + 73 + 74) ÷ 4 = 72.5
        *points("Q3", 70, 80, 90, 40), *(out("Q3", f"E{n}", Standing.RECUSED) for n in (5, 6, 7)),  # all four: 70
        *points("Q4", 74, 74, 74, 74, 74, 74, 74),
        *points("Q5", 10), review("Q5", "E1", 60, revision=2, reason="看错一位"),
    ]  # fmt: skip
    found = scores_of(totals_of(POINTS, reviews), SEVEN)

    assert [str(score.shown) for score in found.values()] == ["74.00", "72.50", "70.00", "74.00", "60.00"]
    assert [one.exact for one in found["Q1"].dropped] == [100, 60]
    assert found["Q3"].dropped == ()
    assert [one.rank for one in rank(found.values(), rubric=POINTS)] == [1, 1, 3, 4, 5]


def test_panel_of_five_is_not_trimmed_and_four_never_are():
    reviews = points("Q", 0, 70, 70, 70, 100)

    assert scores_of(totals_of(POINTS, reviews), Rule(5))["Q"].shown == Decimal("62.00")
    assert scores_of(totals_of(POINTS, reviews), Rule(5, trims_from=5))["Q"].shown == Decimal("70.00")
    assert scores_of(totals_of(POINTS, reviews[:4]), Rule(5, trims_from=5))["Q"].shown == Decimal("52.50")
    with pytest.raises(ScoreFault):
        Rule(5, least=4)


def test_only_one_of_several_equal_extremes_is_dropped():
    found = scores_of(totals_of(POINTS, points("Q", 50, 50, 70, 80, 90, 90, 90)), SEVEN)["Q"]

    assert found.exact == Fraction(50 + 70 + 80 + 90 + 90, 5)
    assert len(found.used) == 5


def test_optional_criteria_share_their_weight_out_and_required_ones_do_not():
    rubric = Rubric(
        (
            Criterion("a", T("A", "甲"), Decimal(50)),
            Criterion("b", T("B", "乙"), Decimal(25)),
            Criterion("c", T("C", "丙"), Decimal(25), required=False, highest=Decimal(10)),
        )
    )
    given = {"a": Decimal(40), "b": Decimal(20)}

    assert total_of(rubric, Review("P", "E", given)).exact == 80
    assert total_of(rubric, Review("P", "E", given | {"c": Decimal(4)})).exact == 40 + 20 + 10
    assert total_of(rubric, Review("P", "E", given | {"c": Decimal(0)})).exact == 60
    half = total_of(rubric, Review("P", "E", {"a": Decimal(40), "c": Decimal(10)}))
    assert (half.exact, half.missing) == (None, ("b",))


def test_nothing_is_rounded_before_it_is_ranked():
    thirds = Rubric((Criterion("x", T("X", "某"), Decimal(3)),))
    scores = {
        "A": [1, 1, 1], "B": [1, 1], "C": [Decimal("1.0001"), 1, 1],
    }  # fmt: skip
    reviews = [
        Review(project, f"E{number}", {"x": Decimal(score)})
        for project, given in scores.items()
        for number, score in enumerate(given)
    ]
    found = scores_of(totals_of(thirds, reviews), FIVE)

    assert [found[name].shown for name in "ABC"] == [Decimal("33.33")] * 3
    assert found["A"].exact == Fraction(100, 3)
    assert [(one.project, one.rank) for one in rank(found.values(), rubric=thirds)] == [
        ("C", 1),
        ("A", 2),
        ("B", 2),
    ]


@pytest.mark.parametrize(
    ("exact", "shown"),
    [
        (Fraction(79995, 1000), "80.00"),
        (Fraction(799949, 10000), "79.99"),
        (Fraction(-1, 8), "-0.13"),
        (Fraction(0), "0.00"),
    ],
)
def test_published_scores_are_rounded_half_up(exact, shown):
    assert half_up(exact) == Decimal(shown)


def test_fractions_are_written_as_people_write_them():
    assert [plain(Fraction(*pair)) for pair in ((82, 1), (165, 2), (0, 1), (241, 3), (-1, 4))] == [
        "82", "82.5", "0", "80.3333…", "-0.25",
    ]  # fmt: skip


def test_project_without_a_score_is_not_ranked():
    reviews = [out("Q", "E1", Standing.RECUSED), *points("R", 50)]
    found = scores_of(totals_of(POINTS, reviews), FIVE)

    assert (found["Q"].exact, found["Q"].shown) == (None, None)
    assert [one.project for one in rank(found.values(), rubric=POINTS)] == ["R"]
    assert [line.en for line in why(found["Q"], POINTS)] == [
        "E1: recused, not counted.", "No review counts yet: no score.",
    ]  # fmt: skip


FAULTS = {
    "too high": ([review("P", "E", 101)], "gives “points” 101; it goes from 0 to 100"),
    "too low": ([Review("P", "E", {"points": Decimal("-0.5")})], "gives “points” -0.5"),
    "no number": ([Review("P", "E", {"points": Decimal("NaN")})], "gives “points” NaN"),
    "unknown": ([Review("P", "E", {"style": Decimal(1)})], "scores “style”, which is no criterion"),
    "recused": ([Review("P", "E", {"points": Decimal(1)}, Standing.RECUSED)], "by somebody who is recused"),
    "no reason": (
        [review("P", "E", 1), review("P", "E", 2, revision=2, reason=" ")],
        "revised without a reason",
    ),
    "twice": ([review("P", "E", 1), review("P", "E", 2)], "has revision 1 where 2 should be"),
    "gap": ([review("P", "E", 1), review("P", "E", 2, revision=3, reason="x")], "has revision 3 where 2"),
}


@pytest.mark.parametrize("what", FAULTS)
def test_review_that_cannot_be_is_refused_by_name(what):
    reviews, says = FAULTS[what]

    with pytest.raises(ScoreFault) as refused:
        totals_of(POINTS, reviews)

    assert "P / E " in refused.value.sentence.en
    assert says in refused.value.sentence.en


@pytest.mark.parametrize(
    "criteria",
    [(), (Criterion("a", T("A", "甲"), Decimal(0)),), (Criterion("a", T("A", "甲"), Decimal(1)),) * 2,
     (Criterion("a", T("A", "甲"), Decimal(1), lowest=Decimal(1)),)],
)  # fmt: skip
def test_rubric_that_scores_nothing_is_refused(criteria):
    with pytest.raises(ScoreFault):
        Rubric(criteria)


def test_why_prints_the_arithmetic_in_both_languages(scores):
    lines = why(scores["P2"], PROJECT)

    assert [line.en for line in lines] == [
        "A: Need 18 + Feasibility 22 + Funds 17 + Effect 14 = 71; before: 62, revised because: 答辩时说明了数据来源.",
        "B: Need 19 + Feasibility 23 + Funds 18 + Effect 15 = 75.",
        "E: Need 19 + Feasibility 23 + Funds 19 + Effect 15 = 76.",
        "C: incomplete, not counted; missing: Funds.",
        "D: abstained, not counted.",
        "Score, (71 + 75 + 76) ÷ 3 = 74, published as 74.00.",
    ]
    assert [line.zh for line in lines] == [
        "A：必要性 18 + 可行性 22 + 资金 17 + 效益 14 = 71；此前：62，修改理由：答辩时说明了数据来源。",
        "B：必要性 19 + 可行性 23 + 资金 18 + 效益 15 = 75。",
        "E：必要性 19 + 可行性 23 + 资金 19 + 效益 15 = 76。",
        "C：未完成，不计入；缺：资金。",
        "D：弃权，不计入。",
        "得分：（71 + 75 + 76）÷ 3 = 74，公布为 74.00。",
    ]


def test_why_says_what_was_dropped_and_how_weights_were_shared_out():
    rubric = Rubric(
        (
            Criterion("a", T("A", "甲"), Decimal(75)),
            Criterion("c", T("C", "丙"), Decimal(25), required=False, highest=Decimal(10)),
        )
    )
    reviews = [
        Review("Q", f"E{number}", {"a": Decimal(50 + number), "c": Decimal(5)}) for number in range(1, 7)
    ]
    reviews.append(Review("Q", "E7", {"a": Decimal(60)}))
    lines = why(scores_of(totals_of(rubric, reviews), SEVEN)["Q"], rubric)

    assert lines[0].en == "E1: 100 × (A 75 × 51 ÷ 75 + C 25 × 5 ÷ 10) ÷ 100 = 63.5."
    assert lines[6].en == "E7: 100 × (A 75 × 60 ÷ 75) ÷ 75 = 80 (left open, weights shared out again: C)."
    assert lines[6].zh == "E7：100 ×（甲 75 × 60 ÷ 75）÷ 75 = 80（未评的选评项按权重折算：丙）。"
    assert lines[-1].en == (
        "Score, without the highest (80) and the lowest (63.5): (64.5 + 65.5 + 66.5 + 67.5 + 68.5) ÷ 5 = 66.5, "
        "published as 66.50."
    )
    assert lines[-1].zh.startswith("得分：去掉最高分（80）和最低分（63.5）：（64.5 + 65.5")


def test_why_says_what_placed_a_project():
    said = [
        why_placed(Ranked("P", 2, 2, "score"), ()),
        why_placed(Ranked("P", 1, 2, "need"), [NEED_FIRST]),
        why_placed(Ranked("P", 1, 2, "lot"), ()),
        why_placed(Ranked("P", 1, 1, "tied"), ()),
    ]

    assert [one.en for one in said] == [
        "Rank 2 by its score.",
        "Rank 1, shared; place 2 by need.",
        "Rank 1, shared; place 2 by a lot.",
        "Rank 1, shared: score and every declared key are equal; a lot would decide.",
    ]
    assert said[1].zh == "并列第 1；按“必要性”排在第 2 位。"


def test_flags_name_disagreement_and_what_is_incomplete(scores):
    found = [(flag.kind, flag.project, flag.expert, flag.words.en) for flag in flags_of(scores, None)]

    # 60, 95, 70, 65: deviations from 72.5 squared make 725, over 3 is 241.67, its root 15.55.
    assert found == [
        ("incomplete", "P2", "C", "C’s review is incomplete; criteria without a score: 1."),
        ("range", "P4", "", "Highest and lowest are 35 points apart (over 30): discuss."),
        ("spread", "P4", "", "The scores spread by 15.55 points (standard deviation, over 15)."),
    ]


def test_range_of_exactly_the_limit_is_no_flag():
    found = scores_of(totals_of(POINTS, points("Q", 60, 90)), FIVE)

    assert [flag.kind for flag in flags_of(found, None)] == ["spread"]


def test_projects_that_hang_on_one_expert_are_named(totals):
    # P1 without B: (80 + 74 + 82 + 90) ÷ 4 = 81.5; without E: 80.5; without any other it stays above 82.
    found = flips(totals, FIVE, Cut(at_least=Decimal(82)), rubric=PROJECT)

    assert [(flag.project, flag.expert) for flag in found] == [("P1", "B"), ("P1", "E")]
    assert found[0].words.en == "Without B it would fall below the cut: 82.40 → 81.50."
    assert found[0].words.zh == "去掉 B 的评分，该项目将落到线外：82.40 → 81.50。"


def test_projects_that_would_rise_are_named_too(totals):
    # P2 without A: (75 + 76) ÷ 2; P4 without B: (95 + 70 + 65) ÷ 3, and without E: (60 + 95 + 70) ÷ 3, just enough.
    found = flips(totals, FIVE, Cut(at_least=Decimal(75)), rubric=PROJECT)

    assert [(flag.project, flag.expert, flag.words.en) for flag in found] == [
        ("P2", "A", "Without A it would rise above the cut: 74.00 → 75.50."),
        ("P4", "B", "Without B it would rise above the cut: 72.50 → 76.67."),
        ("P4", "E", "Without E it would rise above the cut: 72.50 → 75.00."),
    ]


def test_flips_at_a_number_of_places_come_in_pairs(totals):
    found = flips(totals, FIVE, Cut(places=3), rubric=PROJECT, ties=[NEED_FIRST])

    # P4 overtakes P2 without B (76.67 against 73.5) and without E (75 against 73); without D it has 73.33 against 74.
    assert [(flag.project, flag.expert) for flag in found] == [
        ("P2", "B"),
        ("P4", "B"),
        ("P2", "E"),
        ("P4", "E"),
    ]


def test_threshold_is_held_against_what_is_published_and_the_ranking_is_not():
    found = scores_of(totals_of(POINTS, [*points("Q", 80, 79, 80)]), FIVE)
    almost = scores_of(totals_of(POINTS, [Review("Q", "E", {"points": Decimal("79.995")})]), FIVE)

    assert Cut(at_least=Decimal(80)).above(found, []) == set()
    assert Cut(at_least=Decimal(80)).above(almost, []) == {"Q"}
    with pytest.raises(ScoreFault):
        Cut()
