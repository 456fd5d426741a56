"""Bids: asked for by the office, given on number and fields alone, counted when reviews are assigned."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organisation, User
from notifications.models import Message
from tests.workflows.review import two_fields
from workflows.models import Application, Assignment, Bid, Conflict, Expert, Round
from workflows.review.assignment.bidding import (
    BidOutOfRange,
    BidsClosed,
    BidsDayWrong,
    ask_for_bids,
    bid,
    biddable,
)
from workflows.review.planning import runs
from workflows.review.planning.waiting import AllInSessions
from workflows.review.sessions import making

pytestmark = pytest.mark.django_db


@pytest.fixture
def experts(association: Organisation) -> list[Expert]:
    return two_fields.make_experts(association)


@pytest.fixture
def asked(panel_call: Round, cases: list[Application], experts: list[Expert], clerk: User) -> Round:
    ask_for_bids(panel_call, timezone.now() + timedelta(days=3), by=clerk)
    return panel_call


def test_office_asks_on_its_page_and_every_expert_is_told_once(
    client: Client, panel_call: Round, cases: list[Application], experts: list[Expert], clerk: User
) -> None:
    client.force_login(clerk)
    address = reverse("planning_round", args=[panel_call.pk])
    late = client.post(address, {"kind": "bids", "bids_until": "2020-01-01"})
    assert (late.status_code, "意愿填报截止日期" in late.content.decode()) == (422, True)
    until = (timezone.localdate() + timedelta(days=3)).isoformat()
    for _ in range(2):
        assert client.post(address, {"kind": "bids", "bids_until": until}).status_code == 302
    told = Message.objects.filter(topic="review.bids")
    assert sorted(told.values_list("recipient", flat=True)) == sorted(one.user_id for one in experts)
    assert (client.get(address).context["bids"], panel_call.bids_until) == (0, None)
    assert Round.objects.get(pk=panel_call.pk).bids_until is not None


def test_expert_bids_on_number_and_fields_and_reads_nothing_of_who_applies(
    client: Client, asked: Round, cases: list[Application], experts: list[Expert]
) -> None:
    client.force_login(experts[0].user)
    assert "/reviewer/bids/" in client.get(reverse("reviews")).content.decode()
    page = client.get(reverse("review_bids")).content.decode()
    assert all(str(one.number) in page and one.applicant.name not in page for one in cases)

    client.post(reverse("review_bids"), {f"bid-{cases[0].pk}": "-2", f"bid-{cases[1].pk}": "2"})
    assert dict(Bid.objects.filter(expert=experts[0]).values_list("application", "value")) == {
        cases[0].pk: -2,
        cases[1].pk: 2,
    }
    client.post(reverse("review_bids"), {f"bid-{cases[0].pk}": "0"})
    assert list(Bid.objects.filter(expert=experts[0]).values_list("application", flat=True)) == [cases[1].pk]


def test_bid_is_counted_when_reviews_are_assigned(
    asked: Round, cases: list[Application], experts: list[Expert], clerk: User
) -> None:
    bid(experts[0].user, {cases[0].pk: -2})
    run = runs.carry_out(runs.ask(asked, "assign", {"reviews": 1, "most": 2}, by=clerk).pk)
    assert run is not None and run.stage == "ready"
    assert (cases[0].pk, experts[0].pk) not in {(case, expert) for case, expert, _ in run.found["pairs"]}


def test_nobody_bids_on_what_a_conflict_keeps_from_them_or_what_is_over(
    client: Client, asked: Round, cases: list[Application], experts: list[Expert], clerk: User
) -> None:
    Conflict.objects.create(expert=experts[0], application=cases[0], rule="employer", evidence={"ties": []})
    Assignment.objects.create(expert=experts[0], application=cases[1], made_by=clerk)
    assert list(biddable(experts[0].user)) == []
    client.force_login(experts[0].user)
    assert str(cases[0].number) not in client.get(reverse("review_bids")).content.decode()
    with pytest.raises(BidsClosed):
        bid(experts[0].user, {cases[0].pk: 2})

    with pytest.raises(BidOutOfRange):
        bid(experts[1].user, {cases[0].pk: 3})
    answer = client.post(reverse("review_bids"), {f"bid-{cases[0].pk}": "viel"})
    assert answer.status_code == 422
    Round.objects.update(bids_until=timezone.now() - timedelta(minutes=1))
    with pytest.raises(BidsClosed):
        bid(experts[1].user, {cases[0].pk: 2})
    with pytest.raises(runs.NotTheirRound):
        ask_for_bids(asked, timezone.now() + timedelta(days=1), by=experts[0].user)
    with pytest.raises(BidsDayWrong):
        ask_for_bids(asked, timezone.now() - timedelta(days=1), by=clerk)


def test_case_that_a_session_hears_is_none_to_bid_on(
    asked: Round, cases: list[Application], experts: list[Expert], clerk: User
) -> None:
    heard = making.make(asked, [cases[0].pk], when=making.Slot(), by=clerk)
    assert list(biddable(experts[0].user)) == [cases[1]]
    making.add_cases(heard, [cases[1].pk], by=clerk)
    with pytest.raises(AllInSessions):
        ask_for_bids(asked, timezone.now() + timedelta(days=1), by=clerk)


def test_page_of_bids_takes_as_many_statements_for_thirty_cases_as_for_one(
    client: Client, panel_call: Round, experts: list[Expert], clerk: User
) -> None:
    client.force_login(experts[0].user)
    counts = []
    client.get(reverse("review_bids"))
    for more in (1, 29):
        two_fields.make_cases(panel_call, clerk, more)
        ask_for_bids(panel_call, timezone.now() + timedelta(days=3), by=clerk)
        with CaptureQueriesContext(connection) as found:
            assert client.get(reverse("review_bids")).status_code == 200
        counts.append(len(found))
    assert counts == [9, 9]
