"""Where everything is drawn: Graphviz's `dot` places the boxes, routes the lines and leaves room for the words.

Graphviz comes with pygraphviz's wheel, so nothing has to be installed. It runs in a process of its own: it is not
made for threads, and its licence stays its own.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from functools import lru_cache

from config.errors import Refusal
from config.words import T
from workflows.diagram.graph import graph_of, width_of, wrapped
from workflows.programmes import programme as declared

CHILD = """
import sys, pygraphviz
sys.stdout.buffer.write(pygraphviz.AGraph(string=sys.stdin.read()).draw(format="json", prog="dot"))
"""
SECONDS = 30
FONT_PX, SMALL_PX = 15, 12
LINE_PX, SMALL_LINE_PX = 20, 16
BOX_EM, LABEL_EM = 11.0, 9.5
PADDING_PX = 14
# Graphviz counts in points, a 72nd of an inch; here one point is one pixel.
INCH = 72.0


class CannotDraw(Refusal):
    """The layout program did not answer."""

    code = "cannot_draw"
    status = 503
    words = T(
        en="The diagram cannot be drawn now. The table holds the same; please try again later.",
        zh="暂时无法绘制流程图。表格内容相同，请稍后再试。",
    )


@dataclass(frozen=True, slots=True)
class Box:
    """A state on the drawing: its middle, its size, and the lines of its name. Pixels, from the top left."""

    x: float
    y: float
    width: float
    height: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Route:
    """A line on the drawing: the points of its curve, its arrow heads, and its words with their middle."""

    source: str
    target: str
    points: tuple[tuple[float, float], ...]
    head: tuple[float, float] | None
    tail: tuple[float, float] | None
    words: tuple[str, ...]
    words_at: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Layout:
    width: float
    height: float
    boxes: dict[str, Box]
    routes: tuple[Route, ...]


@lru_cache(maxsize=128)
def layout_of(slug: str, language: str, policy: str = "") -> Layout:
    """The drawing of a programme or of one of its policy versions in a language, worked out once a process.

    Raises:
        CannotDraw: Graphviz did not answer in time.
    """
    graph = graph_of(declared(slug), policy)
    names = {str(s): tuple(wrapped(s.label.in_language(language), BOX_EM)) for s in graph.states}
    labels = [tuple(wrapped(line.label.in_language(language), LABEL_EM)) for line in graph.lines]
    lines = [
        "digraph {",
        "rankdir=TB; nodesep=0.3; ranksep=0.25; splines=spline; node [shape=box, fixedsize=true];",
    ]
    for slug_, words in names.items():
        width, height = _box_size(words)
        lines.append(f'"{slug_}" [width={width / INCH:.3f}, height={height / INCH:.3f}, label=""];')
    for n, (line, words) in enumerate(zip(graph.lines, labels, strict=True)):
        both = ", dir=both" if line.back else ""
        # A side state hangs beside the way; the way itself is drawn straight.
        weight = (
            8
            if declared(slug).state(line.source).on_path and declared(slug).state(line.target).on_path
            else 1
        )
        lines.append(
            f'"{line.source}" -> "{line.target}" [id={n}, weight={weight}, label=<{_room(words)}>{both}];'
        )
    drawn = _drawn("\n".join([*lines, "}"]))
    return _read(drawn, names, labels)


def _box_size(words: tuple[str, ...]) -> tuple[float, float]:
    """Room for the name, the holder and the counts."""
    widest = max(width_of(line) for line in words) * FONT_PX * 1.08
    return max(150.0, widest + 2 * PADDING_PX), len(words) * LINE_PX + 2 * SMALL_LINE_PX + PADDING_PX


def _room(words: tuple[str, ...]) -> str:
    """An empty table as large as the words: no font is asked for, so every machine draws the same."""
    width = max(width_of(line) for line in words) * SMALL_PX + 16
    height = len(words) * SMALL_LINE_PX + 2
    return (
        f'<TABLE BORDER="0" CELLPADDING="0" CELLSPACING="0" FIXEDSIZE="TRUE" WIDTH="{width:.0f}" '
        f'HEIGHT="{height:.0f}"><TR><TD></TD></TR></TABLE>'
    )


def _drawn(dot: str) -> dict[str, object]:
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter, our own words
            [sys.executable, "-c", CHILD],
            input=dot.encode(),
            capture_output=True,
            timeout=SECONDS,
            check=True,
        )
    except (subprocess.SubprocessError, OSError) as error:
        raise CannotDraw from error
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def _read(
    drawn: dict[str, object], names: dict[str, tuple[str, ...]], labels: list[tuple[str, ...]]
) -> Layout:
    _, _, width, height = (float(n) for n in str(drawn["bb"]).split(","))
    boxes, by_id = {}, {}
    objects: list[dict[str, object]] = drawn["objects"]  # type: ignore[assignment]
    for found in objects:
        name = str(found["name"])
        by_id[found["_gvid"]] = name
        x, y = _point(str(found["pos"]), height)
        boxes[name] = Box(x, y, *_box_size(names[name]), names[name])
    edges: list[dict[str, object]] = drawn["edges"]  # type: ignore[assignment]
    routes = []
    for found in edges:
        marks, points = _curve(str(found["pos"]), height)
        words = labels[int(str(found["id"]))]
        routes.append(
            Route(by_id[found["tail"]], by_id[found["head"]], tuple(points), marks.get("e"), marks.get("s"), words,
                  _point(str(found["lp"]), height))
        )  # fmt: skip
    return Layout(width, height, boxes, tuple(routes))


def _curve(text: str, height: float) -> tuple[dict[str, tuple[float, float]], list[tuple[float, float]]]:
    """The arrow heads (`e` at the end, `s` at the start) and the points of a spline."""
    marks: dict[str, tuple[float, float]] = {}
    points = []
    for part in text.split():
        if part[0] in "es":
            marks[part[0]] = _point(part[2:], height)
        else:
            points.append(_point(part, height))
    return marks, points


def _point(text: str, height: float) -> tuple[float, float]:
    """Graphviz counts from the bottom, a page from the top."""
    x, y = text.split(",")[:2]
    return float(x), height - float(y)
