"""Clicks that arrive together through the pages: one event, one draft, nothing overwritten."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Organisation, Role, User
from tests.workflows.conftest import events_of, fresh, person_with
from tests.workflows.test_races import at_once
from workflows import drafts
from workflows.models import Application, Round
from workflows.seen import fingerprints

pytestmark = pytest.mark.django_db(transaction=True)


def test_ten_clicks_on_submit_give_one_event_and_ten_receipts(draft: Application, owner: User) -> None:
    browsers = [Client() for _ in range(10)]
    for browser in browsers:
        browser.force_login(owner)
    page = reverse("application_check", args=[draft.pk])
    answers = at_once(
        10, lambda i: browsers[i].post(page, {"declared": "1", "key": "k"}).headers.get("Location")
    )
    assert answers == [reverse("application_receipt", args=[draft.pk])] * 10
    assert events_of(draft) == ["submit"]


def test_ten_clicks_on_begin_give_one_draft(open_round: Round, employer: Organisation, owner: User) -> None:
    browsers = [Client() for _ in range(10)]
    for browser in browsers:
        browser.force_login(owner)
    page = reverse("application_start", args=[open_round.pk])
    answers = at_once(
        10, lambda i: browsers[i].post(page, {"organisation": employer.pk}).headers.get("Location")
    )
    case = Application.objects.get()
    assert answers == [reverse("application", args=[case.pk])] * 10


def test_two_who_save_one_field_at_once_collide_and_one_stands(
    draft: Application, owner: User, employer: Organisation
) -> None:
    people = [owner, person_with(Role.AGENT, employer)]
    seen = fingerprints(drafts.answers_of(draft), ["bank_name"])
    browsers = [Client(), Client()]
    for browser, person in zip(browsers, people, strict=True):
        browser.force_login(person)
    page = reverse("application_section", args=[draft.pk, "account"])
    typed = {**fresh(draft).answers, "account": "", "account.kept": "1", **seen}
    statuses = at_once(2, lambda i: browsers[i].post(page, {**typed, "bank_name": f"银行{i}"}).status_code)
    assert sorted(statuses) == [302, 409]
    assert fresh(draft).answers["bank_name"] == f"银行{statuses.index(302)}"
