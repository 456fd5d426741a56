"""The checklist of papers: what is asked, what answers it, a new file for one, taking one away."""

from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Schema

from accounts.models import Scope
from storage.models import Document
from storage.uploads import PAPER
from workflows import papers
from workflows.api.bearer import asker
from workflows.api.case_out import own_case, read_case, works_on
from workflows.api.kinds import DocumentOut, Done, FileIn, Id, LinkOut, Sha256In, Slug, TicketOut
from workflows.api.routes import EMPLOYER, ON_CASES, Routes
from workflows.api.uploads import announced, document_out, finished, link_to
from workflows.engine.declare import Paper
from workflows.errors import Locked
from workflows.models import Application, ApplicationPaper
from workflows.web.applicant.cases import papers_of

routes = Routes("Papers")


class HeldOut(Schema):
    """A document in answer to an entry of the checklist."""

    id: int
    filename: str
    state: str
    size_bytes: int
    sha256: str
    added_at: str


class EntryOut(Schema):
    """One entry of the checklist with what answers it now. `open`: a file can be sent or taken away."""

    slug: str
    title: str
    required: bool
    state: str
    open: bool
    held: list[HeldOut]


def _held_out(held: ApplicationPaper) -> HeldOut:
    document = held.document
    return HeldOut(
        id=held.pk,
        filename=document.filename,
        state=document.state,
        size_bytes=document.size_bytes,
        sha256=document.sha256,
        added_at=held.added_at.isoformat(),
    )


@routes.get("/cases/{pk}/papers", list[EntryOut], scope=Scope.CASES_READ, by=ON_CASES)
def case_papers(request: HttpRequest, pk: Id) -> list[EntryOut]:
    """The checklist of the case, each entry with the documents in answer to it."""
    case = read_case(request, pk)
    held = papers_of(case)
    staff = works_on(asker(request), case)
    return [
        EntryOut(
            slug=paper.slug,
            title=str(paper.title),
            required=paper.required,
            state=str(paper.state),
            open=not staff and papers.may_change(case, paper.slug),
            held=[_held_out(one) for one in held.get(paper.slug, [])],
        )
        for paper in case.declaration.papers_in(case.policy)
    ]


def _open_paper(request: HttpRequest, pk: int, slug: str) -> tuple[Application, Paper]:
    case = own_case(request, pk)
    paper = case.declaration.paper(slug)
    if paper is None:
        raise Http404
    if not papers.may_change(case, slug):
        raise Locked(what=paper.title)
    return case, paper


@routes.change(
    "POST",
    "/cases/{pk}/papers/{slug}/uploads",
    TicketOut,
    scope=Scope.CASES_WRITE,
    by=EMPLOYER,
    status=201,
)
def case_paper_begin(request: HttpRequest, pk: Id, slug: Slug, asked: FileIn) -> TicketOut:
    """Announce a file for a paper: PDF or picture, at most 20 MB."""
    case, paper = _open_paper(request, pk, slug)
    return announced(
        request,
        asked,
        organisation=case.applicant,
        limits=PAPER,
        purpose=papers.PURPOSE,
        finish=f"/api/v1/cases/{case.pk}/papers/{paper.slug}/uploads/{{document}}/finish",
    )


@routes.change(
    "POST",
    "/cases/{pk}/papers/{slug}/uploads/{document}/finish",
    DocumentOut,
    scope=Scope.CASES_WRITE,
    by=EMPLOYER,
)
def case_paper_finish(
    request: HttpRequest, pk: Id, slug: Slug, document: UUID, asked: Sha256In
) -> DocumentOut:
    """The file is in the store: it answers this paper from now on, and counts once it is checked."""
    case, paper = _open_paper(request, pk, slug)
    with transaction.atomic():
        found = finished(request, document, asked, purpose=papers.PURPOSE)
        try:
            papers.attach(case, paper.slug, document, by=asker(request))
        except Document.DoesNotExist as error:
            raise Http404 from error
    return document_out(found)


@routes.get("/cases/{pk}/papers/{paper}/content", LinkOut, scope=Scope.CASES_READ, by=ON_CASES)
def case_paper_content(request: HttpRequest, pk: Id, paper: Id) -> LinkOut:
    """A signed address of a paper's content, replaced papers included; it ends within a minute."""
    case = read_case(request, pk)
    held = ApplicationPaper.objects.filter(application=case).select_related("document")
    return link_to(get_object_or_404(held, pk=paper).document)


@routes.change("DELETE", "/cases/{pk}/papers/{paper}", Done, scope=Scope.CASES_WRITE, by=EMPLOYER)
def case_paper_remove(request: HttpRequest, pk: Id, paper: Id) -> Done:
    """Take a paper away from the case; the record of it stays."""
    case = own_case(request, pk)
    papers.remove(case, get_object_or_404(ApplicationPaper, application=case, pk=paper))
    return Done(done="removed")
