"""Searches kept under a name: for oneself or the office, named once, in order, taken away and brought back."""

import pytest

from accounts.models import Organisation, Role, User
from tests.workflows.conftest import person_with
from workflows import saved_searches
from workflows.errors import SearchNameMissing, SearchNameTaken, SearchUnclear, TooManySearches
from workflows.models import SavedSearch

pytestmark = pytest.mark.django_db


@pytest.fixture
def colleague(association: Organisation) -> User:
    return person_with(Role.CLERK, association)


def names(user: User) -> list[str]:
    return [search.name for search in saved_searches.visible_to(user).kept()]


def test_own_search_is_seen_by_its_owner_and_shared_one_by_the_office(
    clerk: User, colleague: User, official: User, association: Organisation
) -> None:
    saved_searches.save(clerk, "Mine", "lead:@me")
    saved_searches.save(clerk, "Ours", "is:overdue", office=association)
    assert [names(person) for person in (clerk, colleague, official)] == [["Mine", "Ours"], ["Ours"], []]


def test_search_that_is_not_understood_is_not_kept(clerk: User) -> None:
    with pytest.raises(SearchUnclear):
        saved_searches.save(clerk, "x", "state:nowhere")
    assert SavedSearch.objects.count() == 0


@pytest.mark.parametrize("name", ["", "  ", "x" * 41, "\0"])
def test_name_is_asked_for(clerk: User, name: str) -> None:
    with pytest.raises(SearchNameMissing):
        saved_searches.save(clerk, name, "is:open")


def test_name_is_given_once_in_a_list(clerk: User, association: Organisation) -> None:
    kept = saved_searches.save(clerk, "A", "is:open")
    saved_searches.save(clerk, "A", "is:open", office=association)
    with pytest.raises(SearchNameTaken):
        saved_searches.save(clerk, " A ", "is:closed")
    other = saved_searches.save(clerk, "B", "is:closed")
    with pytest.raises(SearchNameTaken):
        saved_searches.rename(other, "A")
    saved_searches.remove(kept, by=clerk)
    saved_searches.rename(SavedSearch.objects.get(pk=other.pk), "A")
    with pytest.raises(SearchNameTaken):
        saved_searches.restore(SavedSearch.objects.get(pk=kept.pk))


def test_order_is_changed_one_place_at_a_time(clerk: User) -> None:
    first, _, third = (saved_searches.save(clerk, name, "is:open") for name in "ABC")
    saved_searches.move(third, up=True)
    assert names(clerk) == ["A", "C", "B"]
    saved_searches.move(first, up=True)
    saved_searches.move(first, up=False)
    assert names(clerk) == ["C", "A", "B"]


def test_taken_away_is_brought_back_to_its_place(clerk: User, colleague: User) -> None:
    first, _ = (saved_searches.save(clerk, name, "is:open") for name in "AB")
    saved_searches.remove(first, by=clerk)
    assert (names(clerk), [s.name for s in saved_searches.undoable(clerk)]) == (["B"], ["A"])
    assert list(saved_searches.undoable(colleague)) == []
    saved_searches.restore(SavedSearch.objects.get(pk=first.pk))
    assert (names(clerk), list(saved_searches.undoable(clerk))) == (["A", "B"], [])


def test_there_is_an_end_to_them(clerk: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved_searches, "MOST", 1)
    saved_searches.save(clerk, "A", "is:open")
    with pytest.raises(TooManySearches):
        saved_searches.save(clerk, "B", "is:open")
