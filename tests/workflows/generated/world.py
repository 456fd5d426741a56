"""The people, offices and cases in which a programme's generated tests live, made in a few statements."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from itertools import product
from typing import Any

from accounts.models import Membership, Organisation, Role, User
from tests.workflows.generated.conditions import (
    HERE,
    NotInPython,
    answers,
    columns,
    kinds_of_values,
    literals,
)
from tests.workflows.generated.reducer import Case, Person, Reducer
from workflows.engine.declare import Programme, Step
from workflows.engine.perform import Move
from workflows.models import Application, Assignment, Batch, Expert, ReviewSession, Round, Seat
from workflows.programmes import registry

START = datetime(2019, 3, 4, 9, tzinfo=HERE)
MOST = 100
EXPERTS = ("expert", "expert2", "chair")


def _seen(move: Move) -> None:
    """In place of a step's Python body: the event tells that it ran, and for how many."""
    move.found["ran"] = len(move.ids)


@contextmanager
def stilled(programme: Programme) -> Iterator[Programme]:
    """`programme` as declared, its Python bodies put to rest: they need rosters, batches and banks of their own."""
    steps = {
        name: replace(step, effect=_seen if step.effect else None) for name, step in programme.steps.items()
    }
    still = replace(programme, steps=steps)
    registry()[programme.slug] = still
    try:
        yield still
    finally:
        registry()[programme.slug] = programme


@dataclass
class World:
    """One office, one authority, fifty employers, one person a role and a few strangers."""

    programme: Programme
    round: Round
    employers: list[Organisation]
    people: list[Person]
    batches: list[dict[str, Any]]
    experts: list[tuple[Expert, Seat]] = field(default_factory=list)
    start: datetime = START

    def person_for(self, step: Step) -> list[Person]:
        """Those who hold a role of the step on the cases of this world."""
        wanted = set(map(str, step.by))
        return [
            p
            for p in self.people[:-2]
            if p.is_system * ("system" in wanted) or wanted & {r for r, _ in p.roles}
        ]

    def one_a_role(self) -> list[Person]:
        """The people without those who repeat or join what others are."""
        return [p for p in self.people if not p.user.email.startswith(("official2", "both"))]

    @cached_property
    def domains(self) -> dict[str, list[Any]]:
        """Column → the values that guards are tried with."""
        who = self.people[0]
        named = set[str]().union(
            *(columns_of(step, who, self.start) for step in self.programme.steps.values())
        )
        counted = {step.counted for step in self.programme.steps.values()}
        found: dict[str, list[Any]] = {}
        guards = [g for step in self.programme.steps.values() for g in step.when]
        for name in sorted(named - counted - GIVEN):
            field = Application._meta.get_field(name)
            found[name] = kinds_of_values(field, self.start)
            if name == "facts":
                asked = [answers(g, who.user, self.start, {"year": self.round.year}) for g in guards]
                found[name] = [{}, {key: value for one in asked for key, value in one.items()}]
            elif name == "batch":
                found[name] = [None, *self.batches]
            elif field.get_internal_type() == "CharField":
                compared = [literals(g, who.user, self.start).get(name, []) for g in guards]
                found[name] = ["", *dict.fromkeys(one for some in compared for one in some)][:4]
            elif field.is_relation:
                found[name] = [None, self.people[0].user.pk]
        return found

    def new_cases(self, count: int, versions: Sequence[str] = ()) -> list[Case]:
        """That many drafts of as many employers, of each policy version (or of `versions`) in turn."""
        round_, by = self.round, self.people[0].user
        first = str(self.programme.states[0])
        versions = versions or list(self.programme.policies)
        rows = Application.objects.bulk_create(
            Application(
                programme=round_.programme, policy=versions[n % len(versions)], year=round_.year,
                round=round_, applicant=employer,
                handler_id=round_.handler_id, authority_id=round_.authority_id, created_by=by, state=first,
                created_at=self.start, entered_at=self.start, form_problems=0, papers_missing=0,
            )
            for n, employer in enumerate(self.employers[:count])
        )  # fmt: skip
        self._assign(rows)
        round_facts = {"id": round_.pk, "opens_at": round_.opens_at, "closes_at": round_.closes_at}
        defaults = {name: self._default(name) for name in self.domains}
        return [
            Case(
                pk=row.pk,
                places={
                    "applicant": row.applicant_id, "handler": row.handler_id, "authority": row.authority_id,
                },
                facts={**defaults, "round": round_facts, "created_by": by.pk, "policy": row.policy, "year": row.year,
                       "form_problems": 0, "papers_missing": 0, "applicant": row.applicant_id,
                       "handler": row.handler_id, "authority": row.authority_id},
                policy=row.policy,
                state=first,
            )
            for row in rows
        ]  # fmt: skip

    def _assign(self, rows: Sequence[Application]) -> None:
        """Every expert reviews every case: one comes new to it, one has given the undertaking, the chair has scored."""
        for n, (expert, seat) in enumerate(self.experts):
            Assignment.objects.bulk_create(
                Assignment(
                    expert=expert, application=row, seat=seat, made_by=self.people[0].user,
                    undertaking_at=self.start if n else None, submitted_at=self.start if n == 2 else None,
                )
                for row in rows
            )  # fmt: skip

    @staticmethod
    def _default(name: str) -> Any:
        field = Application._meta.get_field(name)
        return field.get_default() if field.has_default() else None


# What a case has by being one: no test sets it otherwise.
GIVEN = frozenset({"round", "state", "created_by", "policy", "year", "applicant", "handler", "authority"})


