"""Every page that each role can reach, in both languages and at both widths."""

from collections import Counter, deque
from urllib.parse import urldefrag, urlsplit

import pytest
from django.urls import Resolver404, resolve
from playwright.sync_api import Error, Page

from accounts.doors import door_of
from tests.e2e.page_checks import Findings
from tests.e2e.words import Words

pytestmark = pytest.mark.e2e
PERSONAS = ("owner", "agent", "clerk", "official", "official2", "cashier", "auditor", "admin")
# Of pages that differ by their object alone, so many are looked at.
INSTANCES = 2
LINKS = """() => [...document.querySelectorAll('a[href]:not([download])')].map((a) => a.href)"""


@pytest.fixture(scope="package")
def words(site):
    return Words(site)


@pytest.fixture(scope="package")
def proven():
    """What axe has found nothing wrong with, by language."""
    return {}


def crawl(page: Page, findings: Findings, *, public: bool) -> Counter[str]:
    """Follow all links of the site from its first page on; how often each page was seen, by URL name."""
    seen: Counter[str] = Counter()
    known: set[str] = set()
    queue = deque([f"{page.site}/"])
    while queue:
        url = queue.popleft()
        name = _wanted(page, url, seen, public=public)
        if name is None:
            continue
        seen[name] += 1
        try:
            answer = page.goto(url, wait_until="load")
        except Error as error:
            # An address that answers with a file to save opens no page.
            if "Download is starting" in str(error):
                continue
            raise
        if answer is None or "text/html" not in answer.headers.get("content-type", ""):
            findings.answered(page, url, answer.status if answer else 200)
            continue
        landed = _name(page.url)
        if landed != name and seen[landed or ""] >= INSTANCES:
            continue
        if landed and landed != name:
            seen[landed] += 1
        findings.look(page, answer.status)
        page.set_viewport_size({"width": 1280, "height": 900})
        for link in {urldefrag(link).url: None for link in page.evaluate(LINKS)}:
            if link not in known:
                known.add(link)
                queue.append(link)
    return seen


def _name(url: str) -> str | None:
    try:
        match = resolve(urlsplit(url).path)
    except Resolver404:
        return None
    # Another page of a list, or another choice of its filter, is another page.
    return f"{match.view_name}{'?' if urlsplit(url).query else ''}"


def _wanted(page: Page, url: str, seen: Counter[str], *, public: bool) -> str | None:
    """The URL name of an address that is still to be looked at; None for what is not."""
    if not url.startswith(page.site):
        return None
    name = _name(url)
    if name is None:
        raise AssertionError(f"{page.url} links to {url}, which is no address of the site")
    match = resolve(urlsplit(url).path)
    door = door_of(match.func, match.url_name)
    # Who has signed in sees the public pages as everybody does.
    if door is not None and door.public and not public and match.url_name not in {"home", "start", "call"}:
        return None
    return name if seen[name] < INSTANCES else None


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("persona", [None, *PERSONAS])
def test_every_page_is_whole(visit, words, proven, persona, language):
    page = visit(persona, language)
    findings = Findings(words, language, proven.setdefault(language, {}))

    seen = crawl(page, findings, public=persona is None)

    assert sum(seen.values()) > 10
    if findings.found:
        pytest.fail(f"{len(findings.found)} faults on {sum(seen.values())} pages\n{findings}", pytrace=False)
