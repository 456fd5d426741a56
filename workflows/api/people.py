"""The people of a case: typed in one by one, with what is wrong and what became of each; sealed numbers masked."""

from typing import Annotated

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Schema
from pydantic import Field

from accounts.models import Scope, User
from config.words import T
from forms.roster import Roster
from workflows import roster_people
from workflows.api.bearer import asker
from workflows.api.case_out import own_case, read_case, works_on
from workflows.api.kinds import After, Done, Id, Limit, Rows, Typed, Words
from workflows.api.lists import page_of
from workflows.api.problems import WrongOut
from workflows.api.routes import EMPLOYER, ON_CASES, Routes
from workflows.engine.decide import explain
from workflows.models import Application, Person, Result
from workflows.roster_people import typed_of
from workflows.web.roster.rows import masked

routes = Routes("The roster")


class PersonOut(Schema):
    """One person. `typed` is what a person would type, sealed numbers masked; `errors` what is wrong in it.

    The result is null for applicants until the authority has decided; the tax record is the office's own.
    """

    id: int
    position: int
    name: str
    typed: dict[str, str]
    errors: list[WrongOut]
    result: str | None
    rule: str | None
    why: str | None
    award_fen: int | None
    frozen: bool | None
    revoked: bool | None
    record_tax_fen: int | None
    difference_fen: int | None


class PersonIn(Schema):
    """Typed cells by column name. Changing a person, a column that is left out stays; `seen` is optional."""

    typed: Annotated[dict[Words, Typed], Field(max_length=60, min_length=1)]


class PersonSaved(Schema):
    """The person as they stand after saving, and warnings about what was typed."""

    person: PersonOut
    doubts: list[str]


def person_out(case: Application, roster: Roster, person: Person, viewer: User) -> PersonOut:
    """`person` as `viewer` may read them."""
    staff = works_on(viewer, case)
    told = staff or bool(getattr(case, "decided", False))
    typed = typed_of(roster, person)
    shown = {
        c.name: masked(typed[c.name], c.kind.mask_head) if c.kind.sealed and typed[c.name] else typed[c.name]
        for c in roster.columns
    }
    compared = staff and person.compared_at is not None
    return PersonOut(
        id=person.pk,
        position=person.position,
        name=person.name,
        typed=shown,
        errors=[WrongOut(at=p["column"], sentence=_words(p)) for p in person.problems],
        result=person.result if told else None,
        rule=person.rule if told else None,
        why=str(explain(case.declaration, case.policy, person)) if told else None,
        award_fen=person.award_fen if told else None,
        frozen=person.frozen if told else None,
        revoked=person.revoked if told else None,
        record_tax_fen=person.record_tax_fen if staff else None,
        difference_fen=(person.tax_fen or 0) - (person.record_tax_fen or 0) if compared else None,
    )


def _words(problem: dict[str, str]) -> str:
    return str(T(en=problem["en"], zh=problem["zh"]))


def _roster_of(case: Application) -> Roster:
    if case.declaration.roster is None:
        raise Http404
    return case.declaration.roster


@routes.get("/cases/{pk}/people", Rows[PersonOut], scope=Scope.CASES_READ, by=ON_CASES)
def case_people(
    request: HttpRequest,
    pk: Id,
    after: After = None,
    limit: Limit = 30,
    result: Result | None = None,
    rule: Words | None = None,
    wrong: bool | None = None,
    name: Annotated[Words | None, Query()] = None,
) -> Rows[PersonOut]:
    """The roster in its order, with what is wrong and what is decided for each; narrowed where it is decided."""
    user = asker(request)
    case = read_case(request, pk)
    roster = _roster_of(case)
    people = Person.objects.filter(application=case)
    if works_on(user, case) or getattr(case, "decided", False):
        # Before the decision a filter by result would tell the result.
        people = people.filter(**{} if result is None else {"result": result.value})
        people = people.filter(**{} if rule is None else {"rule": rule})
    elif result is not None or rule is not None:
        people = people.none()
    if wrong is not None:
        people = people.exclude(problems=[]) if wrong else people.filter(problems=[])
    if name:
        people = people.filter(name__icontains=name)
    page, following = page_of(request, people, after=after, limit=limit, by="position")
    return Rows[PersonOut](rows=[person_out(case, roster, p, user) for p in page], next=following)


@routes.get("/cases/{pk}/people/{person}", PersonOut, scope=Scope.CASES_READ, by=ON_CASES)
def case_person(request: HttpRequest, pk: Id, person: Id) -> PersonOut:
    """One person of the roster, with the result."""
    case = read_case(request, pk)
    found = get_object_or_404(Person, application=case, pk=person)
    return person_out(case, _roster_of(case), found, asker(request))


@routes.change("POST", "/cases/{pk}/people", PersonSaved, scope=Scope.CASES_WRITE, by=EMPLOYER, status=201)
def case_person_add(request: HttpRequest, pk: Id, asked: PersonIn) -> PersonSaved:
    """Add a person, wrong or incomplete as the cells may be; the answer says what is wrong."""
    return _saved(request, pk, None, asked)


@routes.change("PATCH", "/cases/{pk}/people/{person}", PersonSaved, scope=Scope.CASES_WRITE, by=EMPLOYER)
def case_person_save(request: HttpRequest, pk: Id, person: Id, asked: PersonIn) -> PersonSaved:
    """Change cells of a person."""
    return _saved(request, pk, person, asked)


def _saved(request: HttpRequest, pk: int, person: int | None, asked: PersonIn) -> PersonSaved:
    case = own_case(request, pk)
    roster = _roster_of(case)
    if not asked.typed.keys() <= roster.by_name.keys():
        raise Http404
    posted = dict(asked.typed)
    if person is not None:
        found = get_object_or_404(Person, application=case, pk=person)
        stored = typed_of(roster, found)
        posted = {**stored, **posted}
    saved = roster_people.save_person(case, person, posted)
    return PersonSaved(
        person=person_out(case, roster, saved.person, asker(request)), doubts=[str(d) for d in saved.doubts]
    )


@routes.change("DELETE", "/cases/{pk}/people/{person}", Done, scope=Scope.CASES_WRITE, by=EMPLOYER)
def case_person_remove(request: HttpRequest, pk: Id, person: Id) -> Done:
    """Take a person off the roster."""
    case = own_case(request, pk)
    found = get_object_or_404(Person, application=case, pk=person)
    roster_people.remove_person(case, found.pk)
    return Done(done="removed")
