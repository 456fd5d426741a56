"""The papers of a case: a document answers an entry of the checklist; one that was replaced stays, marked."""

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from storage.models import Document, DocumentState
from workflows.corrections import recheck_points
from workflows.drafts import recount_papers, unlocked
from workflows.engine.declare import Paper
from workflows.errors import Locked
from workflows.models import Application, ApplicationPaper

PURPOSE = "paper"


def may_change(case: Application, slug: str) -> bool:
    """Whether the paper can be attached or removed now: what is unlocked, or what the state asks for."""
    paper = case.declaration.paper(slug)
    if paper is None:
        return False
    return paper.state == case.state if paper.state else unlocked(case).paper(slug)


def asked_now(case: Application) -> list[Paper]:
    """The entries of the checklist that concern the case as it stands: its own, and those of its state."""
    return [
        paper
        for paper in case.declaration.papers_in(case.policy)
        if not paper.state or paper.state == case.state
    ]


def attach(case: Application, slug: str, document: UUID, *, by: User) -> ApplicationPaper:
    """Answer `slug` with a document that `by` has uploaded for this applicant; attaching it again changes nothing.

    What answered before stays in force until the new one is verified, and in the record for good.

    Raises:
        Locked: the paper cannot be changed now.
        Document.DoesNotExist: no such upload of this person for this applicant.
    """
    with transaction.atomic():
        locked = _locked(case, slug)
        found = Document.objects.of_uploader(by).get(
            pk=document, organisation=locked.applicant_id, purpose=PURPOSE
        )
        already = ApplicationPaper.objects.filter(document=found).first()
        if already is not None:
            if (already.application_id, already.paper) != (locked.pk, slug):
                raise Document.DoesNotExist
            return already
        _current(locked, slug).exclude(document__state=DocumentState.VERIFIED).update(
            removed_at=timezone.now()
        )
        attached = ApplicationPaper.objects.create(
            application=locked, paper=slug, document=found, added_by=by
        )
        _count(attached, found)
    return attached


def remove(case: Application, paper: ApplicationPaper) -> None:
    """Take a document away from its case; the record of it stays.

    Raises:
        Locked: the paper cannot be changed now.
    """
    with transaction.atomic():
        locked = _locked(case, paper.paper)
        ApplicationPaper.objects.filter(pk=paper.pk, application=locked, removed_at=None).update(
            removed_at=timezone.now()
        )
        recount_papers(locked.pk)
        _recheck(locked)


def hear(document: Document) -> None:
    """A document has its verdict: the facts of the case it belongs to follow, in the verdict's transaction."""
    for paper in ApplicationPaper.objects.filter(document=document, removed_at=None):
        _count(paper, document)


def _count(paper: ApplicationPaper, document: Document) -> None:
    case = Application.objects.select_for_update().get(pk=paper.application_id)
    if document.is_verified:
        _current(case, paper.paper).filter(pk__lt=paper.pk).update(removed_at=timezone.now())
    recount_papers(case.pk)
    _recheck(case)


def _locked(case: Application, slug: str) -> Application:
    locked = Application.objects.select_for_update(of=("self",)).select_related("round").get(pk=case.pk)
    if not may_change(locked, slug):
        paper = locked.declaration.paper(slug)
        raise Locked(what=paper.title if paper else slug)
    return locked


def _current(case: Application, slug: str) -> QuerySet[ApplicationPaper]:
    return ApplicationPaper.objects.filter(application=case, paper=slug, removed_at=None)


def _recheck(case: Application) -> None:
    if case.standing.stops_clock:
        recheck_points(case)
