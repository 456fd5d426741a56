"""A programme as BPMN 2.0 with its drawing, as modellers such as bpmn.io's read it.

A state in which somebody holds the case is a task in that holder's lane; where several steps lead on, a gateway
decides; an end is an end event. Steps that leave the case where it is are named in the task's documentation.
"""

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from accounts.models import Role
from config.words import T
from workflows.diagram.flow import WORDS, Flow, Shape, draw
from workflows.engine.declare import Programme, State, Step

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DI = "http://www.omg.org/spec/DD/20100524/DI"
PREFIXES = {"bpmn": BPMN, "bpmndi": BPMNDI, "dc": DC, "di": DI}

LIMIT = T("Limit: {days} working days.", "时限：{days} 个工作日。")
LAPSES = T("Then it is done by itself.", "逾期视为办理。")
ALSO = T("Also possible here: {steps}.", "此环节还可以：{steps}。")
BY = T("By: {roles}.", "办理角色：{roles}。")
GUARDED = T("Only if: {guards}", "条件：{guards}")


def export(programme: Programme, language: str) -> bytes:
    """The programme as one BPMN file, in the words of `language`."""
    shapes, flows, lanes = draw(programme, language)
    root = Element("bpmn:definitions", {f"xmlns:{name}": uri for name, uri in PREFIXES.items()})
    root.set("id", f"definitions-{programme.slug}")
    root.set("targetNamespace", "https://bailu.invalid/bpmn")
    root.set("exporter", "Bailu")
    name = programme.title.in_language(language)
    pool = SubElement(root, "bpmn:collaboration", id="collaboration")
    SubElement(pool, "bpmn:participant", id="pool", name=name, processRef=f"process-{programme.slug}")
    process = SubElement(
        root, "bpmn:process", id=f"process-{programme.slug}", name=name, isExecutable="false"
    )
    laneset = SubElement(process, "bpmn:laneSet", id="lanes")
    for lane in lanes:
        made = SubElement(laneset, "bpmn:lane", id=lane.id, name=lane.name)
        for shape in shapes:
            if shape.lane == lane.id:
                SubElement(made, "bpmn:flowNodeRef").text = shape.id
    for shape in shapes:
        _node(process, programme, shape, flows, language)
    for flow in flows:
        made = SubElement(
            process, "bpmn:sequenceFlow", id=flow.id, sourceRef=flow.source, targetRef=flow.target
        )
        if flow.step:
            made.set("name", flow.step.label.in_language(language))
            SubElement(made, "bpmn:documentation").text = _of_step(flow.step, language)
    _diagram(root, shapes, flows, lanes)
    indent(root)
    text: str = tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()


def _node(process: Element, programme: Programme, shape: Shape, flows: list[Flow], language: str) -> None:
    made = SubElement(process, f"bpmn:{shape.kind}", id=shape.id)
    if shape.name:
        made.set("name", shape.name)
    words = _of_state(programme, programme.state(shape.state), language) if shape.is_task else ""
    if words:
        SubElement(made, "bpmn:documentation").text = words
    for flow in flows:
        if flow.target == shape.id:
            SubElement(made, "bpmn:incoming").text = flow.id
    for flow in flows:
        if flow.source == shape.id:
            SubElement(made, "bpmn:outgoing").text = flow.id


def _of_state(programme: Programme, state: State, language: str) -> str:
    """The time limit of a state, and what can be done there without leaving it."""
    said = []
    due = programme.due_step(state)
    if due and due.due:
        said.append(LIMIT.format(days=due.due.n))
        if due.lapses:
            said.append(LAPSES)
    stays = [step.label for step in programme.steps.values() if not step.moves and state in step.sources]
    if stays:
        said.append(ALSO.format(steps=_listed(stays)))
    return " ".join(words.in_language(language) for words in said)


def _of_step(step: Step, language: str) -> str:
    """Who takes a step, and all that must hold."""
    roles = T(", ".join(sorted(step.by)), "、".join(str(Role(role).label) for role in sorted(step.by)))
    said = [BY.format(roles=roles)]
    if step.when:
        said.append(
            GUARDED.format(
                guards=T(", ".join(g.code for g in step.when), "、".join(g.code for g in step.when))
            )
        )
    return " ".join(words.in_language(language) for words in said)


def _listed(words: list[T]) -> T:
    return T(", ".join(w.en for w in words), "、".join(w.zh for w in words))


def _diagram(root: Element, shapes: list[Shape], flows: list[Flow], lanes: list[Shape]) -> None:
    diagram = SubElement(root, "bpmndi:BPMNDiagram", id="diagram")
    plane = SubElement(diagram, "bpmndi:BPMNPlane", id="plane", bpmnElement="collaboration")
    pool = Shape("pool", "participant", "", "", "pool", lanes[0].x - 30, lanes[0].y, lanes[0].width + 30,
                 sum(lane.height for lane in lanes))  # fmt: skip
    for shape in (pool, *lanes, *shapes):
        drawn = SubElement(plane, "bpmndi:BPMNShape", id=f"{shape.id}-shape", bpmnElement=shape.id)
        if shape.kind in ("participant", "lane"):
            drawn.set("isHorizontal", "true")
        if shape.kind == "exclusiveGateway":
            drawn.set("isMarkerVisible", "true")
        _bounds(drawn, shape.x, shape.y, shape.width, shape.height)
        if shape.kind in ("startEvent", "endEvent") and shape.name:
            label = SubElement(drawn, "bpmndi:BPMNLabel")
            _bounds(label, shape.x - 30, shape.y + shape.height + 4, shape.width + 60, 14)
    for flow in flows:
        drawn = SubElement(plane, "bpmndi:BPMNEdge", id=f"{flow.id}-edge", bpmnElement=flow.id)
        for x, y in flow.waypoints:
            SubElement(drawn, "di:waypoint", x=f"{x:.0f}", y=f"{y:.0f}")
        if flow.step:
            _bounds(SubElement(drawn, "bpmndi:BPMNLabel"), *flow.words_at, *WORDS)


def _bounds(parent: Element, x: float, y: float, width: float, height: float) -> None:
    SubElement(parent, "dc:Bounds", x=f"{x:.0f}", y=f"{y:.0f}", width=f"{width:.0f}", height=f"{height:.0f}")
