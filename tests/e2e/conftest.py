"""A site with the demonstration in it, people who are signed in there, and what is left behind when a test fails."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from launch import system
from tests.e2e.site import Site, new_site
from tests.e2e.words import Words

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
HEIGHTS = {1280: 900, 390: 844}
TIMEOUT_MS = 15_000

Visit = Callable[..., Page]


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One site for all end-to-end tests of this worker."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw")
    made = new_site(tmp_path_factory.mktemp("site"), worker)
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """The installed Chromium, else Playwright's own."""
    with sync_playwright() as playwright:
        program = system.chromium()
        if program is None and not Path(playwright.chromium.executable_path).exists():
            pytest.skip("NO CHROMIUM: the end-to-end tests did not run. Install chromium.")
        started = playwright.chromium.launch(executable_path=program, args=list(ARGUMENTS))
        yield started
        started.close()


@pytest.fixture(scope="package")
def sessions() -> dict[str, Any]:
    """The cookies of whoever has signed in."""
    return {}


@pytest.fixture(scope="package")
def words(site: Site) -> Words:
    """What may stand on a page of each language."""
    return Words(site)


@pytest.fixture(scope="package")
def proven() -> dict[str, dict[int, set[str]]]:
    """What axe has found nothing wrong with, by language."""
    return {"en": {}, "zh-hans": {}}


@pytest.fixture
def visit(site: Site, browser: Browser, sessions: dict[str, Any], request: Any, tmp_path: Path) -> Any:
    """`visit("clerk", "en", 390)`: a page of a browser in which this person is signed in; None for nobody."""
    opened: list[Page] = []

    def visit(persona: str | None, language: str = "zh-hans", width: int = 1280, address: str = "") -> Page:
        if persona is not None and persona not in sessions:
            sessions[persona] = _signed_in(browser, site, persona)
        context = browser.new_context(
            viewport={"width": width, "height": HEIGHTS[width]},
            storage_state=sessions.get(persona),
            accept_downloads=True,
        )
        context.add_cookies([{"name": "django_language", "value": language, "url": site.address}])
        page = new_page(context, address or site.address)
        opened.append(page)
        return page

    yield visit
    failed = getattr(request.node, "failed", None)
    for number, page in enumerate(opened):
        if failed:
            picture = tmp_path / f"page-{number}.png"
            page.screenshot(path=picture, full_page=True)
            failed.sections.append((f"page {number}", f"{page.url}\n{picture}\n{page.complaints}"))
        page.context.close()
    if failed:
        failed.sections.append(("the site's logs", site.log_tail()))


def new_page(context: Any, address: str) -> Page:
    """A page whose addresses are the site's, and which keeps what its console complains of."""
    context.set_default_timeout(TIMEOUT_MS)
    page: Page = context.new_page()
    page.site = address
    page.complaints = []
    complain = page.complaints.append

    def is_of_another(url: str) -> bool:
        return bool(url) and not url.startswith(address)

    def hear(said: Any) -> None:
        # A browser that shows a document of the store asks there for an icon too.
        if said.type == "error" and not is_of_another(said.location.get("url", "")):
            complain(f"{said.text} {said.location.get('url', '')}")

    page.on("console", hear)
    page.on("pageerror", lambda error: complain(str(error)))
    return page


def _signed_in(browser: Browser, site: Site, persona: str) -> Any:
    account = site.accounts[persona]
    context = browser.new_context()
    page = new_page(context, site.address)
    page.goto(f"{site.address}/accounts/login/")
    page.fill("[name=login]", account["email"])
    page.fill("[name=password]", account["password"])
    page.click("form:has([name=password]) button.btn")
    page.wait_for_url(lambda url: "/accounts/login" not in url)
    state = context.storage_state()
    context.close()
    return state


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: Any) -> Any:
    """Let fixtures know that the test failed, and add to what is shown of it."""
    report = yield
    if report.when == "call" and report.failed:
        item.failed = report
    return report
