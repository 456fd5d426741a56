"""The drawing as SVG: presentation attributes only, no style and no script, so that it may stand in any page."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import atan2, cos, sin
from xml.sax.saxutils import escape

from config.words import T
from workflows.diagram.layout import (
    FONT_PX,
    LINE_PX,
    SMALL_LINE_PX,
    SMALL_PX,
    Box,
    Layout,
    Route,
    layout_of,
)
from workflows.engine.declare import State
from workflows.programmes import programme as declared

# The colours of the design's tokens; an SVG by itself has no style sheet to read them from.
INK, INK_2, EDGE, PAPER, LINE = "#16252e", "#4a5c66", "#7b8d96", "#ffffff", "#d5dde0"
LAKE, LAKE_WASH, RED, RED_WASH = "#0b655f", "#dff0ed", "#a3211b", "#fbe9e7"
GREEN_WASH, AMBER_WASH, GROUND = "#e3f3e6", "#fdf1dd", "#f4f7f6"
TONES = {"ok": GREEN_WASH, "no": RED_WASH, "due": AMBER_WASH}
SANS = "system-ui, 'PingFang SC', 'Noto Sans CJK SC', 'Noto Sans SC', 'Microsoft YaHei', sans-serif"
MARGIN = 12

CASES = T("{n} cases", "{n} 件")
ONE_CASE = T("1 case", "1 件")
OVERDUE = T("{n} overdue", "超期 {n}")
HERE = T("here", "当前")
SAID = T("{state} ({holder}): {note}", "{state}（{holder}）：{note}")


@dataclass(frozen=True, slots=True)
class Note:
    """What stands in a box beside its name, and whether it speaks of something late."""

    words: str
    late: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """The path of one case: the states it was in with the day it last came, the lines it took, where it is."""

    days: tuple[tuple[str, str], ...]
    taken: frozenset[tuple[str, str]]
    here: str
    # The policy version on whose graph the case goes.
    policy: str = ""


def with_counts(slug: str, language: str, counts: Mapping[str, tuple[int, int]]) -> str:
    """The programme with (cases, overdue) in each state."""
    return _with_counts(slug, language, tuple(sorted((s, n, late) for s, (n, late) in counts.items())))


@lru_cache(maxsize=256)
def _with_counts(slug: str, language: str, counts: tuple[tuple[str, int, int], ...]) -> str:
    notes = {
        state: Note(
            _said(CASES if n != 1 else ONE_CASE, language, n=n),
            _said(OVERDUE, language, n=late) if late else "",
        )
        for state, n, late in counts
    }
    title = T(en="Cases by state", zh="各环节件数")
    return _svg(slug, language, title, notes, None)


@lru_cache(maxsize=256)
def with_way(slug: str, language: str, way: Way) -> str:
    """The programme with the path of one case on it; what it did not touch is drawn pale."""
    notes = {state: Note(day) for state, day in way.days}
    here = notes.get(way.here)
    notes[way.here] = Note(f"● {HERE.in_language(language)}" + (f" {here.words}" if here else ""))
    return _svg(slug, language, T(en="The path of this case", zh="本件的流转路径"), notes, way)


def _said(words: T, language: str, **values: object) -> str:
    return words.format(**values).in_language(language)


def _svg(slug: str, language: str, title: T, notes: Mapping[str, Note], way: Way | None) -> str:
    policy = way.policy if way else ""
    programme, layout = declared(slug), layout_of(slug, language, policy)
    states = programme.states_in(policy) if policy else programme.states
    width, height = layout.width + 2 * MARGIN, layout.height + 2 * MARGIN
    heading = f"{programme.title.in_language(language)} · {title.in_language(language)}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" role="img" aria-labelledby="diagram-title diagram-words" '
        f'xml:lang="{"en" if language.startswith("en") else "zh-Hans"}" font-family="{escape(SANS)}">',
        f'<title id="diagram-title">{escape(heading)}</title>',
        f'<desc id="diagram-words">{escape(_description(states, notes, language))}</desc>',
        f'<g transform="translate({MARGIN} {MARGIN})">',
        *(_route(route, way) for route in layout.routes),
        *(_box(state, layout, notes.get(str(state)), way, language) for state in states),
        *(_words(route, way) for route in layout.routes),
        "</g></svg>",
    ]
    return "\n".join(parts)


def _description(states: tuple[State, ...], notes: Mapping[str, Note], language: str) -> str:
    said = [
        _said(SAID, language, state=state.label, holder=state.holder, note=" ".join(filter(None, (n.words, n.late))))
        for state in states
        if (n := notes.get(str(state)))
    ]  # fmt: skip
    return ("; " if language.startswith("en") else "；").join(said)


def _taken(route: Route, way: Way | None) -> bool:
    return way is not None and bool({(route.source, route.target), (route.target, route.source)} & way.taken)


def _route(route: Route, way: Way | None) -> str:
    first, *rest = route.points
    curve = f"M{_xy(first)}C" + " ".join(_xy(point) for point in rest)
    if _taken(route, way):
        colour, thick = LAKE, 3.0
    else:
        colour, thick = (LINE, 1.5) if way else (EDGE, 1.5)
    there = way is None or (route.source, route.target) in way.taken or not _taken(route, way)
    back = way is None or (route.target, route.source) in way.taken or not _taken(route, way)
    heads = _head(route.head, route.points[-1], colour) if route.head and there else ""
    tails = _head(route.tail, route.points[0], colour) if route.tail and back else ""
    return f'<path d="{curve}" fill="none" stroke="{colour}" stroke-width="{thick}"/>{heads}{tails}'


def _head(tip: tuple[float, float], base: tuple[float, float], colour: str) -> str:
    """An arrow head as a triangle of its own: markers would need ids, which a page may hold twice."""
    angle = atan2(tip[1] - base[1], tip[0] - base[0])
    corners = [tip] + [
        (tip[0] - 10 * cos(angle + turn), tip[1] - 10 * sin(angle + turn)) for turn in (0.42, -0.42)
    ]
    return f'<polygon points="{" ".join(_xy(corner) for corner in corners)}" fill="{colour}"/>'


def _xy(point: tuple[float, float]) -> str:
    return f"{point[0]:.1f},{point[1]:.1f}"


def _box(state: State, layout: Layout, note: Note | None, way: Way | None, language: str) -> str:
    box = layout.boxes[str(state)]
    touched = way is None or str(state) in dict(way.days) or str(state) == way.here
    here = way is not None and str(state) == way.here
    fill = TONES.get(state.tag, LAKE_WASH) if way is None else LAKE_WASH if touched else GROUND
    edge, thick = (LAKE, 3) if here else (LAKE, 2) if way and touched else (LINE if way else EDGE, 1.5)
    if note and note.late:
        edge, thick = RED, 2
    ink, soft = (INK, INK_2) if touched else (INK_2, INK_2)
    dashed = "" if state.on_path else ' stroke-dasharray="5 3"'
    left, top = box.x - box.width / 2, box.y - box.height / 2
    radius = box.height / 2 if state.outcome else 6
    lines = [
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{box.width:.1f}" height="{box.height:.1f}" rx="{radius:.0f}" '
        f'fill="{fill}" stroke="{edge}" stroke-width="{thick}"{dashed}/>'
    ]
    y = top + PAD_TOP
    for line in box.words:
        lines.append(_text(box, y, line, FONT_PX, ink, bold=True))
        y += LINE_PX
    lines.append(_text(box, y - 2, state.holder.in_language(language), SMALL_PX, soft))
    if note:
        late = f'<tspan fill="{RED}" font-weight="620">  ▲ {escape(note.late)}</tspan>' if note.late else ""
        lines.append(_text(box, y + SMALL_LINE_PX - 2, note.words, SMALL_PX + 1, ink, inner=late))
    return "".join(lines)


PAD_TOP = 22


def _text(
    box: Box, y: float, words: str, size: int, colour: str, *, bold: bool = False, inner: str = ""
) -> str:
    weight = ' font-weight="620"' if bold else ""
    return (
        f'<text x="{box.x:.1f}" y="{y:.1f}" text-anchor="middle" font-size="{size}" fill="{colour}"{weight}>'
        f"{escape(words)}{inner}</text>"
    )


def _words(route: Route, way: Way | None) -> str:
    """The steps beside their line, over a pale ground so that a line beneath does not strike them through."""
    x, y = route.words_at
    taken = _taken(route, way)
    look = f'fill="{LAKE}" font-weight="620"' if taken else f'fill="{INK_2}"'
    top = y - len(route.words) * SMALL_LINE_PX / 2 + SMALL_PX - 1
    return "".join(
        f'<text x="{x:.1f}" y="{top + n * SMALL_LINE_PX:.1f}" text-anchor="middle" font-size="{SMALL_PX}" {look} '
        f'stroke="{PAPER}" stroke-width="3" stroke-linejoin="round" paint-order="stroke">{escape(line)}</text>'
        for n, line in enumerate(route.words)
    )
