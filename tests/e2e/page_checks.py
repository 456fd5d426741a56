"""What must hold on every page: it fits, it complains of nothing, it speaks one language, it can be used by all."""

from dataclasses import dataclass, field
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.e2e.words import Words

RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
    "elementRef": False,
    "selectors": True,
    "ancestry": False,
}
HEIGHTS = {1280: 900, 390: 844}

# Visible text and the words of attributes, outside of what is marked as another language or as data.
TEXTS = """() => {
  const page = document.documentElement.lang, found = [];
  const home = (el) => {
    const marked = el.closest('[lang]');
    return (!marked || marked.lang === page) && !el.closest('[translate=no], script, style, template, noscript');
  };
  const add = (el, text) => { if (text && text.trim() && home(el)) found.push(text); };
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const el = walk.currentNode.parentElement;
    if (el.tagName === 'TEXTAREA' || !el.checkVisibility()) continue;
    add(el, walk.currentNode.data);
  }
  for (const el of document.querySelectorAll('[aria-label], [title], [placeholder], [alt], [data-label]'))
    for (const name of ['aria-label', 'title', 'placeholder', 'alt', 'data-label'])
      add(el, el.getAttribute(name));
  add(document.documentElement, document.title);
  return [...new Set(found)];
}"""
# Wider than the window, and by what.
OVERFLOW = """() => {
  const root = document.scrollingElement;
  if (root.scrollWidth <= innerWidth) return '';
  const wide = [...document.body.querySelectorAll('*')].filter(
    (el) => el.getBoundingClientRect().right > innerWidth + 1 && ![...el.children].some(
      (child) => child.getBoundingClientRect().right > innerWidth + 1));
  const shown = wide.slice(0, 3).map((el) => el.outerHTML.slice(0, 160)).join(' | ');
  return `${root.scrollWidth} > ${innerWidth}: ${shown}`;
}"""
# What a page is built of, as pairs of an element and its parent.
BUILD = """() => [...new Set([...document.body.querySelectorAll('*')].map((el) =>
  [el.parentElement, el].map((e) => e.tagName + '.' + [...e.classList].join('.') + (e.getAttribute('role') || '')
    + (e.getAttribute('type') || '') + (e.disabled ? '!' : '')).join('>')))]"""


@dataclass
class Findings:
    """What is wrong, each with where: address, width, language."""

    words: Words
    language: str
    proven: dict[int, set[str]] = field(default_factory=dict)
    found: list[str] = field(default_factory=list)

    def look(self, page: Page, status: int | None = None) -> None:
        """Look at the page at both widths."""
        path = page.url.removeprefix(page.site)  # type: ignore[attr-defined]
        if status is not None and status >= 400:
            self.found.append(f"{path} ({self.language}): status {status}")
        for width, height in HEIGHTS.items():
            page.set_viewport_size({"width": width, "height": height})
            where = f"{path} ({self.language}, {width})"
            if too_wide := page.evaluate(OVERFLOW):
                self.found.append(f"{where}: sideways scroll {too_wide}")
            self._accessible(page, width, where)
        self._language(page, path)
        self.found += [f"{path} ({self.language}): console: {said}" for said in page.complaints]  # type: ignore[attr-defined]
        page.complaints.clear()  # type: ignore[attr-defined]

    def _language(self, page: Page, path: str) -> None:
        for text in page.evaluate(TEXTS):
            if foreign := self.words.foreign(text, self.language):
                self.found.append(f"{path} ({self.language}): in the other language: {foreign[:160]}")

    def _accessible(self, page: Page, width: int, where: str) -> None:
        """Axe, where the page is built of anything that has not been proven yet."""
        build, proven = set(page.evaluate(BUILD)), self.proven.setdefault(width, set())
        if build <= proven:
            return
        proven |= build
        answer: dict[str, Any] = Axe().run(page, options=RULES).response
        for violation in answer["violations"]:
            for node in violation["nodes"][:3]:
                self.found.append(
                    f"{where}: {violation['id']}: {node['html'][:200]} {node['failureSummary'][:300]}"
                )
