"""An inspection on a phone, in a real Chromium: filled in, photographed, handed in and signed without a connection."""

import os
import shutil
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect, sync_playwright

from tests.workflows.founder_award import call_of, filled_in, to_inspect, toured, visit_of
from workflows.demonstration.pictures import picture
from workflows.models import Application, Visit
from workflows.review.inspections.sheet import sha256_of

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
PLACE = {"latitude": 24.4798, "longitude": 118.0894, "accuracy": 12}
FIRM = "form[data-sign]:has(#signer)"


@pytest.fixture(scope="module")
def chromium():
    # Playwright runs its own event loop in this thread; Django would take every query for one inside it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or None,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
        )
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def visit(association, authority, employer, owner, clerk, official, documents_folder) -> Visit:
    with transaction.atomic():
        draft = filled_in(call_of(association, authority), employer, owner)
    case = to_inspect(draft, owner, clerk)
    toured([case], [clerk, official], clerk)
    return visit_of(case)


@pytest.fixture
def phone(chromium, live_server):
    """`phone(user)`: a page at phone width in which this person is signed in."""
    opened: list[Any] = []

    def phone(user: Any) -> Any:
        # A client of their own: signing in somebody else with one ends the session of the first.
        client = Client()
        client.force_login(user)
        context = chromium.new_context(
            viewport={"width": 390, "height": 844}, geolocation=PLACE, permissions=["geolocation"]
        )
        for name, value in (("sessionid", client.cookies["sessionid"].value), ("django_language", "en")):
            context.add_cookies([{"name": name, "value": value, "url": live_server.url}])
        context.set_default_timeout(20_000)
        page = context.new_page()
        page.failures = []
        page.on("pageerror", lambda error: page.failures.append(str(error)))
        opened.append(page)
        return page

    yield phone
    for page in opened:
        assert page.failures == []
        page.context.close()


def test_visit_without_a_connection_is_sent_later_and_once(phone, live_server, visit, clerk, official):
    url = live_server.url + reverse("visit", args=[visit.pk])
    page = phone(clerk)
    page.goto(url)
    # The page is kept for when there is no connection.
    page.wait_for_function(
        "async () => Boolean(await (await caches.open('bailu-visits-1')).match(location.pathname, {ignoreVary: true}))"
    )
    page.reload()
    page.context.set_offline(True)
    for field in page.locator("input[type=number]").all():
        field.fill(str(field.get_attribute("max")))
    page.fill("[name=findings]", "场地属实\n设备齐全")
    expect(page.locator("[data-total]")).to_have_text("100")
    photo = {"name": "现场.png", "mimeType": "image/png", "buffer": picture(3)}
    page.set_input_files("[data-photos]", [photo, {**photo, "name": "假.png", "buffer": b"no picture"}])
    expect(page.locator("[data-photo-list] li")).to_have_count(1)
    page.reload()
    expect(page.locator("#premises")).to_have_value("8")
    expect(page.locator("[data-photo-list] li")).to_have_count(1)
    page.click("form[data-report] button")
    page.fill("#signer", "陈鹭鸣")
    page.locator(f"{FIRM} canvas").scroll_into_view_if_needed()
    box = page.locator(f"{FIRM} canvas").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 60, steps=6)
    page.mouse.up()
    page.locator(f"{FIRM} .actions button.btn").first.click()
    expect(page.locator(FIRM)).to_be_hidden()
    assert Visit.objects.get(pk=visit.pk).standing == "planned"

    page.context.set_offline(False)
    expect(page.locator("[data-firm-signed]")).to_contain_text("陈鹭鸣", timeout=60_000)
    # The same phone asks again and again; the other inspector signs on theirs.
    page.reload()
    other = phone(official)
    other.goto(url)
    mine = "form[data-sign]:has([name=as][value=inspector])"
    for one in (page, other):
        one.locator(f"{mine} .actions button.btn").first.click()
        expect(one.locator(mine)).to_have_count(0, timeout=60_000)

    held = Visit.objects.get(pk=visit.pk)
    assert (held.standing, held.report["points"], held.photos.count()) == ("signed", "100", 1)
    assert held.sheet["findings"] == "场地属实\n设备齐全"
    firm = held.signatures.get(person=None)
    assert (firm.signed_sha256, bool(firm.strokes)) == (sha256_of(held.sheet), True)
    assert str(held.photos.get().latitude) == "24.479800"
    assert Application.objects.get(pk=held.application_id).inspection_outcome == "pass"


def test_points_beyond_their_range_stand_with_a_sentence_and_are_not_lost(phone, live_server, visit, clerk):
    page = phone(clerk)
    page.goto(live_server.url + reverse("visit", args=[visit.pk]))
    page.fill("#premises", "99")
    page.fill("#equipment", "3")
    page.locator("#equipment").blur()
    expect(page.locator("[data-sending]")).not_to_be_empty()
    expect(page.locator("#range-premises")).to_be_visible()
    expect(page.locator("#premises")).to_have_value("99")
    assert "8" in page.locator("#range-premises").inner_text()

    page.fill("#premises", "7.5")
    page.locator("#premises").blur()
    expect(page.locator("#range-premises")).to_have_count(0)
    page.wait_for_timeout(1_000)
    page.reload()
    expect(page.locator("#premises")).to_have_value("7.5")
    expect(page.locator("#equipment")).to_have_value("3")
