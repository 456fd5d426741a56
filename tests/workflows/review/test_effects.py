"""Agreement and the advisory effects: the published figures, the closed form, brute force, and disjoint panels."""

from decimal import Decimal

import numpy as np
import pytest

from config.words import T
from workflows.review.scoring.agreement import agreement_of, icc
from workflows.review.scoring.effects import NOT_COMPARABLE, effects_of
from workflows.review.scoring.exact import half_up
from workflows.review.scoring.flags import flags_of
from workflows.review.scoring.rubric import Criterion, Review, Rubric
from workflows.review.scoring.scores import Rule, scores_of
from workflows.review.scoring.totals import totals_of

# Shrout and Fleiss (1979), table 2: six targets, four judges.
SHROUT_FLEISS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
POINTS = Rubric((Criterion("points", T("Points", "总评"), Decimal(100)),))


def scored(given: dict[tuple[str, str], object]):
    """The scores of a table project × expert."""
    reviews = [Review(*pair, {"points": Decimal(str(value))}) for pair, value in given.items()]
    return scores_of(totals_of(POINTS, reviews), Rule(5))


def table(rows) -> dict[tuple[str, str], object]:
    return {(f"P{i}", f"E{j}"): value for i, row in enumerate(rows) for j, value in enumerate(row)}


def test_shrout_and_fleiss_come_out_as_published():
    found = icc(SHROUT_FLEISS)

    assert [half_up(value, 3) for value in (*found.single, *found.mean)] == [
        Decimal(".166"), Decimal(".290"), Decimal(".715"), Decimal(".443"), Decimal(".620"), Decimal(".909"),
    ]  # fmt: skip
    assert (found.projects, found.experts) == (6, 4)
    assert agreement_of(scored(table(SHROUT_FLEISS)).values()) == found


def test_agreement_takes_the_projects_that_everybody_scored():
    given = table(SHROUT_FLEISS) | {("P9", "E0"): 5}

    assert agreement_of(scored(given).values()) == icc(SHROUT_FLEISS)
    assert agreement_of(scored(table([[1, 2]])).values()) is None
    assert agreement_of(scored({("P", "E"): 1, ("Q", "F"): 2}).values()) is None
    assert agreement_of([]) is None


def test_agreement_of_scores_that_do_not_differ_is_undefined():
    assert icc([[5, 5], [5, 5]]).single == (None, None, None)
    with pytest.raises(ValueError, match="complete table"):
        icc([[1, 2], [3]])


def test_effects_of_a_full_table_have_the_closed_form():
    """effect = (mean of the expert − grand mean) × n ÷ (n + λ), with the variances of the two-way table."""
    rows = np.array(SHROUT_FLEISS, dtype=float)
    n, k = rows.shape
    judges = rows.mean(axis=0) - rows.mean()
    ems = ((rows - rows.mean(axis=1, keepdims=True) - judges) ** 2).sum() / ((n - 1) * (k - 1))
    jms = n * (judges**2).sum() / (k - 1)
    shrinkage = ems / ((jms - ems) / n)

    found = effects_of(scored(table(SHROUT_FLEISS)).values())

    assert found.shrinkage == pytest.approx(shrinkage)
    assert found.sigma == pytest.approx(np.sqrt(ems))
    assert [float(one.effect) for one in found.experts] == pytest.approx(
        judges * n / (n + shrinkage), abs=1e-4
    )
    error = np.sqrt(ems * (1 - 1 / k) / (n + shrinkage))
    assert [float(one.standard_error) for one in found.experts] == pytest.approx([error] * k, abs=1e-4)
    # Everybody scored everything: the adjusted scores are the means.
    assert [(one.mean, one.component) for one in found.projects] == [
        (one.adjusted, 1) for one in found.projects
    ]
    assert found.warning is None


def sparse(seed: int, projects: int = 30, experts: int = 12, each: int = 4):
    """A made-up world: what projects are worth, how severe experts are, and who scored what."""
    random = np.random.default_rng(seed)
    worth, severe = random.normal(70, 8, projects), random.normal(0, 5, experts)
    given = {}
    for project in range(projects):
        for expert in random.choice(experts, each, replace=False):
            score = np.clip(worth[project] + severe[expert] + random.normal(0, 3), 0, 100)
            given[f"P{project:02}", f"E{expert:02}"] = round(float(score), 2)
    return given, worth, severe


def test_effects_are_those_of_the_whole_least_squares_problem():
    given, _, _ = sparse(1)
    found = effects_of(scored(given).values())
    projects = sorted({project for project, _ in given})
    experts = sorted({expert for _, expert in given})
    rows, right = [], []
    for (project, expert), score in given.items():
        row = np.zeros(len(projects) + len(experts))
        row[projects.index(project)] = row[len(projects) + experts.index(expert)] = 1
        rows.append(row)
        right.append(score)
    for number in range(len(experts)):
        row = np.zeros(len(projects) + len(experts))
        row[len(projects) + number] = np.sqrt(found.shrinkage)
        rows.append(row)
        right.append(0.0)

    solved = np.linalg.lstsq(np.array(rows), np.array(right), rcond=None)[0]

    assert [float(one.adjusted) for one in found.projects] == pytest.approx(solved[: len(projects)], abs=1e-4)
    assert [float(one.effect) for one in found.experts] == pytest.approx(solved[len(projects) :], abs=1e-4)
    assert sum(one.effect for one in found.experts) == pytest.approx(0, abs=Decimal("0.001"))


