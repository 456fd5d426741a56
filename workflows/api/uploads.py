"""Files: announced here, posted by the client straight to the store, then said to be there."""

from uuid import UUID

from django.http import Http404, HttpRequest

from accounts.models import Organisation, Scope
from storage import uploads
from storage.models import Document
from storage.uploads import UploadLimits
from storage.views import DELIVERY_SECONDS, standing_of
from storage.views import deliver as delivered
from workflows.api.bearer import asker
from workflows.api.kinds import DocumentOut, FileIn, LinkOut, Sha256In, TicketOut
from workflows.api.routes import Routes

routes = Routes("Files")


def announced(
    request: HttpRequest,
    asked: FileIn,
    *,
    organisation: Organisation,
    limits: UploadLimits,
    purpose: str,
    finish: str,
) -> TicketOut:
    """Take the announcement of a file; says where to post it, and the address that links it then.

    Raises:
        EmptyFile, BadName, TooLarge, WrongType, StoreAway: why it cannot be posted.
    """
    ticket = uploads.begin(
        user=asker(request),
        organisation=organisation,
        filename=asked.filename,
        size_bytes=asked.size_bytes,
        content_type=asked.content_type,
        limits=limits,
        purpose=purpose,
    )
    document = str(ticket.document.pk)
    return TicketOut(
        document=document, url=ticket.url, fields=ticket.fields, finish=finish.format(document=document)
    )


def finished(request: HttpRequest, document: UUID, asked: Sha256In, *, purpose: str) -> Document:
    """The file has arrived; a worker checks it.

    Raises:
        Http404: the asker uploads no such document for this purpose.
    """
    user = asker(request)
    found = Document.objects.of_uploader(user).filter(pk=document, purpose=purpose).first()
    if found is None:
        raise Http404
    return uploads.finish(found, sha256=asked.sha256, user=user)


def document_out(document: Document) -> DocumentOut:
    return DocumentOut(**standing_of(document))


def link_to(document: Document) -> LinkOut:
    """A signed address of its content.

    Raises:
        NotVerified, Expired: it does not count, or is no longer there.
    """
    return LinkOut(url=delivered(document)["Location"], seconds=DELIVERY_SECONDS)


@routes.get("/documents/{document}", DocumentOut, scope=Scope.CASES_READ)
def document(request: HttpRequest, document: UUID) -> DocumentOut:
    """Where one's own upload stands."""
    found = Document.objects.of_uploader(asker(request)).filter(pk=document).first()
    if found is None:
        raise Http404
    return document_out(found)
