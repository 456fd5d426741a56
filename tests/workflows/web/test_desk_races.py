"""Two people at one desk, on a real database: one event, and a clear answer for whoever came second."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connections

from accounts.models import Organisation, Role, User
from tests.workflows.conftest import events_of, fresh, person_with
from tests.workflows.web.desks import address, brought_to, signed_in
from workflows.models import Application, Batch

pytestmark = pytest.mark.django_db(transaction=True)
Drafts = Callable[[int], list[Application]]


def at_once(calls: list[Callable[[], Any]]) -> list[Any]:
    """The answers of `calls`, all started at the same moment."""
    start = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        try:
            start.wait()
            return call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_two_clerks_accept_the_same_case(draft: Application, clerk: User, association: Organisation) -> None:
    (case,) = brought_to("submit", [draft], clerk)
    clients = [signed_in(clerk), signed_in(person_with(Role.CLERK, association, "王芳"))]
    answers = at_once(
        [
            lambda client=client, n=n: client.post(
                address("case_step", case.pk, "accept"), {"key": f"k{n}", "version": case.version}
            )
            for n, client in enumerate(clients)
        ]
    )
    assert Counter(answer.status_code for answer in answers) == {302: 1, 409: 1}
    assert events_of(case) == ["submit", "accept"]
    (second,) = [answer for answer in answers if answer.status_code == 409]
    assert "目前处于“初审”" in second.content.decode()


def test_many_clicks_on_consolidate_open_one_batch(many_drafts: Drafts, clerk: User) -> None:
    cases = brought_to("verify", many_drafts(3), clerk)
    client = signed_in(clerk)
    selection = {"step": "talent-tax-rebate/consolidate", "case": [case.pk for case in cases]}
    page = client.post(address("case_many"), selection, follow=True)
    manifest = page.context["manifest"]
    posted = {"key": page.context["key"], "signature": manifest.sha256}
    clients = [signed_in(clerk) for _ in range(6)]
    answers = at_once([lambda c=c: c.post(address("manifest_commit", manifest.pk), posted) for c in clients])
    assert Counter(answer.status_code for answer in answers) == {302: 6}
    assert Batch.objects.count() == 1
    assert [events_of(case)[-2:] for case in cases] == [["verify", "consolidate"]] * 3
    assert len({fresh(case).batch_id for case in cases}) == 1
