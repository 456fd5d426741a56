"""The founder award: each case is held against the parameters of its own policy version, and comes to its amount."""

import pytest

from accounts.models import Organisation, User
from tests.workflows.founder_award import (
    SLUG,
    call_of,
    filled_in,
    reported,
    signed,
    take,
    to_inspect,
    toured,
    visit_of,
)
from tests.workflows.review.seated import expert, seat, undertake
from workflows.engine.asking import why
from workflows.engine.definition import definition
from workflows.engine.perform import perform
from workflows.errors import Blocked
from workflows.models import Conclusion
from workflows.programmes import programme
from workflows.review.acts import review_sha256


@pytest.fixture
def checked(
    association: Organisation, authority: Organisation, employer: Organisation, owner: User, clerk: User
):
    def checked(policy: str = "2020", **other: str):
        case = filled_in(call_of(association, authority, policy), employer, owner, **other)
        return take(take(case, "submit", owner), "accept", clerk)

    return checked


@pytest.mark.parametrize(
    ("revenue", "award_fen"),
    [
        ("30,000,000", 0),
        ("30,000,100", 100),
        ("80,000,000", 50_000_000),
        ("230,000,000", 200_000_000),
        ("990,000,000", 200_000_000),
    ],
)
def test_award_is_one_per_cent_above_thirty_million_up_to_two(checked, clerk, revenue, award_fen):
    case = checked(revenue_fen=revenue)
    assert case.amount_fen == award_fen
    assert [reason.code for reason in why("examine", case, clerk)] == ([] if award_fen else ["revenue"])


@pytest.mark.parametrize(
    ("policy", "other", "codes"),
    [
        ("2020", {"share_percent": "19.9", "selected_year": "2018"}, ["share"]),
        ("2020", {"share_percent": "20", "selected_year": "2019"}, []),
        ("2020", {"share_percent": "25", "selected_year": "2020"}, ["share"]),
        ("2020", {"share_percent": "30", "selected_year": "2020"}, []),
        ("2020", {"share_percent": "20", "selected_year": "2021", "invested_fen": "5,000,000"}, []),
        ("2020", {"share_percent": "20", "selected_year": "2021", "invested_fen": "4,999,999.99"}, ["share"]),
        ("2019", {"share_percent": "25", "selected_year": "2020"}, []),
        ("2019", {"share_percent": "9"}, ["share"]),
        ("2020", {"industry": "trade"}, ["catalogue"]),
        ("2020", {"industry": "trade", "major_project": "yes"}, []),
        ("2020", {"earlier_claims": "2"}, []),
        ("2020", {"earlier_claims": "3"}, ["claims"]),
        ("2020", {"first_reached_year": "2015", "earlier_claims": "3"}, ["claims", "clock"]),
    ],
)
def test_every_condition_that_is_not_met_is_named(checked, clerk, policy, other, codes):
    case = checked(policy, **other)
    assert [reason.code for reason in why("examine", case, clerk)] == codes
    if codes:
        with pytest.raises(Blocked):
            take(case, "examine", clerk)
        assert take(case, "turn_down", clerk, "不符合条件").state == "failed"
    else:
        assert take(case, "examine", clerk).state == "checked"


def test_five_years_count_from_the_first_that_reached_it(checked, clerk):
    case = checked()
    year = case.year
    for first, codes in ((year - 5, []), (year - 6, ["clock"])):
        type(case).objects.filter(pk=case.pk).update(facts={**case.facts, "first_reached_year": first})
        assert [reason.code for reason in why("examine", case, clerk)] == codes


def test_sentence_names_the_thresholds_of_the_version(checked, clerk):
    (reason,) = why("examine", checked("2020", share_percent="5"), clerk)
    assert "else 30 %" in reason.words.en


def test_version_binds_itself_to_its_own_condition_alone():
    declared = programme(SLUG)
    share = {
        key: definition(declared, key).binds["steps"]["examine"]["when"]["share"] for key in declared.policies
    }
    assert share["2019"] != share["2020"]
    assert "2020" not in str(share["2019"])


@pytest.fixture
def inspected(
    association: Organisation, authority: Organisation, employer: Organisation, owner: User, clerk: User,
    official: User,
):  # fmt: skip
    """A firm whose inspection is passed, and that is put to the panel."""
    case = to_inspect(filled_in(call_of(association, authority), employer, owner), owner, clerk)
    toured([case], [clerk, official], clerk)
    signed(reported(visit_of(case), clerk, "0.9", findings="属实", present="总经理"), [clerk, official])
    return take(take(case, "pass_inspection", clerk), "put_to_panel", clerk)


@pytest.mark.parametrize(
    ("points", "step", "state"), [("0.8", "pass_review", "verified"), ("0.5", "fail_review", "failed")]
)
def test_panel_of_five_scores_and_its_chair_concludes(inspected, association, clerk, points, step, state):
    rubric = programme(SLUG).rubric
    assert rubric is not None
    panel = [expert(association, n) for n in range(1, 6)]
    seat(inspected, panel, clerk)
    content = {
        "scores": {one.name: f"{one.points * float(points):g}" for one in rubric.criteria}, "comments": {},
        "vetoes": [], "opinion": "",
    }  # fmt: skip
    for one in panel:
        undertake(inspected, one)
        perform(
            "submit_review", [inspected.pk], actor=one.user, key=f"r{one.pk}",
            data={"sha256": review_sha256(content)}, kept={"review": content},
        )  # fmt: skip
    with pytest.raises(Blocked):
        take(inspected, step, clerk, "工作人员不能代替组长")
    assert take(inspected, step, panel[0].user, "专家组意见").state == state
    kept = Conclusion.objects.get(application=inspected)
    assert (kept.score, kept.outcome) == (100 * float(points), step.partition("_")[0])
