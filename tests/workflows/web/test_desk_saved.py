"""Saved searches on the pages: tabs with counts, saving, renaming, order, taking away and undoing."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Organisation, Role, User
from tests.workflows.conftest import person_with
from tests.workflows.web.desks import address, brought_to, signed_in
from workflows import saved_searches
from workflows.models import Application, SavedSearch

pytestmark = pytest.mark.django_db
Drafts = Callable[[int], list[Application]]

# Session, person, memberships, their searches; what was just taken away; messages and what waits, for the navigation.
QUERIES = 7
# With any number of saved searches the worklist asks once for them and once for their counts.
WORKLIST_MORE = 1


def test_saving_leads_back_to_the_search_with_a_tab_and_its_count(many_drafts: Drafts, clerk: User) -> None:
    brought_to("submit", many_drafts(2), clerk)
    client = signed_in(clerk)
    page = client.get(address("worklist"), {"q": "state:已提交"}).content.decode()
    assert address("saved_search_add") in page
    answer = client.post(address("saved_search_add"), {"q": "state:已提交", "name": "新到"})
    assert answer.status_code == 302
    shown = client.get(answer["Location"])
    (tab,) = shown.context["saved"]
    assert (tab.search.name, tab.count, tab.current) == ("新到", 2, True)
    assert address("saved_search_add") not in shown.content.decode()


def test_count_stands_only_where_the_counters_know_it(many_drafts: Drafts, clerk: User) -> None:
    brought_to("submit", many_drafts(1), clerk)
    for name, query in (
        ("a", "is:open"),
        ("b", "is:overdue"),
        ("c", "软件"),
        ("d", "-state:accepted year:2019"),
    ):
        saved_searches.save(clerk, name, query)
    tabs = signed_in(clerk).get(address("worklist")).context["saved"]
    assert [tab.count for tab in tabs] == [1, None, None, 1]


def test_unclear_search_is_refused_with_its_word(clerk: User) -> None:
    answer = signed_in(clerk).post(address("saved_search_add"), {"q": "state:chekced", "name": "x"})
    assert answer.status_code == 422
    assert "checked" in answer.content.decode()


def test_sharing_with_an_office_of_others_is_a_404(clerk: User, authority: Organisation) -> None:
    answer = signed_in(clerk).post(
        address("saved_search_add"), {"q": "is:open", "name": "x", "office": authority.pk}
    )
    assert answer.status_code == 404


def test_colleague_changes_what_is_shared_and_a_stranger_knows_nothing_of_it(
    clerk: User, official: User, association: Organisation
) -> None:
    shared = saved_searches.save(clerk, "A", "is:open", office=association)
    own = saved_searches.save(clerk, "B", "is:open")
    colleague = signed_in(person_with(Role.CLERK, association))
    url = address("saved_search_change", shared.pk)
    assert signed_in(official).post(url, {"act": "remove"}).status_code == 404
    assert colleague.post(address("saved_search_change", own.pk), {"act": "remove"}).status_code == 404
    assert colleague.post(url, {"act": "rename", "name": "Ours"}).status_code == 302
    assert [s.name for s in SavedSearch.objects.order_by("pk")] == ["Ours", "B"]


def test_taking_away_offers_to_undo(clerk: User) -> None:
    client, search = signed_in(clerk), saved_searches.save(clerk, "A", "is:open")
    url = address("saved_search_change", search.pk)
    client.post(url, {"act": "remove"})
    page = client.get(address("saved_searches"))
    assert ([s.pk for s in page.context["undoable"]], page.context["places"]) == ([search.pk], [])
    assert client.post(url, {"act": "rename", "name": "B"}).status_code == 404
    client.post(url, {"act": "restore"})
    assert [s.name for s in saved_searches.visible_to(clerk).kept()] == ["A"]


def test_name_that_is_taken_is_refused_on_the_page(clerk: User) -> None:
    saved_searches.save(clerk, "A", "is:open")
    other = saved_searches.save(clerk, "B", "is:open")
    answer = signed_in(clerk).post(address("saved_search_change", other.pk), {"act": "rename", "name": "A"})
    assert answer.status_code == 409
    assert "已有名为“A”" in answer.content.decode()
    assert signed_in(clerk).post(address("saved_search_change", other.pk), {"act": "?"}).status_code == 422


@pytest.mark.parametrize("count", [1, 30])
def test_queries_stay_the_same_with_1_and_with_30_searches(clerk: User, count: int) -> None:
    client = signed_in(clerk)
    client.get(address("worklist"))
    with CaptureQueriesContext(connection) as without:
        client.get(address("worklist"))
    for n in range(count):
        saved_searches.save(clerk, f"s{n}", "state:submitted")
    with CaptureQueriesContext(connection) as queries:
        client.get(address("saved_searches"))
    with CaptureQueriesContext(connection) as worklist:
        client.get(address("worklist"))
    assert (len(queries), len(worklist) - len(without)) == (QUERIES, WORKLIST_MORE)
