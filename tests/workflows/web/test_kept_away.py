"""Whoever works in an office and is an expert beside it: a case from which a conflict keeps them away is nowhere."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership, Role, Scope, User
from accounts.tokens import make_token
from tests.workflows.conftest import fresh, new_batch
from tests.workflows.review.seated import expert
from tests.workflows.web.desks import address, brought_to, signed_in
from workflows.models import Application, Conflict
from workflows.queries import desk_places, kept_counts, waiting_count, waiting_places
from workflows.web.desk import filters

pytestmark = pytest.mark.django_db
Drafts = Callable[[int], list[Application]]


@pytest.fixture
def cases(many_drafts: Drafts, clerk: User) -> list[Application]:
    return brought_to("accept", many_drafts(3), clerk)


@pytest.fixture
def both(association, cases: list[Application]) -> User:
    """A clerk of the office who is an expert too, kept away from the first case."""
    one = expert(association, 1)
    Membership.objects.create(user=one.user, organisation=association, role=Role.CLERK)
    Conflict.objects.create(expert=one, application=cases[0], rule="employer", source="found")
    return User.objects.get(pk=one.user_id)


@pytest.mark.parametrize("few", [True, False], ids=["sorted", "merged"])
@pytest.mark.parametrize("query", ["?tab=all", "?tab=waiting", "?tab=accepted", "?q=is:open", "?q={number}"])
def test_worklist_and_search_do_not_know_of_it(cases, both, clerk, query, few, monkeypatch) -> None:
    if not few:
        monkeypatch.setattr(filters, "FEW", 0)
    where = address("worklist") + query.format(number=cases[0].number)

    mine = signed_in(both).get(where).content.decode()
    assert cases[0].applicant.name not in mine
    assert cases[0].applicant.name in signed_in(clerk).get(where).content.decode()
    if "number" not in query:
        assert cases[1].applicant.name in mine


def test_counts_leave_it_out(cases, both, clerk) -> None:
    assert (waiting_count(clerk), waiting_count(both)) == (3, 2)
    for user, n in ((clerk, 3), (both, 2)):
        counted = kept_counts(user, filters.Q())
        assert (counted.by_state, counted.waiting, counted.total) == ({"accepted": n}, n, n)


def test_export_statistics_and_pages_leave_it_out(cases, both) -> None:
    client = signed_in(both)
    export = client.get(address("worklist_export", "csv") + "?tab=all").content.decode("utf-8-sig")
    assert cases[0].number not in export
    assert cases[1].number in export
    assert client.get(address("case", cases[0].pk)).status_code == 404
    assert client.get(address("statistics")).status_code == 200


def test_api_leaves_it_out(cases, both) -> None:
    _, token = make_token(both, name="t", scopes=[Scope.CASES_READ], days=1)
    client = signed_in(both)
    client.logout()
    asked = {"HTTP_AUTHORIZATION": f"Bearer {token}"}
    listed = client.get("/api/v1/cases", **asked).content.decode()
    assert cases[1].number in listed
    assert cases[0].number not in listed
    assert client.get(f"/api/v1/cases/{cases[0].pk}", **asked).status_code == 404


def test_batch_with_it_is_closed_as_a_whole(cases, both, clerk, open_round) -> None:
    batch = new_batch(open_round, clerk)
    Application.objects.filter(pk=cases[1].pk).update(batch=batch)
    assert signed_in(both).get(address("batch", batch.pk)).status_code == 200

    Application.objects.filter(pk=cases[0].pk).update(batch=batch)
    assert signed_in(both).get(address("batch", batch.pk)).status_code == 404
    assert batch.number not in signed_in(both).get(address("batches")).content.decode()
    assert signed_in(clerk).get(address("batch", batch.pk)).status_code == 200


def test_who_is_no_expert_is_asked_no_more(cases, clerk) -> None:
    assert all(place.when is None for place in desk_places(clerk))
    assert all("conflict" not in str(place.when) for place in waiting_places(clerk))
    with CaptureQueriesContext(connection) as queries:
        signed_in(clerk).get(address("worklist"))
    assert not [q for q in queries if "workflows_conflict" in q["sql"]]


def test_settling_brings_it_back(cases, both, clerk) -> None:
    Conflict.objects.update(settled_as="dismissed", settled_by=clerk, settled_reason="查无此事")

    assert waiting_count(both) == 3
    assert signed_in(both).get(address("case", fresh(cases[0]).pk)).status_code == 200
