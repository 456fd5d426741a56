"""One file of the expert database, as its office reads it and writes into it."""

from collections.abc import Callable
from uuid import UUID

from django.http import Http404, HttpRequest

from accounts.models import Scope
from storage.uploads import PAPER
from workflows.api.bearer import asker
from workflows.api.expert_shapes import (
    Act,
    ApplicationIn,
    DetailsIn,
    ExpertFileWhole,
    FileChangeOut,
    Kind,
    PartActIn,
    PartIn,
    ReasonedIn,
    SealedIn,
    SealedOut,
    StrengthsIn,
    file_out,
)
from workflows.api.experts import STAFF
from workflows.api.kinds import DocumentOut, FileIn, Id, LinkOut, Sha256In, TicketOut
from workflows.api.routes import Declare, Routes, put_header
from workflows.api.said import checked
from workflows.api.uploads import announced, document_out, finished, link_to
from workflows.models import Expert, ExpertTitle
from workflows.review.experts import deciding, details, titles
from workflows.review.experts.changes import keep
from workflows.review.experts.entering import DETAILS
from workflows.review.experts.refusals import NoDatabase, NotYours
from workflows.web.experts import parts
from workflows.web.experts.file import HISTORY_SHOWN, sealed_of
from workflows.web.experts.file import read as read_file
from workflows.web.experts.forms import PART_FORMS, ApplicationForm, DetailsForm
from workflows.web.experts.office import bases_of, enter

routes = Routes("Expert database")
R, W = Scope.REVIEWS_READ, Scope.REVIEWS_WRITE


def _whole(request: HttpRequest, pk: int) -> ExpertFileWhole:
    found = read_file(asker(request), pk)
    lines = found.changes.select_related("by").order_by("-at", "-pk")[:HISTORY_SHOWN]
    history = [
        FileChangeOut(at=one.at.isoformat(), what=one.what, by=str(one.by), reason=one.reason)
        for one in lines
    ]
    return ExpertFileWhole(**file_out(found), history=history)


@routes.get("/experts/{pk}", ExpertFileWhole, scope=R, by=STAFF)
def expert(request: HttpRequest, pk: Id) -> ExpertFileWhole:
    """One file of one's office's database, without sealed numbers."""
    return _whole(request, pk)


@routes.change("POST", "/experts", ExpertFileWhole, scope=W, by=STAFF, status=201)
def expert_enter(request: HttpRequest, asked: ApplicationIn) -> ExpertFileWhole:
    """Write down an application; an official who did not enter it approves."""
    user = asker(request)
    offices = bases_of(user)
    office = next((one for one in offices if asked.office in (None, one.pk)), None)
    if office is None:
        raise NoDatabase(office="、".join(sorted({one.organisation.name for one in user.memberships})))
    form = ApplicationForm(asked.model_dump(exclude={"office"}))
    checked(form)
    made = enter(form, office, by=user)
    put_header(request, "Location", f"/api/v1/experts/{made.pk}")
    return _whole(request, made.pk)


def change_details(found: Expert, request: HttpRequest, asked: DetailsIn) -> None:
    given = {name: value for name, value in asked.model_dump(exclude_unset=True).items() if name in DETAILS}
    cleaned = checked(DetailsForm(given, only=frozenset(given)))
    said = {name: value for name, value in cleaned.items() if value or name not in details.SEALED}
    if said:
        details.change(found, by=asker(request), **said)


@routes.change("PATCH", "/experts/{pk}", ExpertFileWhole, scope=W, by=STAFF)
def expert_edit(request: HttpRequest, pk: Id, asked: DetailsIn) -> ExpertFileWhole:
    """Change what a file says of the person."""
    change_details(read_file(asker(request), pk), request, asked)
    return _whole(request, pk)


@routes.change("PUT", "/experts/{pk}/fields", ExpertFileWhole, scope=W, by=STAFF)
def expert_known(request: HttpRequest, pk: Id, asked: StrengthsIn) -> ExpertFileWhole:
    """Say which fields the person knows, and how well."""
    details.set_fields(read_file(asker(request), pk), asked.fields, by=asker(request))
    return _whole(request, pk)


def _decision(path: str) -> Declare:
    return routes.change("POST", f"/experts/{{pk}}/{path}", ExpertFileWhole, scope=W, by=STAFF)


def _decide(request: HttpRequest, pk: int, verb: Callable[..., Expert], **more: str) -> ExpertFileWhole:
    verb(read_file(asker(request), pk), by=asker(request), **more)
    return _whole(request, pk)


@_decision("approval")
def expert_approve(request: HttpRequest, pk: Id) -> ExpertFileWhole:
    """Enrol the person: an official of the office who did not enter them."""
    return _decide(request, pk, deciding.approve)


