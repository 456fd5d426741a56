"""What everybody does on pages, whatever the language: by the form's own names, never by its words."""

import re
from typing import Any

from playwright.sync_api import Page, expect


def go(page: Page, path: str) -> None:
    """Open a page of the site."""
    answer = page.goto(f"{page.site}{path}")
    assert answer is not None
    assert answer.status < 400, f"{path}: {answer.status}"
    look(page)


def look(page: Page) -> None:
    """Where a test keeps findings, look at the page as the crawl does."""
    findings = getattr(page, "findings", None)
    if findings is not None:
        # That a form was refused is said on the console too, and is no fault of the page.
        page.complaints[:] = [said for said in page.complaints if "status of 422" not in said]
        findings.look(page, stay=True)


def path_of(page: Page) -> str:
    return page.url.removeprefix(page.site)


def number_in(page: Page, pattern: str) -> int:
    """The number that an address carries: `number_in(page, "/applications/#/")`."""
    found = re.search(pattern.replace("#", r"(\d+)"), page.url)
    assert found, f"{page.url} is no {pattern}"
    return int(found[1])


def answer(page: Page, **answers: Any) -> None:
    """Fill in fields by name: text, a choice of a list, radio buttons, a tick."""
    for name, value in answers.items():
        field = page.locator(f"main [name='{name}']:not([type=hidden])")
        kind = field.first.evaluate("el => el.type || el.tagName")
        if kind == "radio":
            page.check(f"main [name='{name}'][value='{value}']")
        elif kind == "select-one":
            field.select_option(str(value))
        elif kind == "checkbox":
            field.set_checked(bool(value))
        else:
            field.fill(str(value))


def press(page: Page, selector: str) -> None:
    """Press a button that leads to the next page, and wait for that page."""
    with page.expect_navigation():
        page.locator(selector).click()
    look(page)


def sees(page: Page, *words: str) -> None:
    """All of these stand on the page."""
    for text in words:
        expect(page.locator("main")).to_contain_text(text)


def choose_file(page: Page, place: str, file: dict[str, Any]) -> None:
    """Choose a file at a place of the page; what is folded is opened first."""
    field = page.locator(f"{place} input[type=file]")
    if not field.is_visible():
        page.locator(f"{place} summary").first.click()
    field.set_input_files(file)
