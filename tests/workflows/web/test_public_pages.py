"""What everybody may read: calls, guides, the pre-check, results, progress."""

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Organisation, User
from tests.workflows.conftest import ANSWERS
from tests.workflows.web.journeys import ended, noticed, submitted
from workflows import drafts
from workflows.engine.foresee import foresee
from workflows.models import Application, Person, Round
from workflows.programmes import programme

pytestmark = pytest.mark.django_db
SLUG = "talent-tax-rebate"
VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "tax_rebate.json").read_text())
GOOD = {
    "industry": "software", "district": "siming", "post_kind": "technical", "post_level": "middle",
    "still_employed": "yes", "tenure_months": "30", "pay_fen": "400000", "tax_fen": "92345.67",
    "first_claimed_year": "2018", "other_award": "no",
}  # fmt: skip
FACTS = {
    "industry": "software", "district": "siming", "year": 2019, "post_kind": "technical", "post_level": "middle",
    "still_employed": True, "tenure_months": 30, "pay_fen": 40_000_000, "tax_fen": 6_683_000,
    "first_claimed_year": 2018, "other_award": False,
}  # fmt: skip


def fen(yuan: str) -> int:
    whole, _, rest = yuan.partition(".")
    return int(whole) * 100 + int(rest.ljust(2, "0"))


@pytest.mark.parametrize("award", VECTORS["awards"])
def test_foreseen_award_is_that_of_the_vectors(award: dict[str, Any]) -> None:
    tax = fen(award["tax"])
    foreseen = foresee(programme(SLUG), "2019", {**FACTS, "tax_fen": tax})
    assert (foreseen.is_granted, foreseen.award_fen) == (True, award["award_fen"])


@pytest.mark.parametrize("case", VECTORS["refusals"])
def test_foreseen_refusal_is_that_of_the_vectors(case: dict[str, Any]) -> None:
    facts = dict(FACTS)
    if "pay" in case:
        facts["pay_fen"] = fen(case["pay"])
    facts |= {k: case[k] for k in ("tenure_months", "year") if k in case}
    facts |= {"shares": Decimal(case["shares"])} if "shares" in case else {}
    facts |= {"post_kind": case["post"]} if "post" in case else {}
    facts |= {"first_claimed_year": case["first_year"]} if "first_year" in case else {}
    foreseen = foresee(programme(SLUG), str(case.get("policy", 2019)), facts)
    assert [rule.code for rule, _ in foreseen.fired] == ([case["code"]] if case["code"] else [])


def test_foreseeing_asks_the_database_once() -> None:
    with CaptureQueriesContext(connection) as queries:
        foresee(programme(SLUG), "2019", FACTS)
    assert len(queries) == 1


def test_pre_check_says_the_amount_with_its_arithmetic_and_stores_nothing(
    client: Client, open_round: Round
) -> None:
    answer = client.post(reverse("pre_check", args=[SLUG]), GOOD)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "92,345.67 × 0.40 × 0.25 = 9,234.57" in text
    assert Person.objects.count() == Application.objects.count() == 0


def test_pre_check_names_every_rule_that_stands_in_the_way(client: Client, open_round: Round) -> None:
    answer = client.post(
        reverse("pre_check", args=[SLUG]), {**GOOD, "industry": "trade", "pay_fen": "299999.99"}
    )
    text = answer.content.decode()
    assert [row["rule"].code for row in answer.context["fired"]] == ["R01", "R04"]
    assert "299,999.99" in text


def test_pre_check_with_a_broken_answer_keeps_the_others(client: Client, open_round: Round) -> None:
    answer = client.post(reverse("pre_check", args=[SLUG]), {**GOOD, "pay_fen": "<b>viel</b>", "tax_fen": ""})
    text = answer.content.decode()
    assert "foreseen" not in answer.context
    assert 'value="92345.67"' not in text
    assert 'value="30"' in text
    assert "&lt;b&gt;viel&lt;/b&gt;" in text
    assert "<b>viel" not in text


def test_start_page_is_where_the_anonymous_begin(client: Client, open_round: Round) -> None:
    answer = client.get("/", follow=True)
    assert answer.redirect_chain == [(reverse("start"), 302)]
    assert reverse("call", args=[open_round.pk]) in answer.content.decode()


def test_guide_prints_conditions_papers_way_rules_and_figures_of_each_version(client: Client) -> None:
    text = client.get(reverse("guide", args=[SLUG])).content.decode()
    for words in (
        "在岗满一年且仍在职",
        "完税证明",
        "5 个工作日",
        "R07",
        "300,000 元",
        "厦委发〔2016〕4 号",
        "漏报的年度",
    ):
        assert words in text
    assert text.count('<th scope="col">政策 20') == 3


