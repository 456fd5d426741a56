"""form.js in a real Chromium, against the real server: saving as one goes, and nothing lost."""

import os
import re
import shutil

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect, sync_playwright

from accounts.models import User
from tests.forms import pages
from tests.forms.test_answers import COMPLETE

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.forms.pages"),
]
COPY = "form:/example/contact/#/example/save"
PASSWORD = "a long enough password 1"


@pytest.fixture(scope="module")
def chromium():
    # Playwright runs its own event loop in this thread; Django would take every query for one inside it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    arguments = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or None,
            args=[*arguments, "--disable-sync", "--no-first-run"],
        )
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def tab(chromium, live_server, client):
    pages.saved.clear()
    pages.answering.clear()
    user = User.objects.create_user("lu@example.com", PASSWORD, name="陈小鹭", language="en")
    client.force_login(user)
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    context.add_cookies(
        [
            {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url},
            {"name": "django_language", "value": "en", "url": live_server.url},
        ]
    )
    context.set_default_timeout(10_000)
    tab = context.new_page()
    tab.failures = []
    tab.on("pageerror", lambda error: tab.failures.append(str(error)))
    tab.on("dialog", lambda dialog: dialog.dismiss())
    tab.goto(f"{live_server.url}/example/contact/")
    yield tab
    assert tab.failures == []
    context.close()


def copy_kept(tab):
    return tab.evaluate("key => sessionStorage.getItem(key)", COPY)


def status(tab):
    return expect(tab.locator("[data-save-status]"))


def test_typing_is_saved_and_the_time_is_told(tab):
    tab.fill("#field-name", "陈小鹭")
    status(tab).to_have_text("Not saved yet")
    status(tab).to_have_text("Saved 10:32")

    assert pages.stored()["name"] == "陈小鹭"
    assert copy_kept(tab) is None
    tab.reload()
    expect(tab.locator("#field-name")).to_have_value("陈小鹭")


def test_lost_connection_is_told_and_saved_when_it_is_back(tab):
    tab.context.set_offline(True)
    tab.fill("#field-name", "离线")
    status(tab).to_have_text(re.compile("server cannot be reached"))
    assert pages.saved == []

    tab.context.set_offline(False)

    status(tab).to_have_text("Saved 10:32")
    assert pages.stored()["name"] == "离线"


def test_server_that_is_away_is_asked_again(tab):
    pages.answering.append("away")
    tab.fill("#field-name", "甲")
    status(tab).to_have_text(re.compile("server cannot be reached"))
    status(tab).to_have_text("Saved 10:32")

    assert pages.stored()["name"] == "甲"


def test_refusal_is_told_in_its_own_words(tab):
    pages.answering.append("locked")
    tab.fill("#field-name", "甲")

    status(tab).to_have_text("This could not be saved. It has been submitted.")
    expect(tab.locator("#field-name")).to_have_value("甲")


def test_session_that_ends_in_the_middle_loses_nothing(tab):
    Session.objects.all().delete()
    tab.fill("#field-name", "会话过期")
    status(tab).to_have_text(
        "You have been signed out. What you typed is kept in this window. Sign in again in a new tab"
    )
    assert pages.saved == []

    with tab.context.expect_page() as opened:
        tab.click("[data-save-status] a")
    other = opened.value
    other.fill("input[name=login]", "lu@example.com")
    other.fill("input[name=password]", PASSWORD)
    other.click("main button[type=submit], main form button.btn")
    other.wait_for_url(lambda url: "login" not in url)
    other.close()
    tab.bring_to_front()
    tab.fill("#field-name", "会话过期。")

    status(tab).to_have_text("Saved 10:32")
    assert pages.stored()["name"] == "会话过期。"


def test_what_was_not_saved_is_offered_again_after_the_page_was_left(tab):
    tab.context.set_offline(True)
    tab.fill("#field-name", "未保存")
    tab.check("input[name=id_kind][value=passport]")
    status(tab).to_have_text(re.compile("server cannot be reached"))
    tab.context.set_offline(False)
    copy = copy_kept(tab)
    status(tab).to_have_text("Saved 10:32")
    pages.saved.clear()
    tab.evaluate("([key, copy]) => sessionStorage.setItem(key, copy)", [COPY, copy])

    tab.reload()

    expect(tab.locator("#field-name")).to_have_value("")
    status(tab).to_have_text(re.compile(r"From \d\d:\d\d there is text in this window that was not saved"))
    tab.get_by_role("button", name="Put it back").click()
    expect(tab.locator("#field-name")).to_have_value("未保存")
    expect(tab.locator("input[name=id_kind][value=passport]")).to_be_checked()
    status(tab).to_have_text("Saved 10:32")
    assert (pages.stored()["name"], pages.stored()["id_kind"]) == ("未保存", "passport")


def test_leaving_with_unsaved_text_is_asked_about(tab):
    asked = []
    tab.on("dialog", lambda dialog: asked.append(dialog.type))
    tab.context.set_offline(True)
    tab.fill("#field-name", "甲")
    tab.close(run_before_unload=True)
    tab.wait_for_timeout(500)

    assert asked == ["beforeunload"]
    tab.context.set_offline(False)


def test_sending_the_form_asks_nothing_and_shows_the_errors(tab):
    asked = []
    tab.on("dialog", lambda dialog: asked.append(dialog.type))
    tab.fill("#field-mobile", "12345")
    tab.click("main form[data-autosave-url] button.btn")

    expect(tab.locator("#errors")).to_be_focused()
    expect(tab.locator("#field-mobile")).to_have_value("12345")
    assert asked == []
    tab.click("#errors a")
    expect(tab.locator("#field-mobile")).to_be_focused()


def test_field_that_is_not_asked_is_hidden(tab, live_server):
    pages.saved.append(dict(COMPLETE, had_before=""))
    tab.goto(f"{live_server.url}/example/money/")
    day = tab.locator("#field-had_on")

    expect(day).to_be_hidden()
    tab.check("input[name=had_before][value=yes]")
    expect(day).to_be_visible()
    tab.check("input[name=had_before][value=no]")
    expect(day).to_be_hidden()
    status(tab).to_have_text("Saved 10:32")


def test_page_has_no_violation_that_axe_finds(tab, live_server):
    from axe_playwright_python.sync_playwright import Axe

    pages.saved.append(dict(COMPLETE, mobile="1", asked_fen="x"))
    for section in ("contact", "money"):
        tab.goto(f"{live_server.url}/example/{section}/")
        results = Axe().run(tab, context="main")
        assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in results.response["violations"]] == []
        assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
