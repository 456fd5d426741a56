"""Every programme's state machine, against PostgreSQL; and proof that it finds what is wrong."""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from notifications import outbox
from notifications.models import Message, OutboxRow
from tests.workflows.declared import registered
from tests.workflows.generated.machine import Cases
from tests.workflows.generated.made_up import made_up
from tests.workflows.generated.reducer import Reducer
from tests.workflows.generated.world import World, stilled, world_of
from tests.workflows.reviewed_aid import write_reviewed_aid
from workflows.engine.declare import State, Step
from workflows.engine.edges import sync_edges
from workflows.programmes import registry
from workflows.versions import publish_all

pytestmark = pytest.mark.django_db
# `HYPOTHESIS_PROFILE=long` looks further, elsewhere each time; else the same few every time.
PROFILES: dict[str, dict[str, Any]] = {
    "": {"max_examples": max(3, 8 // (len(registry()) + 1)), "derandomize": True},
    "long": {"max_examples": 500, "derandomize": False, "print_blob": True},
}
PROFILE = PROFILES[os.environ.get("HYPOTHESIS_PROFILE", "")]
QUIET = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck)}
COMMANDS = 20


@pytest.fixture(params=[*sorted(registry()), "made-up", "reviewed-aid"])
def world(request: pytest.FixtureRequest, db: Any, tmp_path: Path) -> Iterator[World]:
    if request.param == "reviewed-aid":
        with registered(write_reviewed_aid(tmp_path), tmp_path) as declared, stilled(declared) as programme:
            yield world_of(programme)
        return
    if request.param == "made-up":
        registry()["made-up"] = made_up()
        sync_edges()
        publish_all()
    try:
        with stilled(registry()[request.param]) as programme:
            yield world_of(programme)
    finally:
        registry().pop("made-up", None)


def run(world: World, *, reduced_by: Any = None, **chosen: Any) -> Counter[str]:
    """Run the machine of `world`: how often each step was taken. Raises what it finds."""
    taken: Counter[str] = Counter()
    body: dict[str, Any] = {"world": world, "taken": taken}
    if reduced_by is not None:
        body["reduced_by"] = staticmethod(reduced_by)
    machine = type("CasesOfProgramme", (Cases,), body)
    run_state_machine_as_test(
        machine, settings=settings(stateful_step_count=COMMANDS, **{**QUIET, **PROFILE, **chosen})
    )
    return taken


# To find something is enough; nobody reads the smallest example of a planted mistake.
SEARCH: dict[str, Any] = {"max_examples": 40, "derandomize": True, "phases": [Phase.generate]}


def test_database_does_what_the_declaration_says(world: World) -> None:
    assert run(world).total() > 0


def test_every_step_is_taken_at_the_end_of_its_way(world: World) -> None:
    """Each step once for certain: a case is led to where it starts, by the fewest steps."""
    taken = toured(world, [tour_to(step, world) for step in world.programme.steps.values()])
    assert set(taken) == set(world.programme.steps)


def test_what_is_told_is_delivered_once_however_often_the_relay_runs(world: World) -> None:
    """I3, on the longest way there is: a relay that died before it could say so tells nobody twice."""
    tours = [tour_to(step, world) for step in world.programme.steps.values()]
    toured(world, [max(tours, key=lambda tour: len(tour.steps))], then=delivered_once)


@dataclass(frozen=True)
class Tour:
    """Steps after one another, under a policy version that has them all."""

    policy: str
    steps: tuple[Step, ...]


def toured(world: World, tours: list[Tour], then: Callable[[], None] = lambda: None) -> Counter[str]:
    """One case for each tour takes its steps; how often each step was taken."""
    machine = type("Toured", (Cases,), {"world": world, "taken": Counter()})()
    machine.cases = world.new_cases(len(tours), [tour.policy for tour in tours])
    try:
        for case, tour in zip(machine.cases, tours, strict=True):
            for step in tour.steps:
                machine.go(step, [case], machine.able(step, case))
        then()
    finally:
        machine.teardown()
    return machine.taken


def delivered_once() -> None:
    outbox.deliver_due()
    assert not OutboxRow.objects.filter(delivered_at=None).exists()
    messages, letters = sorted(Message.objects.values_list("key", flat=True)), len(mail.outbox)
    assert messages
    OutboxRow.objects.filter(topic="case.moved").update(delivered_at=None, claimed_until=None)
    outbox.deliver_due()
    assert not OutboxRow.objects.filter(delivered_at=None).exists()
    assert (sorted(Message.objects.values_list("key", flat=True)), len(mail.outbox)) == (messages, letters)


def tour_to(step: Step, world: World) -> Tour:
    """The fewest steps that lead a draft to where `step` starts, and the step, under the last version that has it."""
    policy = next(p for p in reversed(world.programme.policies) if step.name in world.programme.steps_in(p))
    ways: dict[str, tuple[Step, ...]] = {str(world.programme.states[0]): ()}
    waiting = list(ways)
    while waiting:
        state = waiting.pop(0)
        for onward in world.programme.steps_in(policy).values():
            if isinstance(onward.target, State) and state in onward.sources and onward.target not in ways:
                ways[str(onward.target)] = (*ways[state], onward)
                waiting.append(str(onward.target))
    before = min((ways[source] for source in map(str, step.sources) if source in ways), key=len)
    return Tour(policy, (*before, step))


# ── it can fail


@pytest.fixture
def rebate(db: Any) -> Iterator[World]:
    with stilled(registry()["talent-tax-rebate"]) as programme:
        yield world_of(programme)


def test_machine_finds_an_edge_that_leads_elsewhere(rebate: World) -> None:
    def reduced_by(world: World) -> Reducer:
        reducer = Reducer(world.programme)
        withdrawn = reducer.steps["withdraw"]
        refused = world.programme.state("refused")
        assert isinstance(withdrawn.target, State)
        reducer.steps["withdraw"] = replace(withdrawn, target=refused)
        return reducer

    with pytest.raises(AssertionError):
        run(rebate, reduced_by=reduced_by, **SEARCH)


def test_machine_finds_a_guard_that_the_database_passes_over(rebate: World) -> None:
    def reduced_by(world: World) -> Reducer:
        reducer = Reducer(world.programme)
        strict = world.programme.steps["submit"].when
        reducer.steps["withdraw"] = replace(reducer.steps["withdraw"], when=strict)
        return reducer

    class Strict(Reducer):
        def reasons(self, step: Any, case: Any, person: Any, at: Any) -> list[str]:
            return super().reasons(self.steps[step.name], case, person, at)

    def strictly(world: World) -> Reducer:
        made = Strict(world.programme)
        made.steps = reduced_by(world).steps
        return made

    with pytest.raises((AssertionError, pytest.fail.Exception)):
        run(rebate, reduced_by=strictly, **SEARCH)


FORGET = """
CREATE FUNCTION forgotten() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE TRIGGER forgotten BEFORE INSERT ON workflows_event FOR EACH ROW WHEN (NEW.step = 'withdraw')
  EXECUTE FUNCTION forgotten();
"""


def test_machine_finds_an_event_that_the_database_forgets(rebate: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute(FORGET)
    with pytest.raises(AssertionError):
        run(rebate, **SEARCH)


LATE = """
CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN NEW.due_on := NEW.due_on + 1; RETURN NEW; END $$;
CREATE TRIGGER late BEFORE INSERT ON workflows_deadline FOR EACH ROW EXECUTE FUNCTION late();
"""


def test_machine_finds_a_deadline_that_is_a_day_late(rebate: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute(LATE)
    with pytest.raises(AssertionError):
        run(rebate, **SEARCH)
