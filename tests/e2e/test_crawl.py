"""Every page that each role can reach, in both languages and at both widths."""

from collections import Counter, deque
from urllib.parse import urldefrag, urlsplit

import pytest
from django.urls import Resolver404, resolve
from playwright.sync_api import Error, Page

from accounts.doors import door_of
from tests.e2e.page_checks import Findings

pytestmark = pytest.mark.e2e
PERSONAS = (
    *("owner", "agent", "clerk", "official", "official2", "cashier", "auditor", "admin"),
    *("expert", "expert4", "expert5", "bureau", "director"),
)
# Of pages that differ by their object alone, so many are looked at in each language.
INSTANCES = {"zh-hans": 2, "en": 1}
LINKS = """() => [...document.querySelectorAll('a[href]:not([download])')].map((a) => a.href)"""


def crawl(page: Page, findings: Findings, *, public: bool) -> Counter[str]:
    """Follow all links of the site from its first page on; how often each page was seen, by URL name."""
    seen: Counter[str] = Counter()
    known: set[str] = set()
    queue = deque([f"{page.site}/"])
    while queue:
        url = queue.popleft()
        name = _wanted(page, url, seen, INSTANCES[findings.language], public=public)
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
        if landed != name and seen[landed or ""] >= INSTANCES[findings.language]:
            continue
        if landed and landed != name:
            seen[landed] += 1
        findings.look(page, answer.status)
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


def _wanted(page: Page, url: str, seen: Counter[str], instances: int, *, public: bool) -> str | None:
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
    return name if seen[name] < instances else None


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("persona", [None, *PERSONAS])
def test_every_page_is_whole(visit, words, proven, persona, language):
    page = visit(persona, language)
    findings = Findings(words, language, proven[language])

    seen = crawl(page, findings, public=persona is None)

    assert sum(seen.values()) > 10
    if faults := findings.judge():
        pytest.fail(f"{len(findings.found)} faults on {sum(seen.values())} pages\n{faults}", pytrace=False)


def test_faults_of_a_page_are_found(visit, words):
    """What looks at every page does see what is wrong."""
    page = visit(None, "en")
    page.goto(f"{page.site}/start/")
    findings = Findings(words, "en")
    page.evaluate("""() => {
      document.querySelector('main').innerHTML = '<input><p>我的申报</p><p>厦门示例软件有限公司</p><p>没人写过的话</p>';
      const wide = document.createElement('div');
      document.body.append(wide);
      wide.style.width = '1000px';
      wide.style.height = '1px';
      console.error('a complaint');
    }""")

    findings.look(page, 500)
    findings.judge()

    found = {what.partition(":")[0].partition(" 1000")[0]: where for what, where in findings.found.items()}
    assert set(found) == {"status 500", "sideways scroll", "label", "in the other language", "console"}
    assert found["sideways scroll"] == ["/start/ (en, 390)"]
    foreign = {what.rpartition(" ")[2] for what in findings.found if what.startswith("in the other")}
    assert foreign == {"我的申报", "没人写过的话"}


def test_pale_text_in_a_new_place_is_found_on_a_page_that_was_proven_before(visit, words):
    page = visit(None, "en")
    page.goto(f"{page.site}/start/")
    findings = Findings(words, "en")
    findings.look(page)
    assert findings.found == {}
    page.evaluate("""() => {
      const pale = document.createElement('q');
      pale.append('Pale');
      pale.style.color = '#eee';
      document.querySelector('main').append(pale);
    }""")

    findings.look(page)

    assert {what.partition(":")[0] for what in findings.found} == {"color-contrast"}


def test_english_on_a_chinese_page_is_found(words):
    assert words.foreign("My applications", "zh-hans") == "My applications"
    assert words.foreign("The draft is saved as you go.", "zh-hans") != ""
    assert words.foreign("GS2019-000001 · owner@demo.example · 8.25 KB", "zh-hans") == ""
