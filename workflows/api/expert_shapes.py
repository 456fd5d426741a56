"""A file of the expert database as an answer, and what is written into one."""

from datetime import date
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field, StringConstraints

from workflows.api.case_out import iso
from workflows.api.kinds import Id, Ref, Sentence, Words
from workflows.models import Expert
from workflows.web.experts.file import contents

Kind = Literal["titles", "posts", "relations", "absences"]
Act = Literal["confirm", "end", "remove"]
Year = Annotated[int | None, Field(ge=0, le=9999)]
Long = Annotated[str, StringConstraints(max_length=2000)]
Languages = Annotated[list[Annotated[str, StringConstraints(max_length=2)]], Field(max_length=9)]
Load = Annotated[int, Field(ge=0, le=9999)]


class TitleOut(Schema):
    """A professional title; it counts once it is `verified_at`."""

    id: int
    name: str
    level: str
    awarded_on: str | None
    valid_until: str | None
    verified_at: str | None
    has_evidence: bool


class PostOut(Schema):
    """What ties the expert to an organisation."""

    id: int
    organisation: str
    kind: str
    credit_code: str
    group_code: str
    from_on: str | None
    until_on: str | None
    confirmed_at: str | None


class RelationOut(Schema):
    """A relative, whose name is sealed."""

    id: int
    kin: str
    organisation: str
    credit_code: str
    position: str


class AbsenceOut(Schema):
    """Days on which the expert cannot come, from today on."""

    id: int
    from_on: str
    until_on: str
    half: str


class ExpertFileOut(Schema):
    """A file without its sealed numbers. `against` says why they could not be drawn now."""

    id: int
    code: str
    name: str
    office: Ref
    status: str
    email: str
    about: str
    in_field_since: int | None
    languages: list[str]
    load: int
    load_limit: int
    grade: str | None
    reason: str
    applied_at: str | None
    decided_at: str | None
    fields: dict[str, int]
    titles: list[TitleOut]
    posts: list[PostOut]
    relations: list[RelationOut]
    absences: list[AbsenceOut]
    against: list[str]


class FileChangeOut(Schema):
    """A line of a file's history."""

    at: str
    what: str
    by: str
    reason: str


class ExpertFileWhole(ExpertFileOut):
    """A file as its office reads it, with its newest history."""

    history: list[FileChangeOut]


class DetailsIn(Schema):
    """What of the person changes; what is left out stays. A sealed number that is empty stays too.

    An expert changes phone, languages, load_limit and about of themselves; the rest is the office's.
    """

    name: Words | None = None
    email: Words | None = None
    phone: Words | None = None
    id_number: Words | None = None
    in_field_since: Year = None
    languages: Languages | None = None
    load_limit: Load | None = None
    about: Long | None = None


class ApplicationIn(Schema):
    """An application: the person, and the fields in which they can judge a project, by id."""

    office: Id | None = None
    name: Words
    email: Words = ""
    phone: Words = ""
    id_number: Words = ""
    in_field_since: Year = None
    languages: Languages = ["zh"]
    load_limit: Load = 20
    about: Long = ""
    fields_known: Annotated[list[Id], Field(max_length=200)]


class StrengthsIn(Schema):
    """Code of a field → 1 to 3, how well it is known; fields that are not named are not known."""

    fields: Annotated[
        dict[Annotated[str, StringConstraints(max_length=20)], Annotated[int, Field(ge=1, le=3)]],
        Field(max_length=500),
    ]


class PartIn(Schema):
    """One row more; each kind reads its own members.

    titles: name, level (senior, middle, junior), awarded_on, valid_until. posts: organisation, kind (employed,
    director, supervisor, controller, shareholder, adviser), credit_code, group_code, from_on, until_on. relations:
    kin (spouse, lineal, collateral, in_law, other), relative, organisation, credit_code, position. absences:
    from_on, until_on, half (am, pm, or empty).
    """

    name: Words = ""
    level: Words = ""
    awarded_on: date | None = None
    valid_until: date | None = None
    organisation: Words = ""
    kind: Words = "employed"
    credit_code: Words = ""
    group_code: Words = ""
    from_on: date | None = None
    until_on: date | None = None
    kin: Words = ""
    relative: Words = ""
    position: Words = ""
    half: Words = ""


class PartActIn(Schema):
    """`until_on` with `end`: the last day of the post."""

    until_on: date | None = None


class ReasonedIn(Schema):
    """Why; the person reads it."""

    reason: Sentence


class SealedIn(Schema):
    """What is shown: `phone`, `id_number`, or `relation:` with its id."""

    what: Annotated[str, StringConstraints(pattern=r"^(phone|id_number|relation:[0-9]{1,18})$")]


class SealedOut(Schema):
    """Shown once; that it was stays in the history."""

    label: str
    text: str


def file_out(found: Expert) -> dict[str, Any]:
    """What both doors say of a file; a fixed number of statements."""
    held = contents(found)
    return {
        "id": found.pk, "code": found.code, "name": found.name,
        "office": Ref(id=found.office_id, name=found.office.name),
        "status": found.status, "email": found.email, "about": found.about, "in_field_since": found.in_field_since,
        "languages": list(found.languages), "load": held["load"], "load_limit": found.load_limit,
        "grade": None if found.grade is None else str(found.grade), "reason": found.reason,
        "applied_at": iso(found.applied_at), "decided_at": iso(found.decided_at),
        "fields": {one.field.code: one.strength for one in held["competences"]},
        "titles": [
            TitleOut(
                id=one.pk, name=one.name, level=one.level, awarded_on=iso(one.awarded_on),
                valid_until=iso(one.valid_until), verified_at=iso(one.verified_at),
                has_evidence=one.evidence_id is not None,
            )
            for one, _ in held["titles"]
        ],
        "posts": [
            PostOut(
                id=one.pk, organisation=one.organisation, kind=one.kind, credit_code=one.credit_code,
                group_code=one.group_code, from_on=iso(one.from_on), until_on=iso(one.until_on),
                confirmed_at=iso(one.confirmed_at),
            )
            for one in held["posts"]
        ],
        "relations": [
            RelationOut(
                id=one.pk, kin=one.kin, organisation=one.organisation, credit_code=one.credit_code,
                position=one.position,
            )
            for one in held["relations"]
        ],
        "absences": [
            AbsenceOut(id=one.pk, from_on=one.from_on.isoformat(), until_on=one.until_on.isoformat(), half=one.half)
            for one in held["absences"]
        ],
        "against": [str(rule) for rule in held["against"]],
    }  # fmt: skip
