"""The event logs, read by the program for which they are written."""

import json
import resource
from collections import Counter
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count

from accounts.models import User
from tests.workflows.conftest import fresh
from tests.workflows.web.batch_ways import objected
from tests.workflows.web.journeys import noticed, submitted
from workflows.engine.declare import Resume, State
from workflows.engine.perform import perform
from workflows.models import Application, Event
from workflows.programmes import programme

pytestmark = pytest.mark.django_db


@pytest.fixture
def cases(many_drafts, open_round, clerk, official, second_official) -> list[Application]:
    """A case on each kind of way: noticed with an objection, corrected, withdrawn out of a correction, refused."""
    through, corrected, given_up, refused = many_drafts(4)
    notice = noticed([through], open_round, clerk=clerk, verifier=second_official, official=official)
    objected(notice.batch)
    for case in (corrected, given_up, refused):
        submitted(case)
    perform("accept", [corrected.pk], actor=clerk, key="accept")
    perform("claim", [corrected.pk], actor=clerk, key="claim")
    points = {"points": [{"kind": "field", "target": "bank_name", "words": "请写到支行"}]}
    for case in (corrected, given_up):
        perform("ask_correction", [case.pk], actor=clerk, key=f"ask{case.pk}", data=points)
    Application.objects.filter(pk=corrected.pk).update(points_open=0)
    perform("resubmit", [corrected.pk], actor=corrected.created_by, key="again")
    perform("withdraw", [given_up.pk], actor=given_up.created_by, key="no")
    perform("refuse", [refused.pk], actor=clerk, key="refuse", reason="不在范围")
    return [fresh(case) for case in (through, corrected, given_up, refused)]


def exported(kind: str, folder: Path, **options: Any) -> Path:
    out = folder / f"log.{'json' if kind == 'ocel' else kind}"
    call_command("export_events", format=kind, out=out, stdout=StringIO(), **options)
    return out


def in_sql() -> tuple[int, int, Counter[str]]:
    """Cases, events, and how often each activity."""
    by_step = Event.objects.values_list("step").annotate(n=Count("pk")).order_by()
    return (
        Event.objects.values("application").distinct().count(),
        Event.objects.count(),
        Counter(dict(by_step)),
    )


def test_pm4py_reads_the_same_cases_events_and_activities_from_ocel(cases, tmp_path):
    import pm4py

    ocel = pm4py.read_ocel2_json(str(exported("ocel", tmp_path)))

    of_type = Counter(ocel.objects[ocel.object_type_column])
    assert (of_type["application"], len(ocel.events), Counter(ocel.events[ocel.event_activity])) == in_sql()
    assert of_type == {"application": 4, "applicant": 4, "round": 1, "batch": 1, "notice": 1, "person": 1}
    flat = pm4py.ocel_flattening(ocel, "application")
    assert flat["case:concept:name"].nunique() == 4


def test_ocel_leads_from_events_and_objects_to_objects_that_are_there(cases, tmp_path):
    log = json.loads(exported("ocel", tmp_path).read_text())

    there = {found["id"] for found in log["objects"]}
    named = {(o["type"], r["qualifier"], r["objectId"]) for o in log["objects"] for r in o["relationships"]}
    touched = {(e["type"], r["qualifier"], r["objectId"]) for e in log["events"] for r in e["relationships"]}
    assert {o for _, _, o in named | touched} <= there
    assert {(kind, how) for kind, how, _ in named} == {
        ("application", "of"), ("application", "by"), ("application", "in"), ("batch", "of"), ("notice", "of"),
        ("person", "on the roster of"),
    }  # fmt: skip
    through = {(step, o.split("-")[0]) for step, how, o in touched if how == "through"}
    assert through >= {("consolidate", "batch"), ("approve", "batch"), ("receive_objection", "batch")}
    assert {step for step, kind in through if kind == "notice"} == {"release_notice", "receive_objection"}
    refused = [e for e in log["events"] if e["type"] == "refuse"]
    assert [r["qualifier"] for e in refused for r in e["relationships"]] == ["moves", "in", "concerns"]
    declared = {kind["name"]: {a["name"] for a in kind["attributes"]} for kind in log["eventTypes"]}
    assert all({a["name"] for a in e["attributes"]} <= declared[e["type"]] for e in log["events"])


def test_pm4py_reads_the_same_cases_events_and_activities_from_xes(cases, tmp_path):
    import pm4py

    log = pm4py.read_xes(str(exported("xes", tmp_path)))

    assert (log["case:concept:name"].nunique(), len(log), Counter(log["concept:name"])) == in_sql()
    assert set(log["case:concept:name"]) == {case.number or f"application-{case.pk}" for case in cases}


