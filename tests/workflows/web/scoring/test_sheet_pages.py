"""The pages of a score sheet and of the conclusion, as experts use them."""

import re
from decimal import Decimal

import pytest
from django.urls import reverse

from tests.workflows.conftest import fresh
from tests.workflows.review.seated import give
from workflows.engine.perform import perform
from workflows.models import Conclusion, Review, ReviewDraft

ENGLISH = {"django_language": "en"}


@pytest.fixture
def page(client, heard, experts):
    client.cookies.load(ENGLISH)
    client.force_login(experts[1].user)

    def ask(name, data=None, **headers):
        address = reverse(name, args=[heard.pk])
        return client.get(address) if data is None else client.post(address, data, **headers)

    return ask


def text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def hidden(answer, name):
    return re.search(rf'name="{name}" value="([^"]*)"', answer.content.decode())[1]


FULL = {"score-need": "50", "score-effect": "35.5", "opinion": "可行"}


def test_sheet_is_kept_checked_and_submitted_once(page):
    kept = page(
        "score_sheet_save", {**FULL, "version": "0", "tab": "t"}, headers={"Accept": "application/json"}
    )
    assert (kept.status_code, kept.json()["version"]) == (200, 1)
    assert (
        page("score_sheet", {**FULL, "version": "1", "tab": "t"})
        .headers["Location"]
        .endswith("/sheet/check/")
    )
    check = page("score_sheet_check")
    assert "85.5" in text(check)
    sending = {"key": hidden(check, "key"), "sha256": hidden(check, "sha256")}

    answers = [page("score_sheet_check", sending) for _ in range(2)]

    assert [one.status_code for one in answers] == [302, 302]
    assert [(r.number, r.scores, r.opinion) for r in Review.objects.all()] == [
        (1, {"need": "50", "effect": "35.5"}, "可行")
    ]
    assert "Your review of this case is in." in text(page("score_sheet"))


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(page):
    answer = page(
        "score_sheet",
        {"score-need": "61", "score-effect": "vierzig", "veto-duplicate": "1", "opinion": "长文"},
    )

    assert answer.status_code == 422
    html = answer.content.decode()
    for field, sentence in (
        ("score-need", "Scored from 0 to 60, not 61."),
        ("score-effect", "“vierzig” is no number."),
        ("comment-duplicate", "A veto has to be explained."),
    ):
        assert f'<a href="#field-{field}">' in html
        assert f'id="field-{field}"' in html
        assert re.search(rf'id="error-{field}"[^>]*><li>{re.escape(sentence)}', html)
    assert 'value="61"' in html
    assert 'value="vierzig"' in html
    assert "长文" in html
    assert ReviewDraft.objects.get().content["scores"] == {"need": "61", "effect": "vierzig"}
    assert page("score_sheet_check").status_code == 422


def test_older_window_reads_what_happened(page):
    page("score_sheet_save", {**FULL, "version": "0", "tab": "new"})

    told = page("score_sheet_save", {"score-need": "1", "version": "0", "tab": "old"},
                headers={"Accept": "application/json"})  # fmt: skip
    assert (told.status_code, told.json()["code"]) == (409, "sheet_stale")
    without_script = page("score_sheet", {"score-need": "1", "version": "0"})
    assert without_script.status_code == 409
    assert "Take the other’s instead" in text(without_script)
    assert 'value="1"' in without_script.content.decode()
    assert ReviewDraft.objects.get().content["scores"]["need"] == "50"


def test_revision_asks_for_its_reason_and_shows_the_earlier(page, heard, experts):
    give(heard, experts[1], "50", "35")
    assert "Revise" in text(page("score_sheet"))
    page("score_sheet_revise", {})
    missing = page("score_sheet", {**FULL, "version": "1"})
    assert "Say why the scores are revised." in text(missing)
    page("score_sheet", {**FULL, "reason": "答辩后调整", "version": str(ReviewDraft.objects.get().version)})
    check = page("score_sheet_check")
    sending = {name: hidden(check, name) for name in ("key", "sha256", "reason", "revising")}
    for _ in range(2):
        page("score_sheet_check", sending)

    assert [(r.number, r.reason) for r in Review.objects.order_by("number")] == [(1, ""), (2, "答辩后调整")]
    assert "No. 1: 85 points" in text(page("score_sheet"))


def test_recused_expert_finds_no_sheet(page, heard, experts):
    perform("declare_conflict", [heard.pk], actor=experts[1].user, key="d", reason="配偶在该单位任职")

    for name in ("score_sheet", "score_sheet_check", "score_sheet_abstain", "conclusion"):
        assert page(name).status_code == 404
    assert page("score_sheet_save", {**FULL, "version": "0"}).status_code == 404
    assert not ReviewDraft.objects.exists()


def test_score_after_closing_is_refused_with_its_reason(page, heard, experts):
    page("score_sheet_save", {"score-need": "12", "version": "0"})
    for one in experts:
        if one != experts[1]:
            give(heard, one, "50", "35")
    perform("abstain", [heard.pk], actor=experts[1].user, key="a", reason="未参加")
    perform("pass_review", [heard.pk], actor=experts[0].user, key="c", reason="同意")

    answer = page("score_sheet_save", {**FULL, "version": "1"}, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (409, "sheet_abstained")
    assert "What you had typed" in text(page("score_sheet"))


def test_chair_concludes_what_the_scores_come_to(client, heard, experts, page):
    address = reverse("conclusion", args=[heard.pk])
    for one in experts[:4]:
        give(heard, one, "45", "35")
    client.force_login(experts[0].user)
    before = text(client.get(address))
    assert "Still to score: 专家5" in before
    assert "Reviews in: 4 of 5." in before
    assert "80" not in before
    give(heard, experts[4], "20", "10")
    after = text(client.get(address))
    # 80, 80, 80, 80 and 30: 70, and 50 points apart.
    assert "70.00 points" in after
    assert "Highest and lowest are 50 points apart" in after
    assert "(80 + 80 + 80 + 80 + 30) ÷ 5 = 70" in after

    empty = client.post(address, {"step": "ask_revision", "key": "k", "opinion": " "})
    assert (empty.status_code, "State the panel’s opinion." in text(empty)) == (422, True)
    other = client.post(address, {"step": "pass_review", "key": "k", "opinion": "同意"})
    assert (other.status_code, fresh(heard).state) == (409, "reviewing")
    for _ in range(2):
        assert (
            client.post(address, {"step": "ask_revision", "key": "k2", "opinion": "细化预算"}).status_code
            == 302
        )

    kept = Conclusion.objects.get()
    assert (kept.outcome, kept.score, kept.opinion) == ("revise", Decimal("70.00"), "细化预算")
    assert kept.revise_by == fresh(heard).due_on
    assert fresh(heard).state == "revising"


def test_others_of_the_panel_cannot_conclude(page, heard, experts):
    for one in experts:
        give(heard, one, "45", "40")

    assert "The chair of the panel concludes." in text(page("conclusion"))
    answer = page("conclusion", {"step": "pass_review", "key": "k", "opinion": "同意"})
    assert (answer.status_code, fresh(heard).state) == (409, "reviewing")