def test_errors_cover_what_the_experts_really_were():
    """Over 40 made-up worlds what is true lies within two standard errors about 95 times in 100."""
    inside = count = of_projects = 0
    raw, adjusted = [], []
    for seed in range(40):
        given, worth, severe = sparse(seed)
        found = effects_of(scored(given).values())
        assert found.components == 1
        for one in found.experts:
            true = severe[int(one.expert[1:])] - severe.mean()
            inside += abs(float(one.effect) - true) <= 2 * float(one.standard_error)
            count += 1
        for one in found.projects:
            true = worth[int(one.project[1:])] + severe.mean()
            of_projects += abs(float(one.adjusted) - true) <= 2 * float(one.standard_error)
        centred = worth - worth.mean()
        for column, values in ((raw, "mean"), (adjusted, "adjusted")):
            said = np.array([float(getattr(one, values)) for one in found.projects])
            column.append(float(np.mean((said - said.mean() - centred) ** 2)))

    assert 0.92 < inside / count < 0.98
    assert 0.92 < of_projects / (40 * len(worth)) < 0.98
    # What is advised is nearer to the truth than the plain mean.
    assert np.mean(adjusted) < 0.7 * np.mean(raw)


def test_panels_without_a_common_expert_are_not_comparable():
    given = {("P1", "A"): 80, ("P1", "B"): 70, ("P2", "A"): 90, ("P2", "B"): 84,
             ("Q1", "C"): 60, ("Q1", "D"): 50, ("Q2", "C"): 70, ("Q2", "D"): 64, ("Q3", "D"): 55}  # fmt: skip

    found = effects_of(scored(given).values())

    assert found.components == 2
    assert [(one.expert, one.component) for one in found.experts] == [("A", 1), ("B", 1), ("C", 2), ("D", 2)]
    assert (found.comparable("P1", "P2"), found.comparable("P1", "Q1")) == (True, False)
    assert found.warning == NOT_COMPARABLE
    assert found.warning.en.startswith("Not comparable")
    assert found.warning.zh.startswith("不可比")
    for number in (1, 2):
        assert sum(one.effect for one in found.experts if one.component == number) == pytest.approx(0)


def test_one_common_expert_makes_panels_comparable():
    given = {("P1", "A"): 80, ("P1", "B"): 70, ("Q1", "B"): 60, ("Q1", "C"): 50, ("R1", "C"): 1}

    found = effects_of(scored(given).values())

    assert found.components == 1
    assert found.comparable("P1", "R1")


def test_design_without_a_degree_of_freedom_shows_no_errors():
    found = effects_of(scored({("P1", "A"): 80, ("P1", "B"): 70}).values())

    assert (found.sigma, found.shrinkage) == (None, 1.0)
    # Least squares gives ±5; shrunk by λ = 1: 5 × 1 ÷ (1 + 1).
    assert [(one.effect, one.standard_error) for one in found.experts] == [
        (Decimal("2.5"), None),
        (Decimal("-2.5"), None),
    ]
    assert found.projects[0].standard_error is None
    assert flags_of(scored({("P1", "A"): 80, ("P1", "B"): 70}), found) == []


def test_experts_who_differ_by_chance_alone_are_shrunk_to_nothing():
    found = effects_of(scored(table([[70, 72], [72, 70], [60, 62], [62, 60]])).values())

    assert found.shrinkage == float("inf")
    assert [(one.effect, one.standard_error) for one in found.experts] == [
        (Decimal(0), None),
        (Decimal(0), None),
    ]
    assert [one.adjusted for one in found.projects] == [71, 71, 61, 61]


def test_exact_fit_is_not_shrunk():
    found = effects_of(scored(table([[80, 70], [90, 80], [60, 50]])).values())

    assert (found.sigma, found.shrinkage) == (0.0, 0.0)
    assert [one.effect for one in found.experts] == [5, -5]
    assert [one.adjusted for one in found.projects] == [75, 85, 55]


def test_lone_expert_has_an_effect_of_nought_and_no_error():
    given = {("P1", "A"): 80, ("P2", "A"): 70} | {
        (f"Q{i}", f"E{j}"): 50 + 7 * i + 3 * j + i * j for i in range(3) for j in range(3)
    }

    (lone,) = (one for one in effects_of(scored(given).values()).experts if one.expert == "A")

    assert (lone.effect, lone.standard_error, lone.component) == (Decimal(0), None, 2)


def test_no_reviews_no_model():
    assert effects_of([]) is None


def test_score_far_from_what_was_to_be_expected_is_flagged():
    given = table([[70 + 2 * i + j for j in range(5)] for i in range(6)])
    given[("P3", "E2")] = 40
    scores = scored(given)

    flags = [flag for flag in flags_of(scores, effects_of(scores.values())) if flag.kind == "residual"]

    assert [(flag.project, flag.expert) for flag in flags] == [("P3", "E2")]
    assert "points from what project and expert let expect" in flags[0].words.en
    assert "倍标准差" in flags[0].words.zh


def test_order_of_the_reviews_changes_nothing():
    given, _, _ = sparse(3)

    turned = dict(reversed(given.items()))

    assert effects_of(scored(given).values()).experts == effects_of(scored(turned).values()).experts
