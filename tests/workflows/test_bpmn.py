"""The BPMN file of each programme: sound in itself, and drawn so that no line crosses a box."""

from io import StringIO
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest
from django.core.management import CommandError, call_command

from workflows.diagram import bpmn
from workflows.diagram.graph import moves
from workflows.programmes import registry

NS = bpmn.PREFIXES
SLUGS = list(registry())
NODES = ("startEvent", "endEvent", "userTask", "serviceTask", "exclusiveGateway")


def read(slug: str, language: str = "zh-hans") -> Element:
    return ElementTree.fromstring(bpmn.export(registry()[slug], language))


def nodes(root: Element) -> list[Element]:
    return [node for kind in NODES for node in root.iterfind(f".//bpmn:{kind}", NS)]


def bounds(root: Element) -> dict[str, tuple[float, float, float, float]]:
    """Element → left, top, right, bottom."""
    found = {}
    for shape in root.iterfind(".//bpmndi:BPMNShape", NS):
        at = shape.find("dc:Bounds", NS)
        x, y, width, height = (float(at.get(name)) for name in ("x", "y", "width", "height"))
        found[shape.get("bpmnElement")] = (x, y, x + width, y + height)
    return found


@pytest.mark.parametrize("slug", SLUGS)
def test_every_state_is_a_node_and_every_move_a_flow(slug: str) -> None:
    root, programme = read(slug, "en"), registry()[slug]

    named = {node.get("id"): node.get("name") for node in nodes(root) if node.get("id").startswith("state-")}
    assert named == {f"state-{state}": state.label.en for state in programme.states}
    flows = {
        flow.get("id"): flow.get("name")
        for flow in root.iterfind(".//bpmn:sequenceFlow", NS)
        if flow.get("name")
    }
    assert flows == {f"flow-{s}-{step.name}-{t}": step.label.en for s, step, t in moves(programme)}
    ends = {node.get("id") for node in root.iterfind(".//bpmn:endEvent", NS)}
    assert ends == {f"state-{state}" for state in programme.states if state.outcome}


@pytest.mark.parametrize("slug", SLUGS)
def test_every_reference_leads_somewhere_and_ids_are_unique(slug: str) -> None:
    root = read(slug)
    ids = [found.get("id") for found in root.iter() if found.get("id")]

    assert len(ids) == len(set(ids))
    referred = [
        value for found in root.iter() for name in ("sourceRef", "targetRef", "bpmnElement", "processRef")
        if (value := found.get(name))
    ]  # fmt: skip
    referred += [
        found.text
        for tag in ("incoming", "outgoing", "flowNodeRef")
        for found in root.iterfind(f".//bpmn:{tag}", NS)
    ]
    assert set(referred) <= set(ids)
    for node in nodes(root):
        for tag, end in (("incoming", "targetRef"), ("outgoing", "sourceRef")):
            said = {found.text for found in node.iterfind(f"bpmn:{tag}", NS)}
            flows = root.iterfind(".//bpmn:sequenceFlow", NS)
            assert said == {flow.get("id") for flow in flows if flow.get(end) == node.get("id")}


@pytest.mark.parametrize("slug", SLUGS)
def test_where_several_steps_lead_on_a_gateway_decides(slug: str) -> None:
    root = read(slug)
    tasks = [node for node in nodes(root) if node.tag.endswith("Task")]

    # Two flows out of a task would be taken both at once.
    assert {len(node.findall("bpmn:outgoing", NS)) for node in tasks} == {1}


@pytest.mark.parametrize("slug", SLUGS)
def test_every_node_has_bounds_within_the_lane_of_its_holder(slug: str) -> None:
    root, programme = read(slug, "en"), registry()[slug]
    at = bounds(root)

    seen = set()
    for lane in root.iterfind(".//bpmn:lane", NS):
        left, top, right, bottom = at[lane.get("id")]
        for reference in lane.iterfind("bpmn:flowNodeRef", NS):
            x, y, x2, y2 = at[reference.text]
            assert left <= x < x2 <= right and top <= y < y2 <= bottom
            seen.add(reference.text)
            state = reference.text.removeprefix("state-")
            if reference.text != state and not programme.state(state).outcome:
                assert lane.get("name") == programme.state(state).holder.en
    assert seen == {node.get("id") for node in nodes(root)}
    nodes_at = [at[node.get("id")] for node in nodes(root)]
    for n, (x, y, x2, y2) in enumerate(nodes_at):
        for a, b, a2, b2 in nodes_at[:n]:
            assert x2 <= a or a2 <= x or y2 <= b or b2 <= y


@pytest.mark.parametrize("slug", SLUGS)
def test_every_flow_runs_from_its_source_to_its_target_and_through_no_box(slug: str) -> None:
    root = read(slug)
    at = bounds(root)
    boxes = {node.get("id"): at[node.get("id")] for node in nodes(root)}
    flows = {flow.get("id"): flow for flow in root.iterfind(".//bpmn:sequenceFlow", NS)}

    drawn = {edge.get("bpmnElement"): edge for edge in root.iterfind(".//bpmndi:BPMNEdge", NS)}
    assert drawn.keys() == flows.keys()
    for name, edge in drawn.items():
        points = [(float(p.get("x")), float(p.get("y"))) for p in edge.iterfind("di:waypoint", NS)]
        source, target = (boxes[flows[name].get(end)] for end in ("sourceRef", "targetRef"))
        assert points[0] == (source[2], (source[1] + source[3]) / 2)
        assert points[-1] == (target[0], (target[1] + target[3]) / 2)
        for (x, y), (x2, y2) in pairwise(points):
            assert x == x2 or y == y2
            crossed = [
                box for box, (left, top, right, bottom) in boxes.items()
                if min(x, x2) < right and max(x, x2) > left and min(y, y2) < bottom and max(y, y2) > top
            ]  # fmt: skip
            assert crossed == []


def test_command_writes_the_file_or_prints_it(tmp_path: Path) -> None:
    out, printed = tmp_path / "process.bpmn", StringIO()
    call_command("export_bpmn", SLUGS[0], out=out, language="en", stdout=StringIO())
    call_command("export_bpmn", SLUGS[0], language="en", stdout=printed)

    assert out.read_text() == printed.getvalue()
    with pytest.raises(CommandError, match="There are: talent-tax-rebate"):
        call_command("export_bpmn", "no-such")
    with pytest.raises(CommandError, match="Make it first"):
        call_command("export_bpmn", SLUGS[0], out=tmp_path / "missing" / "a.bpmn")
