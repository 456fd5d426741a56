from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.kept_input import SESSION_KEY
from tests.accounts.conftest import PASSWORD, browser_of

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.views_without_doors")]

TYPED = {"csrfmiddlewaretoken": "t", "firm": "厦门示例", "tags": ["a", "b"], "new_password": "hidden"}


def sign_in(browser: Client, user, page: str):
    return browser.post(page, {"login": user.email, "password": PASSWORD})


def test_input_of_an_ended_session_comes_back_after_sign_in(owner):
    browser = browser_of(None)
    answer = browser.post("/anybody/?step=2", {**TYPED, "paper": SimpleUploadedFile("a.pdf", b"%PDF")})
    assert answer.status_code == 302
    assert parse_qs(urlsplit(answer["Location"]).query) == {"next": ["/anybody/"]}

    landed = sign_in(browser, owner, answer["Location"])

    assert landed["Location"] == "/anybody/"
    assert (
        browser.get("/anybody/").content.decode()
        == "in kept firm=%E5%8E%A6%E9%97%A8%E7%A4%BA%E4%BE%8B&tags=a&tags=b"
    )


def test_page_of_the_form_is_the_referring_one(owner):
    browser = browser_of(None)

    answer = browser.post("/staff/", {"a": "1"}, headers={"Referer": "http://testserver/anybody/?step=2"})

    assert parse_qs(urlsplit(answer["Location"]).query) == {"next": ["/anybody/?step=2"]}


def test_foreign_referrer_is_not_followed():
    answer = browser_of(None).post("/anybody/", {"a": "1"}, headers={"Referer": "https://evil.example/x"})

    assert parse_qs(urlsplit(answer["Location"]).query) == {"next": ["/anybody/"]}


def test_kept_input_is_sealed():
    browser = browser_of(None)
    browser.post("/anybody/", {"id_number": "350299199001150013"})

    assert "350299199001150013" not in str(dict(browser.session))
    assert SESSION_KEY in browser.session


def test_kept_input_of_an_idle_person_is_shown_to_nobody_else(owner, agent):
    browser = browser_of(owner)
    session = browser.session
    session["seen_at"] = 1
    session.save()
    answer = browser.post("/anybody/", {"a": "1"})
    assert answer.status_code == 302

    sign_in(browser, agent, answer["Location"])
    assert browser.get("/anybody/").content == b"in"


def test_kept_input_of_an_idle_person_is_shown_to_them(owner):
    browser = browser_of(owner)
    session = browser.session
    session["seen_at"] = 1
    session.save()

    sign_in(browser, owner, browser.post("/anybody/", {"a": "1"})["Location"])

    assert browser.get("/anybody/").content == b"in kept a=1"


def test_kept_input_is_for_its_own_page_and_goes_when_it_is_sent(owner):
    browser = browser_of(None)
    sign_in(browser, owner, browser.post("/anybody/", {"a": "1"})["Location"])

    assert "kept" not in browser.get("/me/").content.decode()
    browser.post("/anybody/", {"a": "2"})
    assert browser.get("/anybody/").content == b"in"


def test_kept_input_is_dropped_after_half_an_hour(owner, monkeypatch):
    browser = browser_of(None)
    sign_in(browser, owner, browser.post("/anybody/", {"a": "1"})["Location"])

    monkeypatch.setattr("accounts.kept_input.KEPT_SECONDS", -1)

    assert browser.get("/anybody/").content == b"in"


def test_form_with_an_old_token_is_kept(owner):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(owner, backend="django.contrib.auth.backends.ModelBackend")
    browser.get("/me/")

    answer = browser.post(
        "/me/",
        {"name": "陈改名", "csrfmiddlewaretoken": "x" * 64},
        headers={"Origin": "http://testserver", "Referer": "http://testserver/me/"},
    )

    assert answer.status_code == 403
    assert 'href="/me/"' in answer.content.decode()
    again = browser.get("/me/").content.decode()
    assert "陈改名" in again
    assert "您填写的内容已保留" in again


def test_own_page_shows_what_was_typed_before_the_session_ended(owner):
    browser = browser_of(None)
    sign_in(browser, owner, browser.post("/me/", {"name": "陈改名", "phone": "13800138000"})["Location"])

    page = browser.get("/me/").content.decode()

    assert 'value="陈改名"' in page
    assert 'value="13800138000"' in page
    assert "您填写的内容已保留" in page
