"""The doors to a document for its uploader, and the way in which any room hands one out."""

import json
from typing import Any, BinaryIO, cast
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from accounts.doors import door
from accounts.models import User
from storage.errors import BadDigest, EmptyFile, NoSuchObject, PolicyRefused, TooLarge
from storage.folder import DOWNLOAD_SALT, UPLOAD_SALT, FolderObjects, claims_of
from storage.interface import disposition
from storage.kinds import KINDS
from storage.models import Document, DocumentState
from storage.objects import store
from storage.sizes import size_in_words
from storage.uploads import Ticket
from storage.uploads import finish as finish_upload

DELIVERY_SECONDS = 60
# What a multipart form adds to the file it carries, at most.
FORM_BYTES = 16 * 1024


def deliver(document: Document, *, inline: bool = False) -> HttpResponse:
    """Send the browser to the content of a verified document, for 60 s; the caller has authorised it.

    `inline` shows PDFs and pictures in the browser; other kinds are always saved.

    Raises:
        NotVerified, Expired: it does not count, or is no longer there.
    """
    document.require_verified()
    kind = KINDS.get(document.content_type)
    url = store().signed_get(
        document.object_key,
        filename=document.filename,
        content_type=document.content_type,
        inline=inline and kind is not None and kind.inline,
        seconds=DELIVERY_SECONDS,
    )
    response = HttpResponseRedirect(url)
    response.headers["Cache-Control"] = "no-store"
    return response


def ticket_json(ticket: Ticket, *, finish: str = "") -> JsonResponse:
    """What a room's begin view answers to `upload.js`: where to post, with which fields, and then.

    `finish` is the address of a room that links the document when it has arrived; its view calls ours.
    """
    return JsonResponse(
        {
            "document": str(ticket.document.pk),
            "url": ticket.url,
            "fields": ticket.fields,
            **_links(ticket.document),
            **({"finish": finish} if finish else {}),
        },
        status=201,
    )


def _links(document: Document) -> dict[str, str]:
    return {
        "finish": reverse("storage:finish", args=[document.pk]),
        "status": reverse("storage:status", args=[document.pk]),
    }


def _sentence(document: Document) -> str:
    """Where the document stands, in words."""
    if document.reason is not None:
        return str(document.reason)
    words = {
        DocumentState.PENDING: _("“%(name)s” is being uploaded."),
        DocumentState.CHECKING: _("“%(name)s” (%(size)s) has arrived and is being checked."),
        DocumentState.VERIFIED: _("“%(name)s” (%(size)s) is received and checked."),
    }
    return words[DocumentState(document.state)] % {"name": document.filename, "size": document.size}


def _own(request: HttpRequest, document_id: UUID) -> Document:
    if not isinstance(request.user, User):
        raise Http404
    return get_object_or_404(Document.objects.of_uploader(request.user), pk=document_id)


def standing_of(document: Document) -> dict[str, Any]:
    """Where a document stands, for its uploader: state, sentence, name and size."""
    return {
        "document": str(document.pk),
        "state": document.state,
        "sentence": _sentence(document),
        "size_bytes": document.size_bytes,
        "filename": document.filename,
    }


@door()
@require_POST
def finish(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """The browser has posted the file: `{"sha256": …}`."""
    document = _own(request, document_id)
    try:
        sha256 = json.loads(request.body)["sha256"]
    except (ValueError, TypeError, KeyError) as error:
        raise BadDigest(filename=document.filename) from error
    document = finish_upload(document, sha256=str(sha256), user=document.uploaded_by)
    return JsonResponse(standing_of(document))


@door()
@require_GET
def status(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Where an upload stands, for its uploader: JSON, or for htmx a partial that asks again by itself."""
    document = _own(request, document_id)
    if request.headers.get("HX-Request"):
        context = {"document": document, "sentence": _sentence(document)}
        return render(request, "storage/status.html", context)
    response = JsonResponse(standing_of(document))
    response.headers["Cache-Control"] = "no-store"
    return response


def _folder() -> FolderObjects:
    objects = store()
    if not isinstance(objects, FolderObjects):
        raise Http404
    return objects


@door()
@csrf_exempt
@require_POST
def folder_upload(request: HttpRequest) -> HttpResponse:
    """The demonstration's stand-in for an S3 server's POST: the signed ticket says what is let in.

    The ticket takes the place of the CSRF token: nobody else's page can have one. The body goes to a
    temporary file as it comes, and no further than a form of the allowed size.
    """
    folder = _folder()
    claims = claims_of(UPLOAD_SALT, request.GET.get("ticket", ""))
    limit = size_in_words(claims["max_bytes"])
    length_bytes = int(request.headers.get("Content-Length") or 0)
    if not 0 < length_bytes <= claims["max_bytes"] + FORM_BYTES:
        raise TooLarge(filename="", size=size_in_words(length_bytes), limit=limit)
    request.upload_handlers = [TemporaryFileUploadHandler(request)]
    file = request.FILES.get("file")
    if request.POST.get("key") != claims["key"] or request.POST.get("Content-Type") != claims["content_type"]:
        raise PolicyRefused
    if not isinstance(file, UploadedFile) or not file.size:
        raise EmptyFile(filename="")
    if file.size > claims["max_bytes"]:
        raise TooLarge(filename=file.name, size=size_in_words(file.size), limit=limit)
    folder.put(claims["key"], cast(BinaryIO, file.file), file.size, claims["content_type"])
    return HttpResponse(status=204)


@door()
@require_GET
def folder_download(request: HttpRequest) -> FileResponse:
    """The demonstration's stand-in for an S3 server's signed GET."""
    folder = _folder()
    claims = claims_of(DOWNLOAD_SALT, request.GET.get("ticket", ""))
    try:
        file = folder.path(claims["key"]).open("rb")
    except (NoSuchObject, FileNotFoundError) as error:
        raise Http404 from error
    response = FileResponse(file, content_type=claims["content_type"])
    response.headers["Content-Disposition"] = disposition(claims["filename"], inline=claims["inline"])
    response.headers["Cache-Control"] = "private, no-store"
    return response
