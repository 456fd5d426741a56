"""What experts do on a case: undertaking, recusal, scores, revision, and the conclusion by their chair."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from tests.workflows.conftest import events_of, fresh
from tests.workflows.review.seated import before_panel, give, seat, undertake
from workflows.engine.asking import why
from workflows.engine.perform import perform
from workflows.engine.prove import prove
from workflows.errors import Blocked
from workflows.models import Application, Assignment, Conclusion, Conflict, Review
from workflows.review.acts import NotWhatWasSigned
from workflows.review.counting import ScoreOutOfRange
from workflows.rules import may_review, readable_by, reviewable_by


def test_declaration_proves_itself(panel_call):
    assert prove(panel_call.declaration) == []


def test_mean_of_five_passes_and_the_chair_alone_concludes(heard, experts):
    for one, points in zip(experts, ("45", "50", "55", "50", "50"), strict=True):
        give(heard, one, points, "35")

    case = fresh(heard)
    assert (case.reviews_wanted, case.reviews_in, case.review_score, case.review_outcome) == (
        5, 5, Decimal("85.00"), "pass",
    )  # fmt: skip
    assert [r.code for r in why("pass_review", case, experts[1].user)] == ["chair"]
    assert [r.code for r in why("fail_review", case, experts[0].user)] == ["not_fail"]
    perform(
        "pass_review", [case.pk], actor=experts[0].user, key="c", reason="同意立项", data={"cut_fen": 500000}
    )

    assert fresh(case).state == "verified"
    kept = Conclusion.objects.get(application=case)
    assert (kept.outcome, kept.score, kept.cut_fen, kept.opinion) == (
        "pass",
        Decimal("85.00"),
        500000,
        "同意立项",
    )


def test_conclusion_waits_for_every_review(heard, experts):
    for one in experts[:4]:
        give(heard, one, "50", "35")

    assert [r.code for r in why("pass_review", fresh(heard), experts[0].user)] == ["reviews", "not_pass"]


def test_majority_of_vetoes_fails_whatever_the_score(heard, experts):
    for place, one in enumerate(experts):
        give(heard, one, "60", "40", vetoes=["duplicate"] if place < 3 else [])

    assert (fresh(heard).review_score, fresh(heard).review_outcome) == (Decimal("100.00"), "fail")


def test_abstention_is_not_nought(heard, experts):
    for one in experts[:4]:
        give(heard, one, "50", "40")
    perform("abstain", [heard.pk], actor=experts[4].user, key="a", reason="非本人专业")

    assert (fresh(heard).reviews_in, fresh(heard).review_score) == (5, Decimal("90.00"))


def test_revision_keeps_the_earlier_scores_and_asks_for_a_reason(heard, experts):
    give(heard, experts[0], "30", "20")
    with pytest.raises(Blocked):
        give(heard, experts[0], "40", "20", key="again")
    give(heard, experts[0], "40", "20", key="v", reason="答辩后调整")

    rows = Review.objects.filter(assignment__application=heard).order_by("number")
    assert [(r.number, r.scores["need"], r.reason) for r in rows] == [(1, "30", ""), (2, "40", "答辩后调整")]
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE workflows_review SET scores = '{}'")


def test_recusal_blocks_at_once_and_the_review_counts_no_more(heard, experts):
    for one in experts:
        give(heard, one, "50", "35")
    perform("declare_conflict", [heard.pk], actor=experts[4].user, key="d", reason="配偶在该单位任职")

    assert Conflict.objects.standing().get().evidence == {"said": "配偶在该单位任职"}
    assert not may_review(experts[4].user, fresh(heard))
    assert list(reviewable_by(experts[4].user)) == []
    assert (fresh(heard).reviews_wanted, fresh(heard).reviews_in) == (4, 4)
    assert {r.code for r in why("revise_review", fresh(heard), experts[4].user)} >= {"role"}


def test_found_conflict_blocks_without_the_experts_doing(heard, experts):
    Conflict.objects.create(
        expert=experts[1], application=heard, rule="employer", source=Conflict.Source.FOUND
    )

    with pytest.raises(Blocked):
        give(heard, experts[1], "50", "35")
    assert list(reviewable_by(experts[1].user)) == []
    assert list(reviewable_by(experts[0].user)) == [heard]


def test_no_file_and_no_score_before_the_undertaking(panel_call, employer, owner, clerk, experts):
    case = before_panel(panel_call, employer, owner, clerk)
    seat(case, experts, clerk)

    assert [r.code for r in why("submit_review", case, experts[0].user)] == ["no_undertaking"]
    undertake(case, experts[0])
    assert why("submit_review", case, experts[0].user) == []
    assert Assignment.objects.get(expert=experts[0]).undertaking_at is not None
    assert events_of(case)[-1] == "undertake"


def test_score_out_of_range_and_changed_content_are_refused(heard, experts):
    for points in ("61", "-1", "zehn", "NaN"):
        with pytest.raises(ScoreOutOfRange):
            give(heard, experts[0], points, "35", key=f"o{points}")
    with pytest.raises(NotWhatWasSigned):
        perform("submit_review", [heard.pk], actor=experts[0].user, key="x",
                data={"sha256": "0" * 64}, kept={"review": {"scores": {"need": "1", "effect": "1"}}})  # fmt: skip
    assert Review.objects.count() == 0


def test_experts_read_nothing_through_the_other_doors(heard, experts):
    assert list(readable_by(experts[0].user)) == []


def test_revision_goes_back_to_the_chair_until_it_is_confirmed(heard, experts, owner):
    for one in experts:
        give(heard, one, "40", "30")
    chair = experts[0].user
    perform("ask_revision", [heard.pk], actor=chair, key="a", reason="细化预算")
    assert fresh(heard).state == "revising"
    perform("hand_in_revision", [heard.pk], actor=owner, key="h")
    perform("return_revision", [heard.pk], actor=chair, key="r", reason="单价仍偏高")
    perform("hand_in_revision", [heard.pk], actor=owner, key="h2")
    perform("confirm_revision", [heard.pk], actor=chair, key="c")

    assert Application.objects.get(pk=heard.pk).state == "verified"
    assert Conclusion.objects.get(application=heard).confirmed_by == chair


def test_conclusion_needs_the_quorum_on_the_case_itself(put, experts):
    case = put(experts)
    for one in experts[1:]:
        perform("declare_conflict", [case.pk], actor=one.user, key=f"c{one.pk}", reason="与申报单位有合作")
    give(case, experts[0], "50", "40")

    assert (fresh(case).reviews_wanted, fresh(case).review_outcome) == (1, "pass")
    (reason,) = why("pass_review", fresh(case), experts[0].user)
    assert (reason.code, "1" in reason.words.en, "2" in reason.words.en) == ("no_quorum", True, True)
    with pytest.raises(Blocked):
        perform("pass_review", [case.pk], actor=experts[0].user, key="c", reason="同意")
    assert fresh(case).state == "reviewing"