@_decision("refusal")
def expert_refuse(request: HttpRequest, pk: Id, asked: ReasonedIn) -> ExpertFileWhole:
    """Do not enrol the person, and say why."""
    return _decide(request, pk, deciding.refuse, reason=asked.reason)


@_decision("suspension")
def expert_suspend(request: HttpRequest, pk: Id, asked: ReasonedIn) -> ExpertFileWhole:
    """Ask the person for nothing until they are resumed."""
    return _decide(request, pk, deciding.suspend, reason=asked.reason)


@_decision("resumption")
def expert_resume(request: HttpRequest, pk: Id, asked: ReasonedIn) -> ExpertFileWhole:
    """Ask them again."""
    return _decide(request, pk, deciding.resume, reason=asked.reason)


@_decision("removal")
def expert_remove(request: HttpRequest, pk: Id, asked: ReasonedIn) -> ExpertFileWhole:
    """Remove the person: role, assignments and seats to come end; the file stays."""
    return _decide(request, pk, deciding.remove, reason=asked.reason)


@routes.change("POST", "/experts/{pk}/reveal", SealedOut, scope=Scope.SEALED_READ, by=STAFF, kept=False)
def expert_reveal(request: HttpRequest, pk: Id, asked: SealedIn) -> SealedOut:
    """Show a sealed number or name once."""
    user = asker(request)
    found = read_file(user, pk)
    label, text, what = sealed_of(found, asked.what)
    keep(found, "reveal", user, shown=what)
    return SealedOut(label=label, text=text)


def add_part(found: Expert, request: HttpRequest, kind: Kind, asked: PartIn) -> None:
    form = PART_FORMS[kind](asked.model_dump())
    parts.part_named(kind).add(found, by=asker(request), **checked(form))


@routes.change("POST", "/experts/{pk}/parts/{kind}", ExpertFileWhole, scope=W, by=STAFF, status=201)
def expert_add(request: HttpRequest, pk: Id, kind: Kind, asked: PartIn) -> ExpertFileWhole:
    """Add a title, a post, a relative or days of absence."""
    add_part(read_file(asker(request), pk), request, kind, asked)
    return _whole(request, pk)


@routes.change("POST", "/experts/{pk}/parts/{kind}/{part}/{action}", ExpertFileWhole, scope=W, by=STAFF)
def expert_part(
    request: HttpRequest, pk: Id, kind: Kind, part: Id, action: Act, asked: PartActIn
) -> ExpertFileWhole:
    """Confirm a title or post, end a post, or take a row out of the file."""
    user = asker(request)
    parts.do(read_file(user, pk), kind, part, action, by=user, until_on=asked.until_on)
    return _whole(request, pk)


def evidence_of(found: Expert, part: int) -> LinkOut:
    title = parts.title_of(found, part)
    if title.evidence is None:
        raise Http404
    return link_to(title.evidence)


def begin_evidence(request: HttpRequest, found: Expert, part: int, asked: FileIn, finish: str) -> TicketOut:
    title: ExpertTitle = parts.title_of(found, part)
    if title.verified_at is not None:
        raise NotYours
    return announced(
        request,
        asked,
        organisation=found.office,
        limits=PAPER,
        purpose=titles.purpose_of(title),
        finish=finish,
    )


@routes.get("/experts/{pk}/titles/{part}/evidence", LinkOut, scope=R, by=STAFF)
def expert_evidence(request: HttpRequest, pk: Id, part: Id) -> LinkOut:
    """A signed address of the paper that proves a title."""
    return evidence_of(read_file(asker(request), pk), part)


@routes.change("POST", "/experts/{pk}/titles/{part}/uploads", TicketOut, scope=W, by=STAFF, status=201)
def expert_evidence_begin(request: HttpRequest, pk: Id, part: Id, asked: FileIn) -> TicketOut:
    """Announce the paper that proves a title."""
    finish = f"/api/v1/experts/{pk}/titles/{part}/uploads/{{document}}/finish"
    return begin_evidence(request, read_file(asker(request), pk), part, asked, finish)


@routes.change(
    "POST", "/experts/{pk}/titles/{part}/uploads/{document}/finish", DocumentOut, scope=W, by=STAFF
)
def expert_evidence_finish(
    request: HttpRequest, pk: Id, part: Id, document: UUID, asked: Sha256In
) -> DocumentOut:
    """The paper is in the store: a worker checks it, then it stands beside its title."""
    title = parts.title_of(read_file(asker(request), pk), part)
    return document_out(finished(request, document, asked, purpose=titles.purpose_of(title)))
