"""The verbs of a score sheet: what was typed is kept, an older window never wins, a second click changes nothing."""

from decimal import Decimal

import pytest

from config.words import T
from tests.workflows.conftest import events_of, fresh
from tests.workflows.review.seated import give
from workflows.engine.perform import perform
from workflows.engine.rubric import Criterion, Rubric, Tie, Veto
from workflows.errors import Blocked
from workflows.models import Review, ReviewDraft
from workflows.review.acts import NotWhatWasSigned
from workflows.review.counting import CommentMissing, require_countable
from workflows.review.sheets import drafts, submitting
from workflows.review.sheets.content import Content, number_of, plain, problems, running
from workflows.review.sheets.submitting import SheetNotReady

RUBRIC = Rubric(
    criteria=(
        Criterion(
            "need", T("Need", "必要性"), 25,
            parts=(
                Criterion("basis", T("Policy basis", "政策依据"), 15, comment_below=Decimal(5)),
                Criterion("demand", T("Demand", "需求"), 10, comment_from=Decimal("9.5")),
            ),
        ),
        Criterion("bonus", T("Bonus", "加分"), 25, required=False),
    ),
    pass_at=Decimal(80),
    vetoes=(Veto("duplicate", T("Duplicate", "重复申报")), Veto("scope", T("Scope", "超范围"), needs_comment=False)),
)  # fmt: skip


def sheet(user, case, *, need="50", effect="35", tab="a", version=0, **more):
    content = Content({"need": need, "effect": effect}, **more)
    return drafts.save(user, case.pk, content, version=version, tab=tab)


def sent(user, case, *, key="k", revising=False, reason=""):
    found = drafts.sheet_of(user, case.pk)
    confirmed = submitting.confirmed_sha256(found)
    return submitting.submit(user, case.pk, sha256=confirmed, key=key, revising=revising, reason=reason)


@pytest.mark.parametrize(
    ("typed", "read"),
    [("8.5", "8.5"), (" ８．５ ", "8.5"), ("8,50", "8.5"), ("10", "10"), ("0", "0"), ("1e1", None), ("NaN", None),
     ("八", None), ("", None), ("1.2.3", None), ("-1", "-1")],
)  # fmt: skip
def test_number_is_read_as_people_write_it(typed, read):
    found = number_of(typed)
    assert (None if found is None else plain(typed)) == read


def test_every_field_is_judged_by_itself():
    content = Content(
        {"basis": "4.5", "demand": "11", "bonus": "zehn"}, vetoes=("duplicate", "scope"), opinion="x" * 2001
    )

    assert {field: words.en for field, words in problems(RUBRIC, content, revising=True).items()} == {
        "score-demand": "Scored from 0 to 10, not 11.",
        "score-bonus": "“zehn” is no number.",
        "comment-basis": "A score below 5 has to be explained.",
        "comment-duplicate": "A veto has to be explained.",
        "opinion": "At most 2000 characters; these are 2001.",
        "reason": "Say why the scores are revised.",
    }


def test_high_score_and_missing_one_are_named():
    found = problems(RUBRIC, Content({"demand": "9.5"}), revising=False)

    assert {field: words.zh for field, words in found.items()} == {
        "score-basis": "尚未评分。", "comment-demand": "9.5 分及以上须说明理由。",
    }  # fmt: skip


def test_running_total_shares_the_weight_of_what_is_left_open():
    # 20 of 25 required points; once nothing required is open, the bonus gives its weight to them: 50 × 20 ÷ 25.
    assert (running(RUBRIC, Content({"basis": "12"})).shown, running(RUBRIC, Content({"basis": "12"})).left) == (
        "12", 1,
    )  # fmt: skip
    assert running(RUBRIC, Content({"basis": "12", "demand": "8"})).shown == "40"
    assert running(RUBRIC, Content({"basis": "12", "demand": "8", "bonus": "25"})).shown == "45"


def test_verb_asks_for_the_comments_as_well():
    with pytest.raises(CommentMissing) as refused:
        require_countable(RUBRIC, {"basis": "4", "demand": "5"}, ["duplicate"], {"basis": " "})

    assert refused.value.sentence.en == "Please explain: Policy basis, Duplicate."


def test_rubric_names_nothing_twice_and_breaks_ties_by_what_is_scored():
    with pytest.raises(ValueError, match="named twice in a rubric: a"):
        Rubric((Criterion("a", T("A", "甲"), 1),), Decimal(1), vetoes=(Veto("a", T("A", "甲")),))
    with pytest.raises(ValueError, match="not scored: b"):
        Rubric((Criterion("a", T("A", "甲"), 1),), Decimal(1), ties=(Tie("t", T("T", "乙"), ("b",)),))


def test_older_window_is_told_and_does_not_win(heard, experts):
    user = experts[0].user
    assert sheet(user, heard, need="40").version == 1
    # The other window opened at the same moment.
    with pytest.raises(drafts.OlderTab):
        sheet(user, heard, need="30", tab="b")
    assert ReviewDraft.objects.get().content["scores"]["need"] == "40"

    drafts.save(user, heard.pk, Content({"need": "30"}), version=0, tab="b", takes_over=True)

    assert ReviewDraft.objects.get().content["scores"] == {"need": "30"}