def set_facts(cases: Sequence[Case], facts: dict[str, Any]) -> None:
    """The same facts for all of `cases`, in the database and in the model."""
    kept: dict[str, Any] = {}
    for name, value in facts.items():
        column = f"{name}_id" if Application._meta.get_field(name).is_relation else name
        kept[column] = value["id"] if column != name and isinstance(value, dict) else value
    if kept and cases:
        Application.objects.filter(pk__any=[case.pk for case in cases]).update(**kept)
        for case in cases:
            case.facts |= facts


def meeting(
    world: World, step: Step, case: Case, person: Person, reducer: Reducer, at: datetime
) -> dict[str, Any]:
    """Facts with which the guards of `step` are met on `case`, as far as facts can do that: found by trying."""
    domains = {n: v for n, v in world.domains.items() if n in columns_of(step, person, at)}
    best: dict[str, Any] = {}
    fewest = len(reducer.reasons(step, case, person, at))
    for values in product(*domains.values()):
        if not fewest:
            break
        facts = dict(zip(domains, values, strict=True))
        tried = replace(case, facts={**case.facts, **facts})
        if (left := len(reducer.reasons(step, tried, person, at))) < fewest:
            best, fewest = facts, left
    return best


def columns_of(step: Step, person: Person, at: datetime) -> set[str]:
    """The columns that the guards of `step` compare, as far as they can be read."""
    found: set[str] = set()
    for guard in step.when:
        with suppress(NotInPython):
            found |= columns(guard, person.user, at)
    return found


def world_of(programme: Programme, start: datetime = START) -> World:
    """A world with a round that is open until a hundred days from the start."""
    association = Organisation.objects.create(kind="association", name="厦门示例信息协会")
    authority = Organisation.objects.create(kind="authority", name="厦门示例工业和信息化局")
    elsewhere = Organisation.objects.create(kind="association", name="别家协会")
    employers = Organisation.objects.bulk_create(
        Organisation(kind="employer", name=f"示例企业{n}") for n in range(MOST)
    )
    has_experts = any(Role.EXPERT in step.by for step in programme.steps.values())
    policy = next(iter(programme.policies))
    round_ = Round.objects.create(
        programme=programme.slug, policy=policy, year=START.year, handler=association, authority=authority,
        opens_at=start - timedelta(days=10), closes_at=start + timedelta(days=100),
    )  # fmt: skip
    held = {
        "owner": [(Role.OWNER, e) for e in employers],
        "agent": [(Role.AGENT, e) for e in employers],
        "clerk": [(Role.CLERK, association)],
        "official": [(Role.OFFICIAL, authority)],
        "official2": [(Role.OFFICIAL, authority)],
        "cashier": [(Role.CASHIER, authority)],
        "auditor": [(Role.AUDITOR, authority)],
        "administrator": [(Role.ADMINISTRATOR, association)],
        "both": [(Role.CLERK, association), (Role.OFFICIAL, authority)],
        **({name: [(Role.EXPERT, association)] for name in EXPERTS} if has_experts else {}),
        "system": [],
        # A clerk of another office, and somebody with a role that counts elsewhere only.
        "stranger": [(Role.CLERK, elsewhere), (Role.OFFICIAL, association)],
        "nobody": [],
    }
    people = []
    for name, roles in held.items():
        user = User.objects.system() if name == "system" else User.objects.create_user(f"{name}@example.test")
        Membership.objects.bulk_create(Membership(user=user, organisation=o, role=r) for r, o in roles)
        people.append(Person(user, {(str(r), o.pk) for r, o in roles}, is_system=name == "system"))
    experts = _experts(round_, [p.user for p in people if p.user.email.split("@")[0] in EXPERTS])
    batches = _batches(round_, [p.user for p in people])
    return World(programme, round_, employers, people, batches, experts, start)


def _experts(round_: Round, users: Sequence[User]) -> list[tuple[Expert, Seat]]:
    """Enrolled experts on one panel, the last of them in the chair."""
    if not users:
        return []
    panel = ReviewSession.objects.create(
        round=round_, number="CC1", ordinal=1, office_id=round_.handler_id, secretary=users[0]
    )
    found = []
    for n, user in enumerate(users):
        expert = Expert.objects.create(
            code=f"E{n:04d}", office_id=round_.handler_id, user=user, name=user.email, email=user.email,
            status=Expert.Status.ENROLLED,
        )  # fmt: skip
        seat = Seat.objects.create(
            session=panel, expert=expert, is_chair=user is users[-1], state=Seat.State.CONFIRMED
        )
        found.append((expert, seat))
    return found


def _batches(round_: Round, users: list[User]) -> list[dict[str, Any]]:
    """One that is verified, one that is not, one that was approved; by different people."""
    clerk, official, official2 = users[2], users[3], users[4]
    made = [
        {"prepared_by": clerk.pk, "verified_by": official2.pk, "verified_at": START, "approved_by": None},
        {"prepared_by": clerk.pk, "verified_by": None, "verified_at": None, "approved_by": None},
        {
            "prepared_by": clerk.pk,
            "verified_by": official2.pk,
            "verified_at": START,
            "approved_by": official.pk,
        },
    ]
    found = []
    for n, facts in enumerate(made, start=1):
        keys = {f"{name}_id" if name.endswith("_by") else name: value for name, value in facts.items()}
        batch = Batch.objects.create(
            number=f"PC{n}", round=round_, ordinal=n, handler_id=round_.handler_id,
            authority_id=round_.authority_id, **keys,
        )  # fmt: skip
        found.append({"id": batch.pk, **facts})
    return found
