"""Bars: who handed in false papers applies for nothing for a year; set and lifted by officials, each an event."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organisation, Role
from tests.workflows.conftest import events_of, fresh, person_with
from tests.workflows.founder_award import call_of, filled_in, take
from workflows import bars, drafts
from workflows.engine.asking import offers, why
from workflows.errors import Blocked, ReasonMissing
from workflows.models import Application, Bar, Round

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(association, authority) -> Round:
    return call_of(association, authority)


@pytest.fixture
def found_out(call, employer, owner, clerk) -> Application:
    """A case in which false papers were found."""
    return take(take(filled_in(call, employer, owner), "submit", owner), "accept", clerk)


@pytest.fixture
def next_call(call) -> Round:
    return Round.objects.create(
        programme=call.programme, policy=call.policy, year=call.year + 1, handler=call.handler,
        authority=call.authority, opens_at=call.opens_at, closes_at=call.closes_at,
    )  # fmt: skip


def test_bar_runs_a_year_and_stands_in_the_chain(found_out, official, owner) -> None:
    take(found_out, "bar_applicant", official, "审计报告系伪造")

    today = timezone.localdate()
    bar = Bar.objects.get()
    assert (bar.organisation, bar.application.pk, bar.reason, bar.set_by) == (
        found_out.applicant, found_out.pk, "审计报告系伪造", official,
    )  # fmt: skip
    assert (bar.from_on, bar.until_on + timedelta(days=1)) == (today, bars._years_later(today, 1))
    assert events_of(found_out)[-1] == "bar_applicant"
    assert fresh(found_out).state == "accepted"


def test_barred_applicant_cannot_submit_and_reads_until_when(found_out, next_call, employer, owner, official):
    before = filled_in(next_call, employer, owner)
    take(found_out, "bar_applicant", official, "审计报告系伪造")

    until = Bar.objects.get().until_on
    (reason,) = why("submit", fresh(before), owner)
    assert reason.code == "barred"
    assert str(until.year) in reason.words.zh
    assert f"{until.day} " in reason.words.en
    with pytest.raises(Blocked):
        take(fresh(before), "submit", owner)
    assert fresh(before).state == "draft"


def test_draft_begun_later_is_barred_too_and_others_are_not(found_out, next_call, employer, owner, official):
    take(found_out, "bar_applicant", official, "审计报告系伪造")
    assert drafts.start(next_call, employer, by=owner).barred_until == Bar.objects.get().until_on

    other = Organisation.objects.create(kind="employer", name="别家", industry="software", district="siming")
    assert drafts.start(next_call, other, by=person_with(Role.OWNER, other)).barred_until is None


def test_bar_that_is_over_keeps_nobody_away(found_out, next_call, employer, owner, official) -> None:
    case = filled_in(next_call, employer, owner)
    take(found_out, "bar_applicant", official, "审计报告系伪造")
    yesterday = timezone.localdate() - timedelta(days=1)
    Application.objects.filter(pk=case.pk).update(barred_until=yesterday)
    assert why("submit", fresh(case), owner) == []
    Bar.objects.update(from_on=yesterday, until_on=yesterday)
    assert bars.until(employer.pk, timezone.localdate()) is None


def test_lifted_bar_stays_on_record(found_out, next_call, employer, owner, official, second_official) -> None:
    case = filled_in(next_call, employer, owner)
    take(found_out, "bar_applicant", official, "审计报告系伪造")
    take(found_out, "lift_bar", second_official, "复核后认定为笔误")

    bar = Bar.objects.get()
    assert (bar.lifted_by, bar.lifted_reason) == (second_official, "复核后认定为笔误")
    assert why("submit", fresh(case), owner) == []
    # It can be set anew.
    take(found_out, "bar_applicant", official, "另有发现")
    assert Bar.objects.in_force(timezone.localdate()).count() == 1


def test_only_officials_bar_and_only_with_a_reason(found_out, clerk, owner, official) -> None:
    for user in (clerk, owner):
        assert "bar_applicant" not in {offer.step.name for offer in offers(found_out, user)}
    with pytest.raises(ReasonMissing):
        take(found_out, "bar_applicant", official, " ")
    take(found_out, "bar_applicant", official, "审计报告系伪造")
    assert [reason.code for reason in why("bar_applicant", fresh(found_out), official)] == ["barred"]
    assert Bar.objects.count() == 1


def test_bar_ends_after_it_begins(found_out, official) -> None:
    take(found_out, "bar_applicant", official, "审计报告系伪造")
    bar = Bar.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Bar.objects.filter(pk=bar.pk).update(until_on=bar.from_on - timedelta(days=1))


def test_pages_say_so_to_the_barred_alone(
    client: Client, found_out, next_call, employer, owner, official
) -> None:
    take(found_out, "bar_applicant", official, "审计报告系伪造")
    for page in (
        reverse("application_start", args=[next_call.pk]),
        reverse("pre_check", args=["talent-tax-rebate"]),
        reverse("my_applications"),
    ):
        client.force_login(owner)
        assert "审计报告系伪造" in client.get(page).content.decode()
    client.logout()
    assert (
        "审计报告系伪造" not in client.get(reverse("pre_check", args=["talent-tax-rebate"])).content.decode()
    )