def test_window_whose_answer_was_lost_goes_on(heard, experts):
    user = experts[0].user
    sheet(user, heard, need="40")

    # It never heard of version 1 and sends what has been typed since.
    assert sheet(user, heard, need="41").version == 2


def test_sheet_becomes_one_review_however_often_it_is_sent(heard, experts):
    user = experts[0].user
    sheet(user, heard, need=" ５０.0", vetoes=("duplicate",), comments={"duplicate": "与去年项目重复 "})
    confirmed = submitting.confirmed_sha256(drafts.sheet_of(user, heard.pk))
    outcomes = [
        submitting.submit(user, heard.pk, sha256=confirmed, key="k", revising=False) for _ in range(2)
    ]

    review = Review.objects.get()
    assert outcomes[0] == outcomes[1]
    assert (review.scores, review.vetoes) == ({"need": "50", "effect": "35"}, ["duplicate"])
    assert review.comments == {"duplicate": "与去年项目重复"}
    assert events_of(heard).count("submit_review") == 1
    assert not ReviewDraft.objects.exists()


def test_revision_starts_from_what_is_in_and_keeps_it(heard, experts):
    user = experts[0].user
    sheet(user, heard)
    sent(user, heard)
    with pytest.raises(drafts.AlreadyIn):
        sheet(user, heard, need="60")
    begun = drafts.begin_revision(user, heard.pk)
    assert begun.content.scores == {"need": "50", "effect": "35"}
    sheet(user, heard, need="44", version=begun.version, reason="答辩后调整")
    outcomes = [sent(user, heard, key="r", revising=True, reason="答辩后调整")]
    outcomes += [submitting.submit(user, heard.pk, sha256=review_hash(user, heard), key="r", revising=True,
                                   reason="答辩后调整")]  # fmt: skip

    assert outcomes[0] == outcomes[1]
    assert [(r.number, r.scores["need"], r.reason) for r in Review.objects.order_by("number")] == [
        (1, "50", ""), (2, "44", "答辩后调整"),
    ]  # fmt: skip


def review_hash(user, case):
    """Of the review that stands, as the check page of the revision confirmed it."""
    return submitting.confirmed_sha256(drafts.sheet_of(user, case.pk))


def test_revision_that_is_given_up_leaves_the_review(heard, experts):
    user = experts[0].user
    sheet(user, heard)
    sent(user, heard)
    drafts.begin_revision(user, heard.pk)
    drafts.drop_revision(user, heard.pk)

    assert not ReviewDraft.objects.exists()
    assert isinstance(drafts.sheet_of(user, heard.pk).refusal, drafts.AlreadyIn)


def test_sheet_that_another_window_changed_is_not_what_was_confirmed(heard, experts):
    user = experts[0].user
    sheet(user, heard)
    confirmed = submitting.confirmed_sha256(drafts.sheet_of(user, heard.pk))
    sheet(user, heard, need="10")

    with pytest.raises(NotWhatWasSigned):
        submitting.submit(user, heard.pk, sha256=confirmed, key="k", revising=False)
    assert (Review.objects.count(), ReviewDraft.objects.count()) == (0, 1)


def test_incomplete_sheet_is_kept_and_not_submitted(heard, experts):
    user = experts[0].user
    sheet(user, heard, effect="")

    with pytest.raises(SheetNotReady):
        sent(user, heard)
    assert ReviewDraft.objects.get().content["scores"]["need"] == "50"


def test_scores_after_closing_are_refused_and_not_lost(heard, experts):
    for one in experts:
        give(heard, one, "50", "35")
    drafts.begin_revision(experts[1].user, heard.pk)
    perform("pass_review", [heard.pk], actor=experts[0].user, key="c", reason="同意")

    with pytest.raises(drafts.ScoringClosed) as refused:
        sheet(experts[1].user, heard, need="20", version=1)
    assert refused.value.sentence.en.startswith("Scoring is closed: the case stands at “Consolidation”.")
    with pytest.raises(Blocked):
        give(fresh(heard), experts[1], "20", "20", key="late", reason="晚了")
    assert ReviewDraft.objects.get().content["scores"]["need"] == "50"


def test_sheet_of_a_recused_expert_or_a_stranger_does_not_exist(heard, experts, clerk):
    perform("declare_conflict", [heard.pk], actor=experts[4].user, key="d", reason="配偶在该单位任职")

    for user in (experts[4].user, clerk):
        with pytest.raises(drafts.NoSheet):
            sheet(user, heard)


def test_nothing_is_scored_before_the_undertaking_or_after_abstaining(heard, experts):
    submitting.abstain(experts[0].user, heard.pk, reason="非本人专业", key="a")
    experts[1].assignments.update(undertaking_at=None)

    with pytest.raises(drafts.Abstained):
        sheet(experts[0].user, heard)
    with pytest.raises(drafts.NotUndertaken):
        sheet(experts[1].user, heard)
