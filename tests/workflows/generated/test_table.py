"""The whole table state × step × role of every programme, generated from its declaration, against PostgreSQL.

For every triple `why`, `offers` and `perform` say what the declaration says, read in plain Python.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Value
from django.utils import timezone

from tests.workflows.declared import registered
from tests.workflows.generated.reducer import Case, Person, Reducer
from tests.workflows.generated.world import World, meeting, set_facts, stilled, world_of
from tests.workflows.reviewed_aid import write_reviewed_aid
from workflows.engine.asking import blockers, offers
from workflows.engine.deadlines import load_calendar
from workflows.engine.declare import Programme, Resume, State, Step
from workflows.engine.guards import Asking, Guard
from workflows.engine.perform import perform
from workflows.errors import Blocked
from workflows.models import Application, Event
from workflows.programmes import registry

pytestmark = pytest.mark.django_db
KEYS = count(1)


class Undone(Exception):  # noqa: N818
    """Takes back what was tried."""


class Remembering(Reducer):
    """For cases that stand still: each guard that is said in SQL alone is asked once for all of them."""

    def __init__(self, programme: Programme) -> None:
        super().__init__(programme)
        self.met: dict[tuple[int, int], set[int]] = {}

    def asked(self, guard: Guard, case: Case, person: Person, at: datetime) -> bool:
        key = (id(guard), person.user.pk)
        if key not in self.met:
            q = guard.q(Asking(person.user, Value(at)))
            self.met[key] = set(Application.objects.filter(q).values_list("pk", flat=True))
        return case.pk in self.met[key]


@dataclass
class Table:
    """Cases in every state: one as it comes, and one for each step that starts there, ready for it."""

    programme: Programme
    world: World
    reducer: Reducer
    cases: list[Case]

    def reasons(self, step: Step, person: Person) -> dict[int, list[str]]:
        """Case → what is in the way, by the declaration; those with nothing in the way are left out."""
        now = timezone.now()
        found = {case.pk: self.reducer.reasons(step, case, person, now) for case in self.cases}
        return {pk: codes for pk, codes in found.items() if codes}

    def triples(self) -> Iterator[tuple[Step, Person]]:
        for step in self.programme.steps.values():
            for person in self.world.one_a_role():
                yield step, person


@pytest.fixture(params=[*sorted(registry()), pytest.param("reviewed-aid", marks=pytest.mark.slow)])
def declared(request: pytest.FixtureRequest, db: Any, tmp_path: Path) -> Iterator[Programme]:
    """Each of our programmes, and one that goes through inspection, panel and appeal."""
    if request.param != "reviewed-aid":
        yield registry()[request.param]
        return
    with registered(write_reviewed_aid(tmp_path), tmp_path) as programme:
        yield programme


@pytest.fixture
def table(declared: Programme) -> Iterator[Table]:
    load_calendar(provisional_until=timezone.now().year + 2)
    with stilled(declared) as programme:
        world = world_of(programme, timezone.now())
        reducer = Reducer(programme)
        wanted = [
            (state, step)
            for state in programme.states
            for step in (None, *(s for s in programme.steps.values() if state in s.sources and s.when))
        ]
        cases = world.new_cases(len(wanted))
        placed(programme, list(zip(cases, (state for state, _ in wanted), strict=True)))
        for case, (_, step) in zip(cases, wanted, strict=True):
            if step is not None:
                person = world.person_for(step)[0]
                set_facts([case], meeting(world, step, case, person, reducer, timezone.now()))
        yield Table(programme, world, Remembering(programme), cases)


def placed(programme: Programme, where: list[tuple[Case, State]]) -> None:
    """Put the cases into their states past the trigger that allows declared edges alone."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for case, state in where:
            case.state = str(state)
            into = [s for s in programme.steps.values() if state.stops_clock and s.target == state]
            case.resume = str(into[0].sources[0]) if into else ""
            case.stopped_on = timezone.localdate() if into else None
            number = None if state == programme.states[0] else f"T{case.pk}"
            cursor.execute(
                "UPDATE workflows_application SET state = %s, resume_state = %s, stopped_on = %s, number = %s "
                "WHERE id = %s",
                [case.state, case.resume, case.stopped_on, number, case.pk],
            )
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


def test_offers_agree_with_the_declaration(table: Table) -> None:
    rows = Application.objects.in_bulk([case.pk for case in table.cases])
    now = timezone.now()
    for person in table.world.one_a_role():
        for case in table.cases:
            found = offers(rows[case.pk], person.user)
            assert {o.step.name: [r.code for r in o.reasons] for o in found} == table.reducer.offered(
                case, person, now
            ), (case.state, person.user.email)


def test_why_and_perform_agree_with_the_declaration(table: Table) -> None:
    done: set[str] = set()
    for step, person in table.triples():
        against = table.reasons(step, person)
        assert told(table, step, person, against) == against, (step.name, person.user.email)
        fine = [case for case in table.cases if case.pk not in against]
        if fine:
            performed(table, step, person, fine if step.in_batch else fine[:1])
            done.add(step.name)
    # A step that nobody here could take would not have been tried at all.
    assert done == set(table.programme.steps)


def told(table: Table, step: Step, person: Person, against: dict[int, list[str]]) -> dict[int, list[str]]:
    """What a command on all cases is refused for: it moves none, and names every reason of every case."""
    ids = [case.pk for case in table.cases]
    if not against or not step.in_batch:
        found = blockers(step, ids, person.user)
    if against:
        tried = ids if step.in_batch else list(against)[:1]
        with pytest.raises(Blocked) as caught:
            perform(
                step.name,
                tried,
                actor=person.user,
                key=f"t{next(KEYS)}",
                reason="x",
                programme=table.programme.slug,
            )
        found = caught.value.reasons if step.in_batch else {**found, **caught.value.reasons}
    return {pk: [reason.code for reason in reasons] for pk, reasons in found.items()}


def attempted(table: Table, step: Step, cases: Iterable[int], person: Person) -> None:
    slug, key = table.programme.slug, f"t{next(KEYS)}"
    perform(step.name, cases, actor=person.user, key=key, reason="x", programme=slug)


def performed(table: Table, step: Step, person: Person, fine: list[Case]) -> None:
    """A command on the cases without a reason moves each where the declaration says; then it is taken back."""
    targets = {case.pk: target_of(step, case) for case in fine}
    try:
        with transaction.atomic():
            perform(
                step.name,
                targets,
                actor=person.user,
                key=f"t{next(KEYS)}",
                reason="x",
                programme=table.programme.slug,
            )
            states = dict(Application.objects.filter(pk__in=targets).values_list("pk", "state"))
            events = dict(Event.objects.filter(application__in=targets).values_list("application", "target"))
            raise Undone
    except Undone:
        assert states == targets, step.name
        assert events == targets, step.name


def target_of(step: Step, case: Case) -> str:
    if step.target is Resume:
        return case.resume
    return str(step.target) if isinstance(step.target, State) else case.state
