"""One's own file in the expert database: applying, and keeping it current."""

from typing import Literal
from uuid import UUID

from django.http import HttpRequest

from accounts.models import Organisation, OrganisationKind, Role, Scope
from workflows.api.bearer import asker
from workflows.api.expert_files import add_part, begin_evidence, change_details, evidence_of, routes
from workflows.api.expert_shapes import (
    ApplicationIn,
    DetailsIn,
    ExpertFileOut,
    Kind,
    PartActIn,
    PartIn,
    StrengthsIn,
    file_out,
)
from workflows.api.kinds import DocumentOut, FileIn, Id, LinkOut, Sha256In, TicketOut
from workflows.api.said import checked
from workflows.api.uploads import document_out, finished
from workflows.review.experts import details, titles
from workflows.review.experts.refusals import NoDatabase
from workflows.web.experts import parts
from workflows.web.experts.forms import ApplicationForm
from workflows.web.experts.office import enter
from workflows.web.experts.own import own_file

EXPERT = frozenset({Role.EXPERT})
R, W = Scope.REVIEWS_READ, Scope.REVIEWS_WRITE


def _own(request: HttpRequest) -> ExpertFileOut:
    return ExpertFileOut(**file_out(own_file(asker(request))))


@routes.change("POST", "/me/expert", ExpertFileOut, scope=W, status=201)
def apply_expert(request: HttpRequest, asked: ApplicationIn) -> ExpertFileOut:
    """Apply to be an expert, with the address that one signs in with; again, where one was refused or removed."""
    user = asker(request)
    offices = Organisation.objects.filter(kind=OrganisationKind.ASSOCIATION).order_by("pk")
    office = offices.filter(**({"pk": asked.office} if asked.office is not None else {})).first()
    if office is None:
        raise NoDatabase(office=str(asked.office or "—"))
    form = ApplicationForm(asked.model_dump(exclude={"office"}))
    del form.fields["email"]
    checked(form)
    enter(form, office, by=user, user=user)
    return _own(request)


@routes.get("/me/expert", ExpertFileOut, scope=R, by=EXPERT)
def my_expert(request: HttpRequest) -> ExpertFileOut:
    """One's own file."""
    return _own(request)


@routes.change("PATCH", "/me/expert", ExpertFileOut, scope=W, by=EXPERT)
def my_expert_edit(request: HttpRequest, asked: DetailsIn) -> ExpertFileOut:
    """Change what one may change oneself."""
    change_details(own_file(asker(request)), request, asked)
    return _own(request)


@routes.change("PUT", "/me/expert/fields", ExpertFileOut, scope=W, by=EXPERT)
def my_expert_known(request: HttpRequest, asked: StrengthsIn) -> ExpertFileOut:
    """Say which fields one knows, and how well."""
    details.set_fields(own_file(asker(request)), asked.fields, by=asker(request))
    return _own(request)


@routes.change("POST", "/me/expert/parts/{kind}", ExpertFileOut, scope=W, by=EXPERT, status=201)
def my_expert_add(request: HttpRequest, kind: Kind, asked: PartIn) -> ExpertFileOut:
    """Add a title, a post, a relative or days of absence to one's own file."""
    add_part(own_file(asker(request)), request, kind, asked)
    return _own(request)


@routes.change("POST", "/me/expert/parts/{kind}/{part}/{action}", ExpertFileOut, scope=W, by=EXPERT)
def my_expert_part(
    request: HttpRequest, kind: Kind, part: Id, action: Literal["end", "remove"], asked: PartActIn
) -> ExpertFileOut:
    """End a post of one's own, or take a row back; the office confirms."""
    user = asker(request)
    parts.do(own_file(user), kind, part, action, by=user, until_on=asked.until_on)
    return _own(request)


@routes.get("/me/expert/titles/{part}/evidence", LinkOut, scope=R, by=EXPERT)
def my_expert_evidence(request: HttpRequest, part: Id) -> LinkOut:
    """A signed address of the paper that proves one's title."""
    return evidence_of(own_file(asker(request)), part)


@routes.change("POST", "/me/expert/titles/{part}/uploads", TicketOut, scope=W, by=EXPERT, status=201)
def my_expert_evidence_begin(request: HttpRequest, part: Id, asked: FileIn) -> TicketOut:
    """Announce the paper that proves one's title."""
    finish = f"/api/v1/me/expert/titles/{part}/uploads/{{document}}/finish"
    return begin_evidence(request, own_file(asker(request)), part, asked, finish)


@routes.change("POST", "/me/expert/titles/{part}/uploads/{document}/finish", DocumentOut, scope=W, by=EXPERT)
def my_expert_evidence_finish(request: HttpRequest, part: Id, document: UUID, asked: Sha256In) -> DocumentOut:
    """The paper is in the store."""
    title = parts.title_of(own_file(asker(request)), part)
    return document_out(finished(request, document, asked, purpose=titles.purpose_of(title)))
