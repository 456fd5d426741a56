"""A programme's declaration as a state machine in plain Python: no SQL, no code of the engine.

It is written from the words of `docs/house.md`, not from `statement.py`: what it foretells, PostgreSQL must do.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import chinese_calendar
from django.db.models import Value

from accounts.models import User
from tests.workflows.generated.conditions import HERE, NotInPython, holds
from workflows.engine.declare import Programme, Resume, Same, State, Step
from workflows.engine.guards import Asking, Guard
from workflows.models import Application

FIRST = date(2018, 1, 1)
# The working days of the years in which the tests live.
WORKING = [
    day
    for day in (FIRST + timedelta(days=n) for n in range(4 * 365))
    if chinese_calendar.is_workday(day)
]  # fmt: skip
# Experts act where they are assigned: in the world of these tests, on every case of their office.
SCOPE = {"owner": "applicant", "agent": "applicant", "clerk": "handler", "expert": "handler", "official": "authority",
         "cashier": "authority", "auditor": "authority"}  # fmt: skip


def ordinal(day: date) -> int:
    """How many working days there are up to and including `day`."""
    return bisect_left(WORKING, day + timedelta(days=1))


def working_day(number: int) -> date:
    return WORKING[number - 1]


@dataclass
class Limit:
    """A deadline of a step."""

    step: str
    due_on: date
    open: bool = True


@dataclass(frozen=True)
class Happened:
    """What an event must say."""

    step: str
    source: str
    target: str
    actor: int
    reason: str


@dataclass
class Case:
    """One case as the declaration says that it stands."""

    pk: int
    places: dict[str, int]
    facts: dict[str, Any]
    policy: str
    state: str
    resume: str = ""
    entered_on: date | None = None
    seq: int = 0
    stopped_on: date | None = None
    due_on: date | None = None
    promised_on: date | None = None
    limits: list[Limit] = field(default_factory=list)
    events: list[Happened] = field(default_factory=list)

    def shown(self) -> dict[str, Any]:
        """The columns that the database must hold."""
        return {
            "state": self.state, "resume_state": self.resume, "seq": self.seq, "version": self.seq,
            "stopped_on": self.stopped_on, "due_on": self.due_on, "promised_on": self.promised_on,
        }  # fmt: skip

    def open_limits(self) -> list[tuple[str, date]]:
        return sorted((limit.step, limit.due_on) for limit in self.limits if limit.open)

    def times(self, step: str) -> int:
        return sum(event.step == step for event in self.events)


@dataclass
class Person:
    """Somebody who asks: the roles they hold, and for which organisation."""

    user: User
    roles: set[tuple[str, int]]
    is_system: bool = False


class Reducer:
    """What each step does, and why it cannot be done."""

    def __init__(self, programme: Programme) -> None:
        self.programme = programme
        self.steps = dict(programme.steps)

    def reasons(self, step: Step, case: Case, person: Person, at: datetime) -> list[str]:
        """The codes of all reasons against `step`, in the order of the declaration."""
        found = [] if _in_version(step, case) else ["version"]
        found += [] if case.state in map(str, step.sources) else ["state"]
        found += [] if self.holds_role(step, case, person) else ["role"]
        return found + [g.code for g in step.when if not self._met(g, step, case, person, at)]

    def holds_role(self, step: Step, case: Case, person: Person) -> bool:
        wanted = set(map(str, step.by))
        if person.is_system and "system" in wanted:
            return True
        return any(
            role in wanted and case.places[SCOPE[role]] == place
            for role, place in person.roles
            if role in SCOPE
        )

    def _met(self, guard: Guard, step: Step, case: Case, person: Person, at: datetime) -> bool:
        if guard.code == "limit" and step.at_most is not None:
            return case.times(step.name) < step.at_most
        if guard.code == "four_eyes" and step.other_than:
            return all(person.user.pk not in self._who(name, case) for name in step.other_than)
        try:
            return holds(guard, case.facts, person.user, at)
        except NotInPython:
            # Said in SQL alone: what is left to prove is that all doors hear the same answer.
            return self.asked(guard, case, person, at)

    def asked(self, guard: Guard, case: Case, person: Person, at: datetime) -> bool:
        """What the database says of a guard that is said in SQL alone."""
        return Application.objects.filter(guard.q(Asking(person.user, Value(at))), pk=case.pk).exists()

    @staticmethod
    def _who(name: str, case: Case) -> set[int | None]:
        """Who took the step of that name on the case, or did that task of its batch."""
        if not name.startswith("batch."):
            return {event.actor for event in case.events if event.step == name}
        batch = case.facts.get("batch") or {}
        done = {"prepare": "prepared_by", "verify": "verified_by", "approve": "approved_by"}
        return {batch.get(done[name.removeprefix("batch.")])}

    def offered(self, case: Case, person: Person, at: datetime) -> dict[str, list[str]]:
        """The steps that are shown to a person on a case, each with what is missing."""
        return {
            step.name: self.reasons(step, case, person, at)
            for step in self.steps.values()
            if _in_version(step, case)
            and case.state in map(str, step.sources)
            and self.holds_role(step, case, person)
        }

    def take(self, step: Step, cases: Sequence[Case], person: Person, at: datetime, reason: str) -> None:
        """All of `cases` take the step; nothing is in its way."""
        for case in cases:
            self._move(step, case, person, at.astimezone(HERE).date(), reason)
            for column, value in step.sets.items():
                if callable(value) and column in case.facts:
                    case.facts[column] = value(Told(step, person.user, at))
            if step.name == "submit":
                case.promised_on = working_day(ordinal(at.astimezone(HERE).date()) + self.promised_days)

    @property
    def promised_days(self) -> int:
        return self.programme.guide.promised_days

    def _move(self, step: Step, case: Case, person: Person, today: date, reason: str) -> None:
        source = case.state
        case.seq += 1
        standing = next((s for s in step.sources if s == source), None)
        if step.target is not Same and standing is not None and standing.excluded and case.promised_on:
            assert case.entered_on is not None
            case.promised_on = _later(case.promised_on, ordinal(today) - ordinal(case.entered_on))
        ended_on = case.entered_on if standing is not None and standing.outcome else None
        if standing is not None and standing.stops_clock and _goes_on(step) and case.promised_on:
            assert case.stopped_on is not None
            case.promised_on = _later(case.promised_on, ordinal(today) - ordinal(case.stopped_on))
        if step.target is not Same:
            case.entered_on = today
        if step.target is Resume:
            self._resume(step, case, today)
        elif step.target is not Same:
            assert isinstance(step.target, State)
            self._enter(step.target, case, source, today, ended_on)
        case.events.append(Happened(step.name, source, case.state, person.user.pk, reason))

    def _enter(self, target: State, case: Case, source: str, today: date, ended_on: date | None) -> None:
        if target.stops_clock:
            case.resume = source
            case.stopped_on = case.stopped_on or ended_on or today
        else:
            case.resume, case.stopped_on = "", None
            _close(case.limits)
        case.state = str(target)
        here = [s for s in self.steps.values() if s.due and _in_version(s, case)]
        expected = next((s for s in here if case.state in map(str, s.sources)), None)
        case.due_on = None
        if expected is not None and expected.due is not None:
            case.due_on = working_day(ordinal(today) + expected.due.n)
            case.limits.append(Limit(expected.name, case.due_on))

    def _resume(self, step: Step, case: Case, today: date) -> None:
        """Back to where it was; the working days that it stood still are given back."""
        assert case.stopped_on is not None
        stood = ordinal(today) - ordinal(case.stopped_on)
        _close(limit for limit in case.limits if limit.step == step.name)
        for limit in case.limits:
            if limit.open:
                limit.due_on = _later(limit.due_on, stood)
        going_on = [limit.due_on for limit in case.limits if limit.open]
        case.due_on = going_on[0] if going_on else None
        if case.promised_on is not None:
            case.promised_on = _later(case.promised_on, stood)
        case.state, case.resume, case.stopped_on = case.resume, "", None


@dataclass
class Told:
    """As much of a `Move` as a declared value is told."""

    step: Step
    actor: User
    at: datetime
    data: dict[str, Any] = field(default_factory=dict)


def _in_version(step: Step, case: Case) -> bool:
    """Whether the policy version of the case has the step."""
    return step.policies is None or case.policy in step.policies


def _goes_on(step: Step) -> bool:
    """Whether it leads to a state in which the case runs; `Resume` gives back by itself what was stopped."""
    return isinstance(step.target, State) and not step.target.stops_clock and not step.target.outcome


def _later(day: date, working_days: int) -> date:
    return working_day(ordinal(day) + working_days)


def _close(limits: Iterable[Limit]) -> None:
    for limit in limits:
        limit.open = False
