"""One person of a roster by hand: typed into a form, kept as typed also where it is wrong, or taken away."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any

from django.db import transaction

from config.errors import Refusal
from config.words import T
from forms.answers import KEPT, judge
from forms.answers import read as read_answers
from forms.errors import CellProblem, Problem
from forms.fields import Percent
from forms.fields.decimal import canonical
from forms.roster import MAX_ROWS, Roster
from forms.schema import Field, Form, Section
from workflows.corrections import recheck_points
from workflows.drafts import unlocked
from workflows.errors import Locked
from workflows.models import Application, Person
from workflows.models.person import PersonFacts
from workflows.roster_difference import forget, next_position
from workflows.roster_rows import DUPLICATE, FACTS, Row, problem_json, row_of, tenure_until, twin_of
from workflows.rosters import NoSuchPerson, redecide_people
from workflows.seen import Collision, sorted_out

SECTION = "person"


class RosterFull(Refusal):
    code = "roster_full"
    status = 409
    words = T(
        en="The roster has {limit:,} people already, which is the most that one application can have.",
        zh="名单已有 {limit:,} 人，达到一份申报的上限。",
    )


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of a person that was typed in. `collisions`: what somebody else changed meanwhile stands."""

    person: Person
    collisions: list[Collision] = field(default_factory=list)
    doubts: list[T] = field(default_factory=list)


@cache
def person_form(roster: Roster) -> Form:
    """The columns of the roster as a form of one section."""
    fields = tuple(Field(c.name, c.label, c.kind, c.required, c.hint) for c in roster.columns)
    return Form(slug="roster", sections=(Section(SECTION, roster.title, fields),))


def roster_of(case: Application) -> Roster:
    """The roster that the programme of `case` declares.

    Raises:
        NoSuchPerson: it has none.
    """
    if case.declaration.roster is None:
        raise NoSuchPerson
    return case.declaration.roster


def typed_of(roster: Roster, person: PersonFacts) -> dict[str, str]:
    """Each column as a person would type it; wrong cells as they were typed."""
    raw: dict[str, str] = json.loads(person.raw or "{}")
    return {
        column.name: raw[column.name] if column.name in raw else _typed(column.kind, person, column.name)
        for column in roster.columns
    }


def _typed(kind: Any, person: PersonFacts, name: str) -> str:
    value = getattr(person, name)
    if value is None or value == "":
        return ""
    if isinstance(kind, Percent):
        return canonical(Decimal(value) * 100)
    return str(kind.raw(value))


def save_person(case: Application, person_id: int | None, posted: Mapping[str, str]) -> Saved:
    """Keep what was typed of one person (a new one for None), wrong as it may be; decide and count anew.

    Adding somebody twice with the same facts adds them once.

    Raises:
        Locked: this person, or for a new one the roster, cannot be changed now.
        NoSuchPerson: nobody of this roster has the id.
        RosterFull: one more would be too many.
    """
    roster = roster_of(case)
    form = person_form(roster)
    with transaction.atomic():
        locked = _locked(case)
        person = _person(locked, person_id)
        rights = unlocked(locked)
        if not (rights.roster() if person is None else rights.person(person.pk)):
            raise Locked(what=roster.title if person is None else person.name or roster.title)
        stored = typed_of(roster, person) if person is not None else {}
        changed, collisions = sorted_out(stored, posted, set(roster.by_name))
        collisions = [c for c in collisions if c.mine.strip() or not posted.get(KEPT.format(name=c.name))]
        reading = read_answers(form, SECTION, posted, answers=stored, only=changed)
        row, doubts = _judged(locked, roster, {**stored, **reading.open, **reading.sealed})
        person = _keep(locked, person, row)
    return Saved(person, collisions, doubts)


def _judged(case: Application, roster: Roster, typed: dict[str, str]) -> tuple[Row, list[T]]:
    judged = judge(person_form(roster), typed)
    problems = [
        CellProblem(0, name, roster.by_name[name].label, typed.get(name, ""), answer.problem.code,
                    answer.problem.words)
        for name, answer in judged.items()
        if answer.problem is not None
    ]  # fmt: skip
    values = {name: answer.value for name, answer in judged.items()}
    doubts = [answer.doubt.words for answer in judged.values() if answer.doubt is not None]
    return row_of(values, typed, problems, tenure_until(case)), doubts


def _keep(case: Application, person: Person | None, row: Row) -> Person:
    columns = {**row.facts, "id_number": row.id_number, "raw": row.raw, "problems": row.problems}
    if person is None:
        same = _same(case, row)
        if same is not None:
            return same
        if case.people.count() >= MAX_ROWS:
            raise RosterFull(limit=MAX_ROWS)
        person = Person(application=case, position=next_position(case.pk))
    before = bytes(person.id_index)
    # Facts that differ from those a hold was released for, or the record compared with, are looked at again.
    if any(getattr(person, name) != row.facts[name] for name in FACTS):
        person.released = []
    if before != row.id_index:
        person.released, person.record_tax_fen, person.compared_at = [], None, None
    for name, value in columns.items():
        setattr(person, name, value)
    person.id_index = row.id_index
    person.save()
    marked = mark_twins(case, [before, row.id_index])
    redecide_people(case, {person.pk, *marked})
    if case.standing.stops_clock:
        recheck_points(case, roster_changed=True)
    return Person.objects.get(pk=person.pk)


def _same(case: Application, row: Row) -> Person | None:
    """The person who is on the roster already with exactly these facts: the second of two clicks."""
    if not row.id_number or row.raw:
        return None
    for person in case.people.filter(id_index=row.id_index):
        if all(getattr(person, name) == row.facts[name] for name in FACTS):
            return person
    return None


def mark_twins(case: Application, indexes: Iterable[bytes]) -> list[int]:
    """Say of each of these numbers whether it stands twice on the roster; ids of the people this changed."""
    marked = []
    for index in {bytes(index) for index in indexes} - {b""}:
        twins = [p for p in case.people.filter(id_index=index).order_by("position") if p.id_number]
        for person in twins:
            kept = [problem for problem in person.problems if problem["code"] != DUPLICATE]
            other = next((twin for twin in twins if twin.pk != person.pk), None)
            if other is not None:
                kept.append(problem_json(_twin(person, other)))
            if kept != person.problems:
                person.problems = kept
                person.save(update_fields=["problems"])
                marked.append(person.pk)
    return marked


def _twin(person: Person, other: Person) -> CellProblem:
    problem: Problem = twin_of(other.position)
    label = T(en="", zh="")
    return CellProblem(0, "id_number", label, person.id_number, problem.code, problem.words)


def remove_person(case: Application, person_id: int) -> None:
    """Take one person off a roster that may change; points and uploads that named them stay.

    Raises:
        Locked: the roster cannot be changed now.
        NoSuchPerson: nobody of this roster has the id.
    """
    with transaction.atomic():
        locked = _locked(case)
        person = _person(locked, person_id)
        if not unlocked(locked).roster():
            raise Locked(what=roster_of(case).title)
        assert person is not None
        forget([person.pk])
        redecide_people(locked, mark_twins(locked, [bytes(person.id_index)]))
        if locked.standing.stops_clock:
            recheck_points(locked, roster_changed=True)


def _locked(case: Application) -> Application:
    return Application.objects.select_for_update(of=("self",)).select_related("round").get(pk=case.pk)


def _person(case: Application, person_id: int | None) -> Person | None:
    if person_id is None:
        return None
    person = case.people.filter(pk=person_id).first()
    if person is None:
        raise NoSuchPerson
    return person
