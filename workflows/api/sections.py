"""The form of a case: its sections as they stand, saving one, and the declaration of truth."""

from typing import Annotated

from django.http import Http404, HttpRequest
from ninja import Schema
from pydantic import Field

from accounts.models import Scope
from accounts.sealing import mask
from forms.answers import KEPT, judge
from forms.schema import Field as FormField
from workflows import drafts
from workflows.api.bearer import asker
from workflows.api.case_out import own_case, read_case, works_on
from workflows.api.kinds import Id, Slug, Typed, Words
from workflows.api.routes import EMPLOYER, ON_CASES, Routes
from workflows.errors import Locked
from workflows.models import Application
from workflows.seen import SEEN, fingerprint

routes = Routes("The application's form")


class AnswerOut(Schema):
    """One field: what was typed (a sealed one masked), whether it is asked at all, what is wrong with it.

    `seen` is the fingerprint of what stands there: send it back as `seen` to change nothing that somebody
    else has changed since.
    """

    name: str
    typed: str
    asked: bool
    open: bool
    problem: str
    code: str
    seen: str


class SectionAnswersOut(Schema):
    slug: str
    title: str
    fields: list[AnswerOut]


class CollisionOut(Schema):
    """A field that somebody else has changed since it was read: theirs stands."""

    name: str
    theirs: str


class SavedOut(Schema):
    """The section as it stands after saving."""

    section: SectionAnswersOut
    collisions: list[CollisionOut]
    form_problems: int


class AnswersIn(Schema):
    """Typed answers by field name; a field that is left out stays. `seen` is optional, by field name."""

    answers: Annotated[dict[Words, Typed], Field(max_length=200)]
    seen: Annotated[dict[Words, Words], Field(max_length=200)] = {}


class DeclarationIn(Schema):
    """Whether the declaration of truth is made."""

    made: bool


class DeclarationOut(Schema):
    declared_at: str | None


def _section_out(case: Application, slug: str, *, staff: bool) -> SectionAnswersOut:
    form = case.declaration.form
    section = form.section(slug)
    typed = drafts.answers_of(case)
    judged = judge(form, typed)
    rights = drafts.unlocked(case)
    open_ = set() if staff else rights.fields({field.name for field in section.fields})
    return SectionAnswersOut(
        slug=slug,
        title=str(section.title),
        fields=[
            AnswerOut(
                name=field.name,
                typed=_shown(field, typed.get(field.name, "")),
                asked=judged[field.name].asked,
                open=field.name in open_,
                problem=str(p) if (p := judged[field.name].problem) else "",
                code=p.code if p else "",
                seen=fingerprint(typed.get(field.name, "")),
            )
            for field in section.fields
        ],
    )


def _shown(field: FormField, typed: str) -> str:
    return mask(typed.strip(), head=field.kind.mask_head) if field.kind.sealed else typed


@routes.get("/cases/{pk}/sections", list[SectionAnswersOut], scope=Scope.CASES_READ, by=ON_CASES)
def case_sections(request: HttpRequest, pk: Id) -> list[SectionAnswersOut]:
    """All sections with their answers; sealed numbers masked."""
    case = read_case(request, pk)
    staff = works_on(asker(request), case)
    return [_section_out(case, section.slug, staff=staff) for section in case.declaration.form.sections]


@routes.change("PATCH", "/cases/{pk}/sections/{slug}", SavedOut, scope=Scope.CASES_WRITE, by=EMPLOYER)
def case_section_save(request: HttpRequest, pk: Id, slug: Slug, asked: AnswersIn) -> SavedOut:
    """Save answers of a section, wrong or incomplete as they may be; the answer says what is wrong.

    Only a draft, and what a correction asks for, can be changed.
    """
    case = own_case(request, pk)
    section = next((s for s in case.declaration.form.sections if s.slug == slug), None)
    names = {field.name for field in section.fields} if section else set()
    if section is None or not asked.answers.keys() <= names:
        raise Http404
    locked = asked.answers.keys() - drafts.unlocked(case).fields(names)
    if locked or not asked.answers:
        raise Locked(what=section.title)
    _reading, collisions = drafts.save_section_as_seen(case, slug, _posted(case, names, asked))
    now = own_case(request, pk)
    return SavedOut(
        section=_section_out(now, slug, staff=False),
        collisions=[
            CollisionOut(name=c.name, theirs=_shown(now.declaration.form.by_name[c.name], c.theirs))
            for c in collisions
        ],
        form_problems=now.form_problems,
    )


def _posted(case: Application, names: set[str], asked: AnswersIn) -> dict[str, str]:
    """As a page posts it: what is left out is what stands there, and it is said so."""
    stored = drafts.answers_of(case)
    posted: dict[str, str] = {}
    for name in names:
        if name in asked.answers:
            posted[name] = asked.answers[name]
            if name in asked.seen:
                posted[SEEN.format(name=name)] = asked.seen[name]
        else:
            posted[name] = stored.get(name, "")
            posted[SEEN.format(name=name)] = fingerprint(stored.get(name, ""))
            posted[KEPT.format(name=name)] = "1"
    return posted


@routes.change("PUT", "/cases/{pk}/declaration", DeclarationOut, scope=Scope.CASES_WRITE, by=EMPLOYER)
def case_declaration(request: HttpRequest, pk: Id, asked: DeclarationIn) -> DeclarationOut:
    """Make the declaration of truth on a draft, or take it back."""
    case = own_case(request, pk)
    drafts.declare(case, made=asked.made)
    now = own_case(request, pk)
    return DeclarationOut(declared_at=now.declared_at.isoformat() if now.declared_at else None)
