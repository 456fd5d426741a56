"""The expert database as a whole: everybody who waits, grades, lists from Excel, and the tree of fields."""

from typing import Annotated
from uuid import UUID

from django.db.models import Count
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Schema
from pydantic import StringConstraints

from accounts.models import Organisation, Role, Scope
from storage.models import Document
from workflows.api.bearer import asker
from workflows.api.case_out import iso
from workflows.api.expert_files import routes
from workflows.api.experts import STAFF
from workflows.api.kinds import DocumentOut, Done, FileIn, Id, Sha256In, TicketOut
from workflows.api.routes import OFFICIAL, Declare
from workflows.api.said import checked
from workflows.api.uploads import announced, document_out, finished
from workflows.models import Competence, ExpertField
from workflows.review.experts import excel, field_seed, fields, grading, importing
from workflows.review.experts.approving import approve_waiting
from workflows.web.experts.excel import LIMITS, base_of
from workflows.web.experts.forms import FieldForm
from workflows.web.experts.office import bases_of
from workflows.web.experts.tree import CHANGES_SHOWN, changes_of, rows_of

R, W = Scope.REVIEWS_READ, Scope.REVIEWS_WRITE
Title = Annotated[str, StringConstraints(max_length=80)]


class EnrolledOut(Schema):
    """How many are enrolled now, and how many still wait: without a field, or for another official."""

    enrolled: int
    left: int


class GradedOut(Schema):
    """So many grades changed."""

    changed: int


class FieldOfExpertsOut(Schema):
    """A field of the tree. `experts` know it; nobody chooses it any more once it is `retired_at`."""

    id: int
    code: str
    title_zh: str
    title_en: str
    parent: int | None
    depth: int
    experts: int
    retired_at: str | None


class FieldNamesIn(Schema):
    """Its names, and under which field it stands, by id; null for one of the first level."""

    title_zh: Title
    title_en: Title
    parent: Id | None = None


class FieldMadeIn(FieldNamesIn):
    """A new field; its code stays."""

    code: Annotated[str, StringConstraints(max_length=20)]


class FieldLineOut(Schema):
    """A line of a field's history."""

    at: str
    what: str
    by: str


class FieldWhole(Schema):
    """A field with its newest history."""

    id: int
    code: str
    title_zh: str
    title_en: str
    parent: int | None
    retired_at: str | None
    history: list[FieldLineOut]


class CellOut(Schema):
    """A cell of a list that cannot be taken."""

    row: int
    column: str
    sentence: str


class ListedChangeOut(Schema):
    """What a list says otherwise of a file: label → as it is, as it would be. Sealed numbers are not shown."""

    expert: str
    differs: dict[str, tuple[str, str]]


class ExpertListOut(Schema):
    """What a list would do: whom it adds, by e-mail; what it changes; what cannot be taken."""

    document: str
    added: list[str]
    changed: list[ListedChangeOut]
    same: int
    problems: list[CellOut]


@routes.change("POST", "/expert-approvals", EnrolledOut, scope=W, by=OFFICIAL)
def experts_approve(request: HttpRequest) -> EnrolledOut:
    """Enrol everybody who waits and whom one may approve."""
    user = asker(request)
    mine = user.organisations_as(Role.OFFICIAL)
    decided = [approve_waiting(office, by=user) for office in bases_of(user) if office.pk in mine]
    return EnrolledOut(enrolled=sum(one.enrolled for one in decided), left=sum(one.left for one in decided))


@routes.change("POST", "/expert-grades", GradedOut, scope=W, by=STAFF)
def experts_regrade(request: HttpRequest) -> GradedOut:
    """Count the grades again, from the service of the last three years."""
    return GradedOut(changed=sum(grading.regrade(office) for office in bases_of(asker(request))))


@routes.get("/expert-lists", list[DocumentOut], scope=R, by=STAFF)
def experts_lists(request: HttpRequest) -> list[DocumentOut]:
    """The lists that were uploaded for one's database, newest first."""
    return [document_out(one) for one in importing.uploads_of(base_of(asker(request)))[:30]]


@routes.change("POST", "/expert-lists/uploads", TicketOut, scope=W, by=STAFF, status=201)
def experts_list_begin(request: HttpRequest, asked: FileIn) -> TicketOut:
    """Announce a list of experts (.xlsx), in the form of the page's template."""
    office = base_of(asker(request))
    return announced(
        request, asked, organisation=office, limits=LIMITS, purpose=importing.purpose_of(office),
        finish="/api/v1/expert-lists/uploads/{document}/finish",
    )  # fmt: skip


@routes.change("POST", "/expert-lists/uploads/{document}/finish", DocumentOut, scope=W, by=STAFF)
def experts_list_finish(request: HttpRequest, document: UUID, asked: Sha256In) -> DocumentOut:
    """The list is in the store: a worker checks it."""
    purpose = importing.purpose_of(base_of(asker(request)))
    return document_out(finished(request, document, asked, purpose=purpose))


def _list(request: HttpRequest, document: UUID) -> tuple[Organisation, Document]:
    office = base_of(asker(request))
    return office, get_object_or_404(importing.uploads_of(office), pk=document)


