"""What the association's clerk does: accept, ask for correction, examine, compare, verify, consolidate."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.acts import answer, choose_file, go, number_in, path_of, press
from tests.e2e.files import payload, tax_file


def find_case(page: Page, number: str) -> int:
    """Look the case up in the worklist and open it; its id."""
    go(page, f"/desk/?q={number}")
    press(page, f"main table a:text-is('{number}')")
    return number_in(page, "/desk/cases/#/")


def take_step(page: Page, case: int, step: str) -> None:
    """Press the button of a step on the page of the case."""
    go(page, f"/desk/cases/{case}/")
    press(page, f"#step-{step} button.btn")
    expect(page.locator("main .why.err")).to_have_count(0)


def claim(page: Page, case: int) -> None:
    go(page, f"/desk/cases/{case}/")
    press(page, f"form[action='/desk/cases/{case}/steps/claim/'] button")


def ask_for_correction(page: Page, case: int, points: dict[str, str], person: str) -> None:
    """Tick these points and the person of that name, each with its words; look at it; send."""
    go(page, f"/desk/cases/{case}/corrections/ask/")
    answer(page, find=person)
    press(page, "button[value=find]")
    slug = page.locator(".point", has_text=person).locator("[name=point]").get_attribute("value")
    assert slug is not None
    for point, words in {**points, slug: points["person"]}.items():
        if point != "person":
            page.check(f"[name=point][value='{point}']")
            page.fill(f"[name='words-{point}']", words)
    press(page, "button[value=preview]")
    expect(page.locator(".content ol:not(.timeline, .path) > li")).to_have_count(3)
    press(page, "button[value=send]")


def import_tax_record(page: Page, round_: int, rows: list[tuple[str, float]], language: str) -> None:
    """Upload the bureau's file, read it, and wait for what came of it."""
    go(page, f"/desk/tax-records/{round_}/")
    choose_file(page, "main", payload("tax.xlsx", tax_file(rows, language)))
    page.locator("form[action*='/start/'] button").click(timeout=30_000)
    page.wait_for_url("**/tax-records/imports/*/")
    expect(page.locator("main h1 + .lede .tag.ok")).to_be_visible(timeout=30_000)


def release_hold(page: Page, case: int, person: str, reason: str) -> None:
    """The person differs from the tax record and is on hold; let go with a reason, not without."""
    go(page, f"/desk/cases/{case}/people/?tax=differs")
    row = page.locator("tr[id^='person-']")
    expect(row).to_have_count(1)
    expect(row).to_contain_text(person)
    expect(row).to_contain_text("H02")
    row.locator("summary").click()
    with page.expect_navigation():
        row.locator("button[name=release]").click()
    row = page.locator("tr[id^='person-']")
    expect(row.locator(".errorlist")).to_be_visible()
    row.locator("textarea").fill(reason)
    with page.expect_navigation():
        row.locator("button[name=release]").click()


def open_batch(page: Page, round_: int) -> int:
    """A new batch for the round; its id."""
    go(page, "/desk/batches/")
    page.check(f"[name=round][value='{round_}']")
    press(page, "form[action='/desk/batches/open/'] button.btn")
    return number_in(page, "/batches/#/")


def add_to_batch(page: Page, batch: int, case: int) -> None:
    go(page, f"/desk/batches/{batch}/cases/add/")
    page.check(f"[name=case][value='{case}']")
    press(page, "#add button.btn")
    assert path_of(page) == f"/desk/batches/{batch}/"


def act_on_batch(page: Page, batch: int, action: str) -> None:
    """Press the button of the present task."""
    go(page, f"/desk/batches/{batch}/")
    press(page, f"#turn form[action$='/do/{action}/'] button.btn")
    expect(page.locator("#errors")).to_have_count(0)


def stage_of(page: Page) -> str:
    return re.sub(r"\s+", " ", page.locator(".path li[aria-current=step] .name").inner_text()).strip()
