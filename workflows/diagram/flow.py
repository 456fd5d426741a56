"""A programme drawn in lanes: a column for each step of the way, a lane for each holder, lines at right angles.

Boxes stand in the cells of a grid. Lines run between the cells only: upright in the gutter before a column, level
in the channel under a lane, so that none of them crosses a box.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from workflows.diagram.graph import moves
from workflows.engine.declare import Programme, State, Step

LEFT, TOP, LANE_TITLE = 160, 80, 30
TASK = (120.0, 80.0)
GATEWAY, EVENT = 50.0, 36.0
# A cell: task, a little room, gateway; then the gutter for the lines that go up and down.
CELL_WIDTH, ROW_HEIGHT = 200.0, 110.0
GAP_PX, LINE_GAP_PX, CHANNEL_PX, MARGIN_PX = 30.0, 12.0, 20.0, 28.0
WORDS = (100.0, 28.0)


@dataclass(slots=True)
class Shape:
    """A box of the drawing: a node of the process, a lane or the pool. Pixels from the top left."""

    id: str
    kind: str
    name: str
    state: str
    lane: str
    x: float = 0
    y: float = 0
    width: float = 0
    height: float = 0

    @property
    def is_task(self) -> bool:
        return self.kind.endswith("Task")

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


@dataclass(slots=True)
class Flow:
    """An arrow of the process and the corners of its line."""

    id: str
    source: str
    target: str
    step: Step | None = None
    waypoints: list[tuple[float, float]] = field(default_factory=list)

    @property
    def words_at(self) -> tuple[float, float]:
        """The top left of its words: over a level line, beside an upright one."""
        points = self.waypoints
        if len(points) == 6:
            return min(points[2][0], points[3][0]) + 6, points[2][1] - WORDS[1] / 2 - 3
        if len(points) == 4:
            return points[1][0] + 4, (points[1][1] + points[2][1] - WORDS[1]) / 2
        return (points[0][0] + points[1][0] - WORDS[0]) / 2, points[0][1] - WORDS[1] - 2


@dataclass(slots=True)
class _Grid:
    """Where each state stands: its column, and its row within its lane."""

    column: dict[str, int]
    row: dict[str, int]
    lane: dict[str, str]


def draw(programme: Programme, language: str) -> tuple[list[Shape], list[Flow], list[Shape]]:
    """The nodes, the flows with their corners, and the lanes of a programme."""
    lanes = _lanes(programme, language)
    grid = _grid(programme, lanes)
    shapes, flows = _nodes(programme, grid, language), _flows(programme)
    _place(shapes, flows, lanes, grid)
    return shapes, flows, lanes


def _lanes(programme: Programme, language: str) -> list[Shape]:
    """One for each holder; an end stands in the lane of whoever comes before it."""
    names = dict.fromkeys(s.holder.in_language(language) for s in programme.states if not s.outcome)
    return [Shape(f"lane-{n}", "lane", name, "", f"lane-{n}") for n, name in enumerate(names, start=1)]


def _grid(programme: Programme, lanes: list[Shape]) -> _Grid:
    by_holder = {lane.name: lane.id for lane in lanes}
    column, lane_of = _columns(programme), {}
    before = {target: source for source, _, target in reversed(moves(programme))}
    for state in programme.states:
        holder = programme.state(before[state]).holder if state.outcome and state in before else state.holder
        lane_of[str(state)] = by_holder.get(holder.zh) or by_holder.get(holder.en) or lanes[-1].id
    taken: dict[tuple[str, int], int] = defaultdict(int)
    row = {}
    for state in sorted(programme.states, key=lambda s: (not s.on_path, programme.states.index(s))):
        place = (lane_of[str(state)], column[str(state)])
        row[str(state)] = taken[place]
        taken[place] += 1
    return _Grid(column, row, lane_of)


def _columns(programme: Programme) -> dict[str, int]:
    """The way stands in its order, column by column; a side state one column after the first that leads to it."""
    column = {str(state): n for n, state in enumerate(programme.path())}
    for state in programme.states:
        if not state.on_path:
            sources = [
                column[source]
                for source, _, target in moves(programme)
                if target == state and source in column
            ]
            column[str(state)] = min(sources, default=0) + 1
    return column


def _kind(programme: Programme, state: State) -> str:
    """Who works in a state: a person, or the system alone."""
    steps = [step for source, step, _ in moves(programme) if source == state]
    return "serviceTask" if steps and all(step.by == {"system"} for step in steps) else "userTask"


def _nodes(programme: Programme, grid: _Grid, language: str) -> list[Shape]:
    first = str(programme.states[0])
    made = [Shape("start", "startEvent", "", first, grid.lane[first])]
    for state in programme.states:
        name, lane = state.label.in_language(language), grid.lane[str(state)]
        kind = "endEvent" if state.outcome else _kind(programme, state)
        made.append(Shape(f"state-{state}", kind, name, str(state), lane))
        if _decides(programme, state):
            made.append(Shape(f"choice-{state}", "exclusiveGateway", "", str(state), lane))
    return made


def _decides(programme: Programme, state: str) -> bool:
    return sum(source == state for source, _, _ in moves(programme)) > 1


def _flows(programme: Programme) -> list[Flow]:
    made = [Flow("flow-start", "start", f"state-{programme.states[0]}")]
    for state in programme.states:
        if _decides(programme, state):
            made.append(Flow(f"flow-{state}", f"state-{state}", f"choice-{state}"))
    for source, step, target in moves(programme):
        begin = f"choice-{source}" if _decides(programme, source) else f"state-{source}"
        made.append(Flow(f"flow-{source}-{step.name}-{target}", begin, f"state-{target}", step))
    return made


def _place(shapes: list[Shape], flows: list[Flow], lanes: list[Shape], grid: _Grid) -> None:
    """Give every shape its bounds and every flow its corners."""
    by_id = {shape.id: shape for shape in shapes}
    long_ones = [flow for flow in flows if flow.step and not _is_near(flow, by_id, grid)]
    # Lines that share a gutter or a channel run side by side in it.
    before: dict[int, list[Flow]] = defaultdict(list)
    under: dict[str, list[Flow]] = defaultdict(list)
    for flow in flows:
        source, target = by_id[flow.source], by_id[flow.target]
        if flow.step:
            before[grid.column[target.state]].append(flow)
        if flow in long_ones:
            before[grid.column[source.state] + 1].append(flow)
            under[target.lane].append(flow)
    columns = max(grid.column.values()) + 1
    lefts, x = {}, float(LEFT + LANE_TITLE + EVENT)
    for column in range(columns + 1):
        x += 2 * MARGIN_PX + LINE_GAP_PX * len(before[column])
        lefts[column] = x
        x += CELL_WIDTH
    y, channels = float(TOP), {}
    for lane in lanes:
        rows = max((grid.row[s] + 1 for s, at in grid.lane.items() if at == lane.id), default=1)
        lane.x, lane.y, lane.width = float(LEFT), y, lefts[columns] - LEFT
        channels[lane.id] = y + MARGIN_PX / 2 + rows * ROW_HEIGHT
        lane.height = rows * ROW_HEIGHT + MARGIN_PX + CHANNEL_PX * len(under[lane.id])
        y += lane.height
    for shape in shapes:
        top = (
            next(lane.y for lane in lanes if lane.id == shape.lane)
            + grid.row[shape.state] * ROW_HEIGHT
            + MARGIN_PX
        )
        _bound(shape, lefts[grid.column[shape.state]], top)

    def gutter(column: int, flow: Flow) -> float:
        return lefts[column] - MARGIN_PX - LINE_GAP_PX * (len(before[column]) - before[column].index(flow))

    for flow in flows:
        source, target = by_id[flow.source], by_id[flow.target]
        start, end = (source.x + source.width, source.middle), (target.x, target.middle)
        if not flow.step or (start[1] == end[1] and flow not in long_ones):
            flow.waypoints = [start, end]
        elif flow not in long_ones:
            x = gutter(grid.column[target.state], flow)
            flow.waypoints = [start, (x, start[1]), (x, end[1]), end]
        else:
            out, into = gutter(grid.column[source.state] + 1, flow), gutter(grid.column[target.state], flow)
            level = channels[target.lane] + CHANNEL_PX * (under[target.lane].index(flow) + 0.5)
            flow.waypoints = [start, (out, start[1]), (out, level), (into, level), (into, end[1]), end]


def _is_near(flow: Flow, by_id: dict[str, Shape], grid: _Grid) -> bool:
    """Whether the target stands in the next column, so that one gutter leads there."""
    return grid.column[by_id[flow.target].state] == grid.column[by_id[flow.source].state] + 1


def _bound(shape: Shape, left: float, top: float) -> None:
    """The place of a shape in its cell; all stand on one level."""
    level = top + TASK[1] / 2
    if shape.id == "start":
        shape.x, shape.width, shape.height = left - EVENT - GAP_PX, EVENT, EVENT
    elif shape.kind == "exclusiveGateway":
        shape.x, shape.width, shape.height = left + TASK[0] + GAP_PX, GATEWAY, GATEWAY
    elif shape.kind == "endEvent":
        shape.x, shape.width, shape.height = left, EVENT, EVENT
    else:
        shape.x, (shape.width, shape.height) = left, TASK
    shape.y = level - shape.height / 2
