import pytest
from django.test import RequestFactory

from accounts.models import Role, User
from config.context import APPLICANT, PUBLIC, STAFF, Entry, entries_for, look


@pytest.mark.django_db
def test_navigation_is_that_of_the_audience():
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import Membership, Organisation

    applicant = User.objects.create_user("a@example.com", None, name="甲")
    clerk = User.objects.create_user("c@example.com", None, name="乙")
    house = Organisation.objects.create(kind="association", name="示例协会")
    Membership.objects.create(user=clerk, organisation=house, role=Role.CLERK)

    assert entries_for(AnonymousUser()) == PUBLIC
    assert entries_for(applicant) == APPLICANT
    assert set(entries_for(clerk)) <= set(STAFF)


@pytest.mark.django_db
def test_entry_of_the_page_is_marked():
    request = RequestFactory().get("/me/organisation/register/")
    request.user = User.objects.create_user("a@example.com", None, name="甲")

    current = {item["url"]: item["current"] for item in look(request)["navigation"]}

    assert current["/me/organisation/"] == "true"


@pytest.mark.django_db
def test_of_two_entries_that_fit_the_longer_is_the_place(monkeypatch):
    from config import context

    monkeypatch.setattr(context, "APPLICANT", (Entry("me", "me"), Entry("house", "organisation")))
    request = RequestFactory().get("/me/organisation/register/")
    request.user = User.objects.create_user("a@example.com", None, name="甲")

    assert [item["current"] for item in look(request)["navigation"]] == ["", "true"]


@pytest.mark.django_db
def test_entry_is_marked_on_its_pages_that_stand_elsewhere(monkeypatch):
    from config import context

    pages = (Entry("me", "me"), Entry("house", "organisation", under="/desk/rounds/"))
    monkeypatch.setattr(context, "APPLICANT", pages)
    request = RequestFactory().get("/desk/rounds/7/ranking/")
    request.user = User.objects.create_user("a@example.com", None, name="甲")

    assert [item["current"] for item in look(request)["navigation"]] == ["", "true"]
