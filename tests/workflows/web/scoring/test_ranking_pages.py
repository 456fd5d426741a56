"""The pages of rankings and scores for the offices, and what experts read of each other."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Organisation
from tests.workflows.review.seated import expert, give
from workflows import approvals, drafts
from workflows.engine.perform import perform
from workflows.models import Application, Assignment, Conflict, Ranking, Remark, Round

ENGLISH = {"django_language": "en"}


def text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


@pytest.fixture
def office(client, clerk):
    client.cookies.load(ENGLISH)
    client.force_login(clerk)
    return client


def scored(case, experts, totals):
    for one, total in zip(experts, totals, strict=True):
        give(case, one, str(total - 40), "40")


def test_disconnected_panels_say_so_and_the_pictures_have_their_tables(
    office, put, experts, association, panel_call
):
    others = [expert(association, number) for number in range(11, 16)]
    scored(put(experts), experts, (80, 81, 82, 83, 94))
    scored(put(experts), experts, (60, 61, 62, 63, 74))
    scored(there := put(others), others, (40, 71, 72, 73, 74))
    answer = office.get(reverse("ranking", args=[panel_call.pk]))
    words = text(answer)

    assert "Not comparable: no expert links these panels" in words
    assert "fall into 2 groups" in words
    assert "Highest and lowest are 34 points apart" in words
    html = answer.content.decode()
    # One dot for each review, one row for each case and each expert; nothing that the page's policy would refuse.
    assert html.count('class="one"') == 15 + 10
    assert html.count('role="img"') == 2
    assert "style=" not in html
    assert html.count("group 1") == 2
    assert "ICC(2,1)" in html
    why = text(office.get(reverse("case_score", args=[there.pk])))
    assert "(40 + 71 + 72 + 73 + 74) ÷ 5 = 66" in why


def test_scores_are_not_shown_to_the_office_before_all_are_in(office, put, experts, panel_call):
    case = put(experts)
    scored(case, experts[:4], (81, 82, 83, 84))

    page, why = (office.get(reverse(*address)) for address in (
        ("ranking", None, [panel_call.pk]), ("case_score", None, [case.pk]),
    ))  # fmt: skip
    assert "1 of 5 reviews are missing" in text(page)
    assert "Still to score: 专家5" in text(why)
    for answer in (page, why):
        assert not re.search(r"\b8[1-4]\b", text(answer))


def test_frozen_ranking_is_kept_and_stands_on_the_batch(
    office, client, put, experts, panel_call, clerk, official
):
    scored(case := put(experts), experts, (80, 81, 82, 83, 84))
    address = reverse("ranking", args=[panel_call.pk])
    assert office.post(address, {}).status_code == 302
    assert office.post(address, {"reason": "x"}).status_code == 409
    kept = Ranking.objects.get()

    assert kept.sha256 in text(office.get(address))
    page = text(office.get(reverse("ranking_frozen", args=[panel_call.pk, kept.pk])))
    assert "82.00" in page
    assert "The content is what was hashed." in page
    perform("pass_review", [case.pk], actor=experts[0].user, key="c", reason="同意")
    batch = approvals.open_batch(panel_call, by=clerk)
    approvals.consolidate(batch, [case.pk], by=clerk, key="b")
    assert re.search(
        rf"Frozen ranking .* 1 {case.number} 82.00", text(office.get(reverse("batch", args=[batch.pk])))
    )
    client.force_login(official)
    assert "82.00" in text(client.get(address))


def test_whoever_works_in_the_office_and_has_a_conflict_does_not_read_the_row(
    office, put, experts, panel_call, clerk, association
):
    scored(case := put(experts), experts, (80, 81, 82, 83, 84))
    clerk.membership_set.create(organisation=association, role="expert")
    other = expert(association, 30)
    other.user_id = clerk.pk
    other.save(update_fields=["user"])
    assert case.number in text(office.get(reverse("ranking", args=[panel_call.pk])))
    Conflict.objects.create(expert=other, application=case, rule="employer", source=Conflict.Source.FOUND)

    assert case.number not in text(office.get(reverse("ranking", args=[panel_call.pk])))
    assert office.get(reverse("case_score", args=[case.pk])).status_code == 404


def copied(case, times):
    """As many cases of other employers with the same review; the ranking does not ask where they stand."""
    mine = Assignment.objects.get(application=case)
    review = mine.reviews.get()
    for n in range(times):
        employer = Organisation.objects.create(kind="employer", name=f"示例企业{n}")
        other = drafts.start(case.round, employer, by=case.created_by)
        Application.objects.filter(pk=other.pk).update(number=f"RD2026-9{n:05}")
        mine.pk, mine.application = None, other
        mine.save(force_insert=True)
        review.pk, review.assignment = None, mine
        review.save(force_insert=True)


@pytest.mark.parametrize(("rows", "queries"), [(1, 13), (30, 13)])
def test_ranking_asks_as_often_for_thirty_cases_as_for_one(office, put, experts, panel_call, rows, queries):
    scored(case := put(experts[:1]), experts[:1], (80,))
    copied(case, rows - 1)
    address = reverse("ranking", args=[panel_call.pk])
    office.get(address)

    with CaptureQueriesContext(connection) as asked:
        assert office.get(address).status_code == 200
    assert len(asked) == queries


def test_others_reviews_open_after_ones_own_and_the_panel_talks(client, heard, experts):
    client.cookies.load(ENGLISH)
    address = reverse("case_reviews", args=[heard.pk])
    give(heard, experts[0], "58", "39", opinion="很好")
    client.force_login(experts[1].user)
    closed = text(client.get(address))
    assert "The others’ reviews open once your own is in." in closed
    assert "很好" not in closed
    assert client.post(address, {"text": "抢先"}).status_code == 409

    give(heard, experts[1], "40", "20")
    opened = text(client.get(address))
    assert "很好" in opened
    assert "2 of 5 are in" in opened
    for _ in range(2):
        assert client.post(address, {"text": "单价偏高"}).status_code == 302
    assert [(r.text, r.assignment.expert.code) for r in Remark.objects.all()] == [("单价偏高", "E0002")]
    assert client.post(address, {"text": " "}).status_code == 422
    perform("declare_conflict", [heard.pk], actor=experts[1].user, key="d", reason="配偶在该单位任职")
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(("rows", "queries"), [(1, 7), (30, 7)])
def test_list_of_rankings_asks_as_often_for_thirty_rounds_as_for_one(
    office, panel_call, clerk, rows, queries
):
    for year in range(1990, 1989 + rows):
        panel_call.pk, panel_call.year = None, year
        panel_call.save(force_insert=True)
    for call in Round.objects.all():
        Ranking.objects.create(round=call, content={"ranked": []}, sha256="0" * 64, frozen_by=clerk)
    address = reverse("rankings")
    office.get(address)

    with CaptureQueriesContext(connection) as asked:
        assert text(office.get(address)).count("Frozen") == 2 * rows
    assert len(asked) == queries
