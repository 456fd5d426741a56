"""The score sheet in a real Chromium at the width of a phone: keyboard, running total, and a lost connection."""

import os
import re
import shutil

import pytest
from django.urls import reverse
from playwright.sync_api import expect, sync_playwright

from workflows.models import Review, ReviewDraft

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def chromium():
    # Playwright runs its own event loop in this thread; Django would take every query for one inside it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or None, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def context(chromium, live_server, client, experts):
    client.force_login(experts[1].user)
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    context.add_cookies(
        [
            {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url},
            {"name": "django_language", "value": "en", "url": live_server.url},
        ]
    )
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def tab(context, live_server, heard):
    tab = context.new_page()
    tab.failures = []
    tab.on("pageerror", lambda error: tab.failures.append(str(error)))
    tab.goto(live_server.url + reverse("score_sheet", args=[heard.pk]))
    yield tab
    assert tab.failures == []


def state(tab):
    return expect(tab.locator("[data-save-state]"))


def kept_on_device(tab):
    return tab.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('sheet:')).length")


def test_sheet_is_filled_in_by_keys_through_a_lost_connection_and_submitted(tab, context):
    total = expect(tab.locator("[data-total]"))
    tab.locator("#field-score-need").focus()
    tab.keyboard.type("48")
    tab.keyboard.press("ArrowUp")
    tab.keyboard.press("Shift+ArrowUp")
    total.to_have_text("49.5")
    tab.keyboard.press("Enter")
    expect(tab.locator("#field-score-effect")).to_be_focused()
    state(tab).to_have_text(re.compile("^Saved"))

    context.set_offline(True)
    tab.keyboard.type("40.5")
    expect(tab.locator("#error-score-effect")).to_have_text("Scored from 0 to 40.")
    tab.fill("#field-score-effect", "35")
    tab.fill("#field-opinion", "离线填写")
    total.to_have_text("84.5")
    state(tab).to_have_text(re.compile("kept on this device"))
    tab.click("text=Check and submit")
    state(tab).to_have_text(re.compile("submit once it is back"))
    assert ReviewDraft.objects.get().content["opinion"] == ""
    context.set_offline(False)
    state(tab).to_have_text(re.compile("^Saved"))
    assert ReviewDraft.objects.get().content["opinion"] == "离线填写"
    assert kept_on_device(tab) == 0

    # The server has it, and the answer to it was lost on the way: the copy of a window that is gone.
    tab.evaluate(
        "localStorage.setItem(`sheet:${document.querySelector('form[data-sheet]').dataset.sheet}:x`, '{}')"
    )
    tab.click("text=Check and submit")
    tab.get_by_role("button", name="Submit the scores").dblclick()
    expect(tab.locator("main")).to_contain_text("Your review of this case is in.")
    assert [(r.number, r.scores) for r in Review.objects.all()] == [(1, {"need": "49.5", "effect": "35"})]
    assert kept_on_device(tab) == 0
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_what_a_window_kept_is_put_back_and_an_older_window_is_told(tab, context, live_server, heard):
    address = live_server.url + reverse("score_sheet", args=[heard.pk])
    context.set_offline(True)
    tab.fill("#field-score-need", "33")
    state(tab).to_have_text(re.compile("kept on this device"))
    tab.close()
    context.set_offline(False)

    again = context.new_page()
    again.goto(address)
    expect(again.locator("#field-score-need")).to_have_value("33")
    state(again).to_have_text(re.compile("^Saved"))

    other = context.new_page()
    other.goto(address)
    other.fill("#field-score-need", "22")
    state(other).to_have_text(re.compile("^Saved"))
    again.fill("#field-score-effect", "11")
    state(again).to_have_text(re.compile("Another window or device has saved this sheet"))
    assert ReviewDraft.objects.get().content["scores"] == {"need": "22", "effect": ""}
    again.get_by_role("button", name="Keep mine").click()
    state(again).to_have_text(re.compile("^Saved"))
    assert ReviewDraft.objects.get().content["scores"] == {"need": "33", "effect": "11"}