def _checked(document: Document, found: importing.Check) -> ExpertListOut:
    return ExpertListOut(
        document=str(document.pk), added=[one.email for one in found.added], same=found.same,
        changed=[
            ListedChangeOut(
                expert=one.expert.code, differs={str(label): (str(old), str(new)) for label, old, new in one.differs}
            )
            for one in found.changed
        ],
        problems=[
            CellOut(row=one.row, column=str(one.label), sentence=str(one.words)) for one in found.problems
        ],
    )  # fmt: skip


@routes.get("/expert-lists/{document}", ExpertListOut, scope=R, by=STAFF)
def experts_list(request: HttpRequest, document: UUID) -> ExpertListOut:
    """What a list would add and change; nothing is done by looking."""
    office, found = _list(request, document)
    return _checked(found, importing.check(office, *excel.read(found)))


@routes.change("POST", "/expert-lists/{document}/apply", ExpertListOut, scope=W, by=STAFF)
def experts_list_apply(request: HttpRequest, document: UUID) -> ExpertListOut:
    """Do what the list says, all or nothing: new files wait for approval, titles and posts for confirmation."""
    office, found = _list(request, document)
    said, problems = excel.read(found)
    return _checked(found, importing.apply(office, said, problems, by=asker(request)))


@routes.get("/expert-fields", list[FieldOfExpertsOut], scope=R, by=STAFF)
def expert_fields(request: HttpRequest) -> list[FieldOfExpertsOut]:  # noqa: ARG001 - one tree for all
    """The whole tree, in its order."""
    known = dict(Competence.objects.order_by().values_list("field").annotate(n=Count("*")))
    return [
        FieldOfExpertsOut(
            id=one.pk, code=one.code, title_zh=one.title_zh, title_en=one.title_en, parent=one.parent_id, depth=depth,
            experts=known.get(one.pk, 0), retired_at=iso(one.retired_at),
        )
        for one, depth in rows_of()
    ]  # fmt: skip


def _field(pk: int) -> ExpertField:
    return get_object_or_404(ExpertField.objects.select_related("parent"), pk=pk)


def _whole(pk: int) -> FieldWhole:
    one = _field(pk)
    lines = changes_of(one.changes.select_related("by").order_by("-pk")[:CHANGES_SHOWN])
    return FieldWhole(
        id=one.pk, code=one.code, title_zh=one.title_zh, title_en=one.title_en, parent=one.parent_id,
        retired_at=iso(one.retired_at),
        history=[
            FieldLineOut(at=line.at.isoformat(), what=str(words), by=str(line.by or "")) for line, words, _ in lines
        ],
    )  # fmt: skip


@routes.get("/expert-fields/{pk}", FieldWhole, scope=R, by=STAFF)
def expert_field(request: HttpRequest, pk: Id) -> FieldWhole:  # noqa: ARG001
    """One field with its history."""
    return _whole(pk)


@routes.change("POST", "/expert-fields", FieldWhole, scope=W, by=STAFF, status=201)
def expert_field_add(request: HttpRequest, asked: FieldMadeIn) -> FieldWhole:
    """Add a field, the last of its parent's."""
    said = checked(FieldForm(asked.model_dump()))
    return _whole(fields.add(**said, by=asker(request)).pk)


@routes.change("PUT", "/expert-fields/{pk}", FieldWhole, scope=W, by=STAFF)
def expert_field_change(request: HttpRequest, pk: Id, asked: FieldNamesIn) -> FieldWhole:
    """Rename a field, or put it somewhere else with all its parts."""
    form = FieldForm(asked.model_dump())
    del form.fields["code"]
    fields.change(_field(pk), **checked(form), by=asker(request))
    return _whole(pk)


def _act(name: str) -> Declare:
    return routes.change("POST", f"/expert-fields/{{pk}}/{name}", FieldWhole, scope=W, by=STAFF)


@_act("up")
def expert_field_up(request: HttpRequest, pk: Id) -> FieldWhole:
    """Move a field before its neighbour."""
    fields.shift(_field(pk), -1, by=asker(request))
    return _whole(pk)


@_act("down")
def expert_field_down(request: HttpRequest, pk: Id) -> FieldWhole:
    """Move a field behind its neighbour."""
    fields.shift(_field(pk), 1, by=asker(request))
    return _whole(pk)


@_act("retirement")
def expert_field_retire(request: HttpRequest, pk: Id) -> FieldWhole:
    """Retire a field: nobody chooses it any more."""
    fields.retire(_field(pk), by=asker(request))
    return _whole(pk)


@_act("restoration")
def expert_field_restore(request: HttpRequest, pk: Id) -> FieldWhole:
    """Take a field back into use, and what it stands under."""
    fields.restore(_field(pk), by=asker(request))
    return _whole(pk)


@routes.change("POST", "/expert-tree/usual", Done, scope=W, by=STAFF)
def expert_fields_load(request: HttpRequest) -> Done:
    """Put the usual fields into the tree."""
    return Done(done=str(field_seed.load_fields(by=asker(request))))
