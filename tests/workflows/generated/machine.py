"""Commands at random, by anybody, at any time, on 1 to 50 cases: PostgreSQL against the declaration's reducer.

After each command every case, its deadlines included, stands where the reducer says; at the end the invariants:
(I1) sequences without gaps, each state the fold of its events; (I2) one event for each acknowledged command;
(I3) one outbox row for each event that is told; (I4) every chain of hashes holds; (I5) counters = GROUP BY.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from notifications.models import OutboxRow
from tests.workflows.generated.reducer import Case, Person, Reducer
from tests.workflows.generated.world import World, meeting, set_facts
from workflows import counters
from workflows.engine.asking import blockers
from workflows.engine.declare import Same, Step
from workflows.engine.perform import Outcome, perform
from workflows.engine.verify import verify
from workflows.errors import Blocked, KeyReused, OneByOne, ReasonMissing
from workflows.models import Application, Command, Deadline, Event

PART = st.integers(0, 999_999)
REASON = st.sampled_from(["as the file shows", "", "  "])


@dataclass(frozen=True)
class Sent:
    """A command as it was sent, and the answer that it was given; None where it was refused."""

    step: Step
    cases: tuple[Case, ...]
    person: Person
    key: str
    reason: str
    answer: Outcome | None


class Refused(Exception):  # noqa: N818
    """What the reducer expects instead of a move."""

    def __init__(self, error: type[Exception], reasons: dict[int, list[str]] | None = None) -> None:
        self.error, self.reasons = error, reasons


class Cases(RuleBasedStateMachine):
    """One example: some cases of one programme, and what happens to them."""

    world: World
    # Step → how many commands took it, over all examples of a run.
    taken: ClassVar[Counter[str]] = Counter()
    reduced_by: Callable[[World], Reducer] = staticmethod(lambda world: Reducer(world.programme))

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.reducer = self.reduced_by(self.world)
        self.steps = list(self.world.programme.steps.values())
        self.at = self.world.start
        self.cases: list[Case] = []
        self.sent: list[Sent] = []
        self.compared = True

    @initialize(count=st.integers(1, 50), picks=st.lists(PART, max_size=12))
    def apply(self, count: int, picks: list[int]) -> None:
        """Drafts, half of which are some steps ahead."""
        self.cases = self.world.new_cases(count)
        if picks:
            self.walk(self.cases[: 1 + count // 2], picks)

    # ── commands

    @rule(step=PART, person=PART, first=PART, many=st.integers(1, 50), reason=REASON)
    def any_step_by_anybody(self, step: int, person: int, first: int, many: int, reason: str) -> None:
        self.send(_one(self.steps, step), self.some(first, many), _one(self.world.people, person), reason)

    @rule(anchor=PART, picks=st.lists(PART, min_size=1, max_size=8), many=st.integers(1, 50))
    def go_on(self, anchor: int, picks: list[int], many: int) -> None:
        """Some steps after one another from where a case stands, with what stands there as well."""
        running = [case for case in self.cases if not self.ended(case.state)] or self.cases
        case = _one(running, anchor)
        group = [c for c in self.cases if c.state == case.state and c.resume == case.resume][:many]
        self.walk(group, picks)

    def walk(self, group: Sequence[Case], picks: Sequence[int]) -> None:
        for pick in picks:
            if here := self.ways_from(group[0]):
                step = _one(here, pick)
                self.go(step, group, _one(self.world.person_for(step), pick))

    def go(self, step: Step, cases: Sequence[Case], who: Person) -> None:
        """One step by somebody who may, on cases made ready for it; an ending only for a quarter of them."""
        many = len(cases) if step.in_batch else 1
        if step.target is not Same and self.ended(str(step.target)):
            many = 1 + many // 4
        group = cases[-many:]
        set_facts(group, meeting(self.world, step, group[0], who, self.reducer, self.at))
        self.send(step, group, who, "as the file shows")

    def able(self, step: Step, case: Case) -> Person:
        """Somebody who can take the step on the case once its facts are as they should be."""
        people = self.world.person_for(step)
        facts = {
            person.user.pk: meeting(self.world, step, case, person, self.reducer, self.at)
            for person in people
        }
        return min(
            people,
            key=lambda person: len(
                self.reducer.reasons(
                    step, replace(case, facts=case.facts | facts[person.user.pk]), person, self.at
                )
            ),
        )

    def ways_from(self, case: Case) -> list[Step]:
        """The steps from where a case stands; what leads on is worth more of the tries than what ends or stays."""
        version = self.world.programme.steps_in(case.policy).values()
        here = [step for step in version if case.state in step.sources]
        return [s for s in here if s.target is not Same and not self.ended(str(s.target))] * 4 + here

    def ended(self, state: str) -> bool:
        return state in self.world.programme.states and self.world.programme.state(state).outcome in (
            "bad",
            "gone",
        )

    @precondition(lambda self: self.sent)
    @rule(which=PART)
    def same_key_again(self, which: int) -> None:
        """A double click: the answer of the first time, and nothing else happens."""
        first = _one(self.sent, which)
        if first.answer is not None:
            assert (
                self.perform(first.step, first.cases, first.person, first.key, first.reason) == first.answer
            )

    @precondition(lambda self: self.sent)
    @rule(which=PART, step=PART)
    def key_of_another_command(self, which: int, step: int) -> None:
        first, other = _one(self.sent, which), _one(self.steps, step)
        if first.answer is None or other is first.step or (len(first.cases) > 1 and not other.in_batch):
            return
        with pytest.raises(KeyReused):
            self.perform(other, first.cases, first.person, first.key, "as the file shows")

    @precondition(lambda self: self.sent)
    @rule(which=PART)
    def stale_command(self, which: int) -> None:
        """The button of a page that was drawn long ago: judged by how the cases stand now."""
        old = _one(self.sent, which)
        self.send(old.step, old.cases, old.person, old.reason)

    # ── the world goes on

    @rule(days=st.integers(0, 9), hours=st.integers(0, 30))
    def time_passes(self, days: int, hours: int) -> None:
        self.at += timedelta(days=days, hours=hours)

    @rule(first=PART, many=st.integers(1, 50), column=PART, value=PART)
    def a_fact_changes(self, first: int, many: int, column: int, value: int) -> None:
        domains = list(self.world.domains.items())
        if domains:
            name, values = _one(domains, column)
            set_facts(self.some(first, many), {name: _one(values, value)})

    @rule(step=PART, person=PART)
    def somebody_asks_why(self, step: int, person: int) -> None:
        asked, who = _one(self.steps, step), _one(self.world.people, person)
        found = blockers(asked, [case.pk for case in self.cases], who.user, self.at)
        assert {pk: [r.code for r in reasons] for pk, reasons in found.items()} == self.against(
            asked, self.cases, who
        )

    # ── what is expected, and what comes

    def send(self, step: Step, cases: Sequence[Case], person: Person, reason: str) -> None:
        """Send a command with a key of its own; it moves every case or none, as the reducer says."""
        key = f"k{len(self.sent)}"
        expected = self.refusal(step, cases, person, reason)
        answer: Outcome | None = None
        if expected is None:
            answer = self.perform(step, cases, person, key, reason)
            assert (answer.step, answer.count) == (step.name, len(cases))
            self.taken[step.name] += 1
            self.reducer.take(self.reducer.steps[step.name], cases, person, self.at, reason.strip())
        else:
            with pytest.raises(expected.error) as caught:
                self.perform(step, cases, person, key, reason)
            if isinstance(caught.value, Blocked):
                told = {pk: [r.code for r in some] for pk, some in caught.value.reasons.items()}
                assert told == expected.reasons
        self.compared = False
        self.sent.append(Sent(step, tuple(cases), person, key, reason, answer))

    def refusal(self, step: Step, cases: Sequence[Case], person: Person, reason: str) -> Refused | None:
        if step.needs_reason and not reason.strip():
            return Refused(ReasonMissing)
        if len(cases) > 1 and not step.in_batch:
            return Refused(OneByOne)
        reasons = self.against(step, cases, person)
        return Refused(Blocked, reasons) if reasons else None

    def against(self, step: Step, cases: Sequence[Case], person: Person) -> dict[int, list[str]]:
        found = {case.pk: self.reducer.reasons(step, case, person, self.at) for case in cases}
        return {pk: codes for pk, codes in found.items() if codes}

    def perform(self, step: Step, cases: Sequence[Case], person: Person, key: str, reason: str) -> Outcome:
        ids = [case.pk for case in cases]
        return perform(step.name, ids, actor=person.user, key=key, reason=reason, at=self.at)

    def some(self, first: int, many: int) -> list[Case]:
        start = first % len(self.cases)
        return self.cases[start : start + many]

    @invariant()
    def database_stands_where_the_declaration_says(self) -> None:
        if self.compared or not self.cases:
            return
        self.compared = True
        ids = [case.pk for case in self.cases]
        names = list(self.cases[0].shown())
        rows = {row.pop("pk"): row for row in Application.objects.filter(pk__in=ids).values("pk", *names)}
        limits: dict[int, list[Any]] = {pk: [] for pk in ids}
        open_ones = Deadline.objects.filter(application__in=ids, met_at=None, lapsed_at=None)
        for pk, step, due_on in open_ones.values_list("application", "step", "due_on"):
            limits[pk].append((step, due_on))
        for case in self.cases:
            assert rows[case.pk] == case.shown()
            assert sorted(limits[case.pk]) == case.open_limits()

    def teardown(self) -> None:
        try:
            # Where the database refused a statement outright, that is what is told.
            if self.cases and not transaction.get_connection().needs_rollback:
                self.database_stands_where_the_declaration_says()
                self.prove()
        finally:
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

    def prove(self) -> None:
        """I1 to I5, over everything that this example did."""
        rows = Event.objects.order_by("application", "seq").values_list(
            "application", "seq", "step", "source", "target", "actor", "reason"
        )
        wanted = [
            (case.pk, seq, e.step, e.source, e.target, e.actor, e.reason)
            for case in sorted(self.cases, key=lambda case: case.pk)
            for seq, e in enumerate(case.events, 1)
        ]
        assert list(rows) == wanted  # I1: no gaps, and the fold of them is where the case stands
        acknowledged = [sent for sent in self.sent if sent.answer is not None]
        kept = Command.objects.order_by("pk").values_list("actor", "key", "step")
        assert list(kept) == [(s.person.user.pk, s.key, s.step.name) for s in acknowledged]
        assert len(wanted) == sum(len(sent.cases) for sent in acknowledged)  # I2
        bodies = Event.objects.exclude(command=None).values_list("step", "data")
        ran = [(step, "ran" in data) for step, data in bodies]
        assert all(did == (self.world.programme.steps[step].effect is not None) for step, did in ran)
        told = {
            f"case:{case.pk}:{seq}"
            for case in self.cases
            for seq, event in enumerate(case.events, 1)
            if self.is_told(event.step)
        }
        assert sorted(OutboxRow.objects.filter(topic="case.moved").values_list("key", flat=True)) == sorted(
            told
        )  # I3
        assert verify().faults == ()  # I4
        assert counters.drifts() == []  # I5

    def is_told(self, step: str) -> bool:
        made = self.world.programme.steps[step]
        return made.target is not Same or bool(made.tells)


def _one(things: Sequence[Any], number: int) -> Any:
    """One of `things`. Small numbers are drawn more often than others: they are spread over all."""
    return things[(number * 2654435761 >> 12) % len(things)]
