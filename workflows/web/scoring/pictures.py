"""Scores as pictures, drawn as SVG: classes and presentation attributes only, so that the page's policy holds.

Each has its table beside it; a picture shows where to look, the table what it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

# As wide as there is room, so that a telephone shows it whole: across in percent, down in pixels. A row's name stands
# above its line.
ROW, TOP, NAME = 36, 46, 14
LEFT, RIGHT = 4.0, 95.0
DOT = 5.0


@dataclass(frozen=True, slots=True)
class Strip:
    """The totals of one case, those that the mean leaves out, and its official score."""

    name: str
    values: tuple[float, ...]
    dropped: tuple[float, ...]
    official: float | None


@dataclass(frozen=True, slots=True)
class Effect:
    """An expert's effect with its standard error, in points."""

    name: str
    effect: float
    error: float | None


def strip_plot(strips: Sequence[Strip], *, most: float, cut: float | None, title: str, cut_name: str) -> str:
    """One row a case: a dot a review, a bar at the official score, a line at the cut."""
    if not strips:
        return ""
    given = [value for strip in strips for value in (*strip.values, *strip.dropped)]
    # Where everybody scored high, the lower part would be empty paper.
    ticks = _ticks(min([*given, most / 2, *([] if cut is None else [cut])]), most)
    axis = _Axis(ticks[0], most)
    drawn = [_frame(axis, len(strips), ticks)]
    if cut is not None and ticks[0] <= cut <= most:
        x, bottom = axis.x(cut), TOP + ROW * len(strips)
        drawn.append(f'<line class="cut" x1="{x}" y1="{TOP - 6}" x2="{x}" y2="{bottom}"/>')
        drawn.append(
            f'<text class="axis cut-name" x="{x}" y="12" text-anchor="middle">{escape(cut_name)}</text>'
        )
    for at, strip in enumerate(strips):
        y = _line(at)
        drawn.append(_name(strip.name, at))
        drawn += [f'<circle class="one" cx="{axis.x(v)}" cy="{y:g}" r="{DOT:g}"/>' for v in strip.values]
        drawn += [f'<circle class="dropped" cx="{axis.x(v)}" cy="{y:g}" r="{DOT:g}"/>' for v in strip.dropped]
        if strip.official is not None:
            x = axis.x(strip.official)
            drawn.append(f'<line class="official" x1="{x}" y1="{y - 9:g}" x2="{x}" y2="{y + 9:g}"/>')
    return _svg(drawn, len(strips), title)


def effect_plot(effects: Sequence[Effect], *, title: str) -> str:
    """One row an expert: a dot at the effect, a line of one standard error to each side, a line at nought."""
    if not effects:
        return ""
    widest = max(abs(one.effect) + (one.error or 0.0) for one in effects)
    reach = max(1.0, float(-(-widest // 1)))
    axis = _Axis(-reach, reach)
    drawn = [_frame(axis, len(effects), [-reach, -reach / 2, 0.0, reach / 2, reach])]
    zero = axis.x(0.0)
    drawn.append(
        f'<line class="zero" x1="{zero}" y1="{TOP - 6}" x2="{zero}" y2="{TOP + ROW * len(effects)}"/>'
    )
    for at, one in enumerate(effects):
        y = _line(at)
        drawn.append(_name(one.name, at))
        if one.error is not None:
            left, right = axis.x(one.effect - one.error), axis.x(one.effect + one.error)
            drawn.append(f'<line class="error" x1="{left}" y1="{y:g}" x2="{right}" y2="{y:g}"/>')
        drawn.append(f'<circle class="one" cx="{axis.x(one.effect)}" cy="{y:g}" r="{DOT:g}"/>')
    return _svg(drawn, len(effects), title)


@dataclass(frozen=True, slots=True)
class _Axis:
    start: float
    end: float

    def x(self, value: float) -> str:
        share = (value - self.start) / (self.end - self.start)
        return f"{LEFT + share * (RIGHT - LEFT):.2f}%"


def _ticks(lowest: float, most: float) -> list[float]:
    """Tenths of the full score, from the last one below `lowest`."""
    return [most * part / 10 for part in range(max(0, int(10 * lowest / most)), 11)]


def _frame(axis: _Axis, rows: int, ticks: Sequence[float]) -> str:
    bottom = TOP + ROW * rows
    lines = "".join(
        f'<line class="grid" x1="{axis.x(t)}" y1="{TOP - 4}" x2="{axis.x(t)}" y2="{bottom}"/>'
        f'<text class="axis" x="{axis.x(t)}" y="{TOP - 10}" text-anchor="middle">{t:g}</text>'
        for t in ticks
    )
    rules = "".join(
        f'<line class="row" x1="0" y1="{TOP + ROW * at}" x2="100%" y2="{TOP + ROW * at}"/>'
        for at in range(rows + 1)
    )
    return rules + lines


def _line(at: int) -> float:
    return TOP + ROW * at + NAME + (ROW - NAME) / 2


def _name(name: str, at: int) -> str:
    return f'<text x="0" y="{TOP + ROW * at + NAME}">{escape(name)}</text>'


def _svg(drawn: Sequence[str], rows: int, title: str) -> str:
    height = TOP + ROW * rows + 4
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="100%" height="{height}" '
        f'role="img" aria-label={quoteattr(title)}><title>{escape(title)}</title>{"".join(drawn)}</svg>'
    )
