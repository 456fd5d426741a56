"""Statistics: every figure is counted from the rows, for the person's own offices."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Organisation, Role, User
from tests.workflows.conftest import person_with
from tests.workflows.web.batch_ways import at_work, awaiting_signature, cleared, verified
from workflows import payments, reports
from workflows.models import Application, Round
from workflows.web.official.annual import KINDS

pytestmark = pytest.mark.django_db


def test_figures_are_those_of_the_rows(
    client: Client, open_round: Round, clerk: User, official: User, second_official: User, cashier: User,
    many_drafts: Callable[[int], list[Application]],
) -> None:  # fmt: skip
    cases = verified(many_drafts(4), clerk)
    batch = awaiting_signature(open_round, cases[:3], clerk, second_official)
    later = cleared(batch, official, second_official)
    made = payments.make_list(open_round, actor=cashier, at=later)
    payments.read_return(
        made, [payments.Returned(1, paid=True, paid_on=later.date())], actor=cashier, key="p", at=later
    )
    client.force_login(official)
    page = client.get(reverse("statistics")).context
    assert page["totals"] == {
        "cases": 4, "people": 8, "granted": 6, "granted_fen": 6 * 668_300, "paid_fen": 2 * 668_300,
    }  # fmt: skip
    assert [(s.slug, s.cases) for s in page["states"]] == [("verified", 1), ("cleared", 2), ("paid", 1)]
    (industry,), (post,) = page["industries"], page["posts"]
    assert (industry.employers, industry.people, industry.granted_fen, industry.paid_fen) == (
        3, 6, 6 * 668_300, 2 * 668_300,
    )  # fmt: skip
    assert (post.people, post.granted_fen, post.paid_fen) == (6, 6 * 668_300, 2 * 668_300)
    assert {d.label.en: d.cases for d in page["durations"]}["Public notice"] == 3
    assert page["deadlines"]


def test_nobody_reads_the_figures_of_another_office(
    client: Client, open_round: Round, clerk: User, many_drafts: Callable[[int], list[Application]]
) -> None:
    verified(many_drafts(1), clerk)
    elsewhere = Organisation.objects.create(kind="authority", name="别处的局")
    client.force_login(person_with(Role.OFFICIAL, elsewhere))
    page = client.get(reverse("statistics")).context
    assert (page["rounds"], page["round"], page["deadlines"]) == ([], None, [])


@pytest.mark.parametrize("count", [1, 30])
def test_statistics_take_a_fixed_number_of_statements(
    client: Client, open_round: Round, clerk: User, official: User, count: int,
    many_drafts: Callable[[int], list[Application]], django_assert_num_queries: Callable[[int], object],
) -> None:  # fmt: skip
    verified(many_drafts(count), clerk)
    at_work(client, official)
    with django_assert_num_queries(20):
        client.get(reverse("statistics"))


def test_figures_of_the_annual_report_lead_to_their_rows(
    client: Client, open_round: Round, clerk: User, official: User, authority: Organisation,
    many_drafts: Callable[[int], list[Application]],
) -> None:  # fmt: skip
    verified(many_drafts(2), clerk)
    client.force_login(official)
    figures = client.get(reverse("statistics")).context["figures"]
    assert [f["value"] for f in figures][:2] == ["2", "4"]
    for figure in figures:
        assert client.get(figure["url"]).status_code == 200
    people = client.get(figures[1]["url"])
    assert people.context["page"].total == 4
    assert "人＊＊" in people.content.decode()
    assert client.get(reverse("figure_rows", args=[2019, "unheard_of"])).status_code == 404
    assert client.get(reverse("figure_rows", args=[2018, "rebate_people"])).status_code == 404
    elsewhere = Organisation.objects.create(kind="authority", name="别处的局")
    client.force_login(person_with(Role.OFFICIAL, elsewhere))
    assert client.get(figures[1]["url"]).status_code == 404


def test_rows_behind_every_figure_can_be_listed() -> None:
    assert [figure.key for figure in reports.FIGURES if figure.rows(2019).model not in KINDS] == []
