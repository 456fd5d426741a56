"""The checklist of papers: upload, verdict, view, remove; only what can be changed now has a place to upload."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.doors import door, signed_in
from accounts.models import Role
from storage import views as storage_views
from storage.models import Document
from storage.uploads import PAPER, UploadLimits
from storage.views import deliver
from workflows import papers
from workflows.engine.declare import Paper
from workflows.errors import Locked
from workflows.models import Application, ApplicationPaper
from workflows.web.applicant.cases import is_draft, own_case, papers_of
from workflows.web.roster.uploading import announced, answer


@dataclass(frozen=True, slots=True)
class Entry:
    """One paper of the checklist with what answers it now."""

    paper: Paper
    held: list[ApplicationPaper]
    open: bool
    limits: UploadLimits = PAPER

    @property
    def is_verified(self) -> bool:
        return any(held.document.is_verified for held in self.held)

    @property
    def is_waiting(self) -> bool:
        """Whether a verdict is still to come, so that the page asks again by itself."""
        return any(not held.document.is_settled for held in self.held)

    @property
    def is_refused(self) -> bool:
        return bool(self.held) and not self.is_verified and not self.is_waiting

    @property
    def required(self) -> bool:
        """The receipt of a later state is required in that state."""
        return self.paper.required


def entries(case: Application) -> list[Entry]:
    """The checklist of the case as it stands."""
    held = papers_of(case)
    return [
        Entry(paper, held.get(paper.slug, []), papers.may_change(case, paper.slug))
        for paper in papers.asked_now(case)
    ]


@door(Role.OWNER, Role.AGENT)
@require_safe
def application_papers(request: HttpRequest, pk: int) -> HttpResponse:
    """All papers of the case, each with its state."""
    case = own_case(signed_in(request), pk)
    found = entries(case)
    if not found:
        raise Http404
    context = {
        "case": case,
        "entries": found,
        **_done(found),
        "draft": is_draft(case),
        "any_open": any(entry.open for entry in found),
    }
    return render(request, "roster/papers.html", context)


def _done(found: list[Entry]) -> dict[str, int]:
    needed = [entry for entry in found if entry.required]
    return {"needed": len(needed), "done": sum(entry.is_verified for entry in needed)}


@door(Role.OWNER, Role.AGENT)
@require_safe
def application_paper(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """One entry of the checklist alone, for after an upload and while it is being checked."""
    case = own_case(signed_in(request), pk)
    found = entries(case)
    entry = next((entry for entry in found if entry.paper.slug == slug), None)
    if entry is None:
        raise Http404
    if request.headers.get("HX-Request") != "true":
        return redirect(f"{reverse('application_papers', args=[case.pk])}#paper-{slug}")
    return render(request, "roster/paper_alone.html", {"case": case, "entry": entry, **_done(found)})


def _open_paper(request: HttpRequest, pk: int, slug: str) -> tuple[Application, Paper]:
    case = own_case(signed_in(request), pk)
    paper = case.declaration.paper(slug)
    if paper is None:
        raise Http404
    if not papers.may_change(case, slug):
        raise Locked(what=paper.title)
    return case, paper


@door(Role.OWNER, Role.AGENT)
@require_POST
def application_paper_upload(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """The browser announces a file for this paper; it posts it to the store itself."""
    case, paper = _open_paper(request, pk, slug)
    ticket = announced(request, case, limits=PAPER, purpose=papers.PURPOSE)
    return answer(ticket, reverse("application_paper_finish", args=[case.pk, paper.slug, ticket.document.pk]))


@door(Role.OWNER, Role.AGENT)
@require_POST
def application_paper_finish(request: HttpRequest, pk: int, slug: str, document_id: UUID) -> HttpResponse:
    """The file has arrived: it answers this paper from now on, and counts once it is verified."""
    case, paper = _open_paper(request, pk, slug)
    with transaction.atomic():
        finished = storage_views.finish(request, document_id)
        try:
            papers.attach(case, paper.slug, document_id, by=signed_in(request))
        except Document.DoesNotExist as error:
            raise Http404 from error
    return finished


def _held(request: HttpRequest, pk: int, slug: str, paper_pk: int) -> tuple[Application, ApplicationPaper]:
    case = own_case(signed_in(request), pk)
    held = ApplicationPaper.objects.select_related("document")
    return case, get_object_or_404(held, application=case, paper=slug, pk=paper_pk)


@door(Role.OWNER, Role.AGENT)
@require_safe
def application_paper_view(request: HttpRequest, pk: int, slug: str, paper_pk: int) -> HttpResponse:
    """Show a paper of one's own, replaced ones included."""
    _case, held = _held(request, pk, slug, paper_pk)
    return deliver(held.document, inline=True)


@door(Role.OWNER, Role.AGENT)
@require_http_methods(["GET", "HEAD", "POST"])
def application_paper_remove(request: HttpRequest, pk: int, slug: str, paper_pk: int) -> HttpResponse:
    """Ask once more, then take the file away from the case."""
    case, held = _held(request, pk, slug, paper_pk)
    paper = case.declaration.paper(slug)
    if not papers.may_change(case, slug):
        raise Locked(what=paper.title if paper else slug)
    if request.method == "POST":
        papers.remove(case, held)
        messages.success(request, _("“%(name)s” is removed.") % {"name": held.document.filename})
        return redirect(f"{reverse('application_papers', args=[case.pk])}#paper-{slug}")
    return render(request, "roster/remove_paper.html", {"case": case, "paper": paper, "held": held})
