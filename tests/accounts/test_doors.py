import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.doors import PACKAGE_DOORS_BY_NAME, door, door_of
from accounts.models import Role
from tests.accounts.conftest import browser_of

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.views_without_doors")]


def test_view_without_a_door_lets_nobody_in(owner):
    for browser in (browser_of(None), browser_of(owner)):
        answer = browser.get("/forgotten/")

        assert answer.status_code == 403
        assert b"secret" not in answer.content
        assert "本页面未开放" in answer.content.decode()


def test_public_door_is_open_to_all():
    assert browser_of(None).get("/everybody/").content == b"open"


def test_anonymous_goes_to_sign_in_and_comes_back(owner):
    answer = browser_of(None).get("/anybody/?page=2")

    assert answer.status_code == 302
    assert answer["Location"] == "/accounts/login/?next=%2Fanybody%2F%3Fpage%3D2"
    assert browser_of(owner).get("/anybody/").content == b"in"


def test_anonymous_htmx_request_is_sent_to_sign_in_whole():
    answer = browser_of(None).get(
        "/anybody/", headers={"HX-Request": "true", "Referer": "http://testserver/cases/3/"}
    )

    assert answer.status_code == 204
    assert answer["HX-Redirect"] == "/accounts/login/?next=%2Fcases%2F3%2F"


@pytest.mark.parametrize("headers", [{"Accept": "application/json"}, {"Sec-Fetch-Dest": "empty"}])
def test_anonymous_program_gets_401(headers):
    answer = browser_of(None).get("/anybody/", headers=headers)

    assert answer.status_code == 401
    assert answer.json()["code"] == "sign_in"


def test_role_is_needed_and_named(owner, clerk, firm):
    assert browser_of(clerk).get("/staff/").content == b"staff"

    answer = browser_of(owner, "en").get("/staff/")
    assert answer.status_code == 403
    assert "This page is for: Clerk, Official." in answer.content.decode()
    assert "role_needed" in answer.content.decode()


def test_ended_role_opens_nothing(clerk):
    browser = browser_of(clerk)
    clerk.membership_set.update(ended_at="2026-01-01T00:00:00Z")

    assert browser.get("/staff/").status_code == 403


def test_deactivated_person_is_out(clerk):
    browser = browser_of(clerk)
    clerk.is_active = False
    clerk.save()

    assert browser.get("/staff/").status_code == 302


def test_public_door_with_roles_is_a_mistake():
    with pytest.raises(ValueError, match="public"):
        door(Role.CLERK, public=True)


def test_every_view_of_the_project_has_a_door():
    forgotten = [
        pattern.name
        for pattern in _patterns(get_resolver("config.urls"))
        if door_of(pattern.callback, pattern.name) is None
    ]

    assert forgotten == []


def test_table_of_package_doors_names_only_real_addresses():
    names = {pattern.name for pattern in _patterns(get_resolver("config.urls"))}
    absent = set(PACKAGE_DOORS_BY_NAME) - names

    # Where the address is proven by a code, the link of a mail has no page.
    assert absent <= {"account_confirm_email"}


def _patterns(resolver: URLResolver):
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            yield entry
        else:
            yield from _patterns(entry)


def test_sign_in_from_elsewhere_is_refused_politely(owner):
    browser = Client(enforce_csrf_checks=True)

    answer = browser.post("/accounts/login/", {"login": "x"}, headers={"Origin": "https://evil.example"})

    assert answer.status_code == 403
    assert "请再提交一次" in answer.content.decode()