def test_unknown_guide_is_not_found(client: Client) -> None:
    assert client.get(reverse("guide", args=["nothing"])).status_code == 404


def test_unpublished_call_is_not_found(client: Client, open_round: Round) -> None:
    Round.objects.filter(pk=open_round.pk).update(published=False)
    assert client.get(reverse("call", args=[open_round.pk])).status_code == 404
    assert reverse("call", args=[open_round.pk]) not in client.get(reverse("calls")).content.decode()


def test_apply_sends_the_anonymous_to_sign_in_and_back(client: Client, open_round: Round) -> None:
    page = reverse("application_start", args=[open_round.pk])
    assert page in client.get(reverse("call", args=[open_round.pk])).content.decode()
    assert client.get(page).headers["Location"].endswith(f"next={page.replace('/', '%2F')}")


@pytest.mark.parametrize("n", [1, 30])
def test_calls_ask_the_database_three_times(
    client: Client, open_round: Round, n: int, association: Organisation, authority: Organisation
) -> None:
    for year in range(1950, 1950 + n - 1):
        Round.objects.create(
            programme=SLUG, policy="2019", year=year, handler=association, authority=authority,
            opens_at=open_round.opens_at, closes_at=open_round.closes_at if year % 2 else open_round.opens_at,
        )  # fmt: skip
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("calls"))
    assert len(queries) == 3  # over, open, to come


def test_progress_shows_the_way_and_no_name_and_no_sum(
    client: Client, draft: Application, owner: User, employer: Organisation
) -> None:
    drafts.save_section(draft, "contact", {**ANSWERS, "contact_id_number": "350299199001150013"})
    case = submitted(draft)
    answer = client.post(reverse("progress"), {"number": f" {case.number.lower()} ", "tail": "００１３"})
    text = answer.content.decode()
    assert answer.status_code == 200
    assert case.number in text
    assert "提交申报" in text
    assert employer.name not in text
    assert owner.name not in text
    assert [p.name for p in case.people.all() if p.name in text] == []
    assert answer.headers["X-Robots-Tag"].startswith("noindex")


def test_progress_answers_a_wrong_tail_and_an_unknown_number_alike(
    client: Client, draft: Application
) -> None:
    case = submitted(draft)

    def told(number: str) -> tuple[int, str]:
        answer = client.post(reverse("progress"), {"number": number, "tail": "9999"})
        return answer.status_code, str(answer.context["form"].non_field_errors())

    assert told(case.number) == told("GS2019-999999")
    assert told(case.number)[0] == 422


def test_progress_of_a_draft_cannot_be_asked_for(client: Client, draft: Application) -> None:
    for number in ("", "None", str(draft.pk)):
        answer = client.post(reverse("progress"), {"number": number, "tail": "0013"})
        assert answer.status_code == 422


def test_progress_is_throttled_by_number_also_for_numbers_that_do_not_exist(
    client: Client, db: object
) -> None:
    cache.clear()
    asked = [
        client.post(reverse("progress"), {"number": "GS2019-777777", "tail": f"{n:04d}"}).status_code
        for n in range(11)
    ]
    assert asked == [422] * 10 + [429]
    cache.clear()


@pytest.mark.parametrize("n", [1, 30])
def test_results_count_employers_and_people_in_four_queries(
    client: Client,
    many_drafts: Callable[[int], list[Application]],
    open_round: Round,
    clerk: User,
    official: User,
    second_official: User,
    n: int,
) -> None:
    for case in many_drafts(n):
        ended(noticed([case], open_round, clerk=clerk, verifier=second_official, official=official))
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(reverse("results"))
    assert len(queries) == 3  # how many, the batches, their counts
    assert [(row["employers"], row["people"]) for row in answer.context["rows"]] == [(1, 2)] * n


def test_result_names_employers_but_neither_people_nor_sums(
    client: Client, draft: Application, open_round: Round, clerk: User, official: User, second_official: User,
    employer: Organisation,
) -> None:  # fmt: skip
    notice = noticed([draft], open_round, clerk=clerk, verifier=second_official, official=official)
    assert client.get(reverse("result", args=[notice.batch_id])).status_code == 404
    ended(notice)
    text = client.get(reverse("result", args=[notice.batch_id])).content.decode()
    assert employer.name in text
    for person in draft.people.all():
        assert person.name not in text
        assert f"{person.award_fen / 100:,.2f}" not in text


def test_guide_has_each_parameter_in_one_row_also_where_a_version_has_more(db):
    rows = dict(Client().get(reverse("guide", args=["project-review"])).context["parameters"])

    titles = {label.en: [cell.en for cell in cells] for label, cells in rows.items()}
    assert titles["A price is marked from"] == ["10% above", "10% above"]
    assert [cells for cells in titles.values() if cells[0] == "—"] == [["—", "CNY 90,000 (systems)"]]
