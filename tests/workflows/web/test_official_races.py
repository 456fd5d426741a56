"""Two people press at once, on real PostgreSQL: one does it, the other is told."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import Organisation, Role, User
from tests.workflows.conftest import events_of, person_with
from tests.workflows.test_races import at_once
from tests.workflows.web.batch_ways import awaiting_signature, cleared, form_of, verified
from workflows.engine.verify import verify
from workflows.models import Application, Batch, PaymentLine, PaymentList, Round

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_officials_sign_one_batch_at_once(
    many_drafts: Callable[[int], list[Application]], open_round: Round, clerk: User, official: User,
    second_official: User, authority: Organisation,
) -> None:  # fmt: skip
    cases = verified(many_drafts(3), clerk)
    batch = awaiting_signature(open_round, cases, clerk, second_official)
    url = reverse("batch_act", args=[batch.pk, "approve"])
    forms = []
    for user in (official, person_with(Role.OFFICIAL, authority)):
        client = Client()
        client.force_login(user)
        page = client.get(reverse("batch", args=[batch.pk]))
        forms.append((client, {**form_of(page, url), "checked": "1"}))
    answers = at_once(2, lambda i: forms[i][0].post(url, forms[i][1]).status_code)
    assert sorted(answers) == [302, 409]
    assert Batch.objects.get().stage == "releasing"
    assert [events_of(case).count("approve") for case in cases] == [1, 1, 1]
    assert verify().holds


def test_ten_clicks_make_one_payment_list(
    many_drafts: Callable[[int], list[Application]], open_round: Round, clerk: User, official: User,
    second_official: User, cashier: User,
) -> None:  # fmt: skip
    batch = awaiting_signature(open_round, verified(many_drafts(2), clerk), clerk, second_official)
    cleared(batch, official, second_official)

    def click(_: int) -> int:
        client = Client()
        client.force_login(User.objects.get(pk=cashier.pk))
        return client.post(reverse("payments_make"), {"round": open_round.pk, "key": "one"}).status_code

    assert at_once(10, click) == [302] * 10
    assert (PaymentList.objects.count(), PaymentLine.objects.count()) == (1, 2)
    connection.close()
