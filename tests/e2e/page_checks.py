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
# The dearest rule by far: it asks what lies behind each text. In a place that was proven it is not asked again.
CONTRAST = "color-contrast"
AXE = Axe()
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
# Two frames after a change of the width, what observes sizes has had its say.
SETTLED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))"
# What a page is built of, as pairs of an element and its parent.
PLACES = """const nameOf = (el) => [el.parentElement, el].map((e) => e.tagName + '.' + [...e.classList].join('.')
    + (e.getAttribute('role') || '') + (e.getAttribute('type') || '') + (e.disabled ? '!' : '')).join('>');
  const all = [...document.body.querySelectorAll('*')];"""
BUILD = f"() => {{ {PLACES} return [...new Set(all.map(nameOf))]; }}"
AXE_RUN = f"""async ([rules, places, contrast]) => {{
  {PLACES}
  const wanted = new Set(places), include = all.filter((el) => wanted.has(nameOf(el)));
  const whole = await axe.run(document, {{...rules, rules: {{[contrast]: {{enabled: false}}}}}});
  const part = await axe.run({{include}}, {{...rules, runOnly: [contrast]}});
  return [...whole.violations, ...part.violations];
}}"""


@dataclass
class Findings:
    """What is wrong, each with where: address, width, language."""

    words: Words
    language: str
    proven: dict[int, set[str]] = field(default_factory=dict)
    found: dict[str, list[str]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    typed: set[str] = field(default_factory=set)

    def _note(self, what: str, path: str, width: int | None = None) -> None:
        self.found.setdefault(what, []).append(f"{path} ({self.language}{f', {width}' if width else ''})")

    def __str__(self) -> str:
        return "\n".join(
            f"• {what}\n    at {where[0]}{f' and {len(where) - 1} more' if len(where) > 1 else ''}"
            for what, where in self.found.items()
        )

    def answered(self, page: Page, url: str, status: int) -> None:
        """Note an address that gives no page."""
        if status >= 400:
            self._note(f"status {status}", url.removeprefix(page.site))

    def look(self, page: Page, status: int = 200, *, stay: bool = False) -> None:
        """Look at the page at both widths; with `stay` it is left as wide as it was."""
        self.answered(page, page.url, status)
        path = page.url.removeprefix(page.site)
        # The page was loaded at the width of the last one, so every second one at each.
        here = (page.viewport_size or {"width": 1280})["width"]
        for width in sorted(HEIGHTS, key=lambda width: width != here):
            if width != here:
                page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
                page.evaluate(SETTLED)
            if too_wide := page.evaluate(OVERFLOW):
                self._note(f"sideways scroll {too_wide}", path, width)
            self._accessible(page, width, path)
        if stay:
            page.set_viewport_size({"width": here, "height": HEIGHTS[here]})
        for text in page.evaluate(TEXTS):
            self.texts.setdefault(text, path)
        for said in page.complaints:
            self._note(f"console: {said}", path)
        page.complaints.clear()

    def judge(self) -> str:
        """Everything that is wrong on the pages that were looked at; empty where nothing is."""
        self.words.learn(self.typed)
        for text, path in self.texts.items():
            if foreign := self.words.foreign(text, self.language):
                self._note(f"in the other language: {foreign[:160]}", path)
        return str(self)

    def _accessible(self, page: Page, width: int, path: str) -> None:
        """Axe, where the page is built of anything that has not been proven yet."""
        proven = self.proven.setdefault(width, set())
        places = set(page.evaluate(BUILD)) - proven
        if not places:
            return
        proven |= places
        if not page.evaluate("'axe' in window"):
            page.evaluate(AXE.axe_script)
        violations: list[dict[str, Any]] = page.evaluate(AXE_RUN, [RULES, sorted(places), CONTRAST])
        for violation in violations:
            for node in violation["nodes"][:3]:
                self._note(
                    f"{violation['id']}: {node['html'][:200]} {node['failureSummary'][:300]}", path, width
                )