def test_every_case_replays_on_the_net_of_its_programme(cases, tmp_path):
    import pm4py

    log = pm4py.read_xes(str(exported("xes", tmp_path)))
    net = net_of(programme("talent-tax-rebate"))

    fitness = pm4py.fitness_token_based_replay(log, *net)
    assert fitness["log_fitness"] == 1.0
    assert fitness["percentage_of_fitting_traces"] == 100.0


def test_a_case_that_left_the_way_does_not_replay(cases, tmp_path):
    import pm4py

    log = pm4py.read_xes(str(exported("xes", tmp_path)))
    skipped = log[log["concept:name"] != "accept"]

    assert (
        pm4py.fitness_token_based_replay(skipped, *net_of(programme("talent-tax-rebate")))["log_fitness"]
        < 1.0
    )


def net_of(declared: Any) -> tuple[Any, Any, Any]:
    """The programme as a Petri net: a place a state, a transition an edge; what was set aside remembers from where."""
    from pm4py.objects.petri_net.obj import Marking, PetriNet
    from pm4py.objects.petri_net.utils.petri_utils import add_arc_from_to

    net = PetriNet(declared.slug)
    places = {name: PetriNet.Place(name) for name in ("end", *map(str, declared.states))}
    aside = {
        (str(source), str(made.target))
        for made in declared.steps.values()
        for source in made.sources
        if isinstance(made.target, State) and made.target.stops_clock
    }
    memory = {pair: PetriNet.Place("/".join(pair)) for pair in aside}
    net.places.update(places.values(), memory.values())

    def edge(label: str | None, taken: list[Any], given: list[Any]) -> None:
        transition = PetriNet.Transition(f"t{len(net.transitions)}", label)
        net.transitions.add(transition)
        for place in taken:
            add_arc_from_to(place, transition, net)
        for place in given:
            add_arc_from_to(transition, place, net)

    def leave(label: str | None, source: str, target: str | None) -> None:
        """Out of `source`; where it is a side state, once for each state from which one comes to it."""
        remembered = [(back, place) for (back, side), place in memory.items() if side == source]
        for back, place in remembered:
            edge(label, [places[source], place], [places[target or back]])
        if not remembered:
            kept = [memory[source, target]] if (source, target) in memory else []
            edge(label, [places[source]], [places[target or source], *kept])

    for made in declared.steps.values():
        for source in map(str, made.sources):
            if isinstance(made.target, State):
                leave(made.name, source, str(made.target))
            elif made.target is Resume:
                leave(made.name, source, None)
            else:
                edge(made.name, [places[source]], [places[source]])
    for state in map(str, declared.states):
        # A log may be cut anywhere: most cases are still on their way.
        leave(None, state, "end")
    return net, Marking({places[str(declared.states[0])]: 1}), Marking({places["end"]: 1})


def test_nobody_is_named_unless_that_is_asked_for(cases, tmp_path):
    names = [
        *User.objects.values_list("name", flat=True),
        *(case.applicant.name for case in cases),
        "请写到支行",
    ]

    for kind in ("ocel", "xes"):
        text = exported(kind, tmp_path).read_text()
        assert [name for name in names if f'"{name}"' in text] == []

    named = exported("xes", tmp_path, names=True).read_text()
    assert cases[0].created_by.name in named


def test_a_pseudonym_is_the_same_in_both_logs(cases, tmp_path):
    ocel = json.loads(exported("ocel", tmp_path).read_text())
    actors = {a["value"] for e in ocel["events"] for a in e["attributes"] if a["name"] == "actor"}

    xes = exported("xes", tmp_path).read_text()

    assert all(f'"org:resource" value="{actor}"' in xes for actor in actors)
    assert "system" in actors


def test_a_log_of_another_year_is_empty_and_still_a_log(cases, tmp_path):
    import pm4py

    assert json.loads(exported("ocel", tmp_path, year=1999).read_text())["events"] == []
    assert len(pm4py.read_xes(str(exported("xes", tmp_path, year=1999)))) == 0


def test_rows_come_by_a_cursor_of_the_database(cases, tmp_path, django_assert_num_queries):
    with django_assert_num_queries(4) as asked:
        exported("xes", tmp_path)
    assert any("DECLARE" in query["sql"] for query in asked.captured_queries)


def test_wrong_input_names_the_next_step(tmp_path):
    with pytest.raises(CommandError, match="There are: talent-tax-rebate"):
        exported("xes", tmp_path, programme="no-such")
    with pytest.raises(CommandError, match="Make it first"):
        exported("xes", tmp_path / "missing")


def test_a_file_that_is_there_stays_when_writing_fails(cases, tmp_path):
    out = exported("xes", tmp_path)
    before = out.read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    # No room for more than a thousand bytes in any file.
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(OSError, match="too large"):
            exported("xes", tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert out.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == [out.name]
