"""Copies of documents for readers who are not to know whose they are: made once, by a worker."""

import io
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone

from config.nudge import nudge
from storage.errors import CannotMask, CopyNotReady
from storage.kinds import KINDS
from storage.models import Document, MaskedCopy
from storage.objects import store
from storage.uploads import read

DELIVERY_SECONDS = 60


def ask_for_copy(document: Document) -> MaskedCopy:
    """The masked copy of a verified document; where there is none yet, a worker is asked to make it."""
    copy, _made = MaskedCopy.objects.get_or_create(document=document)
    if copy.state == MaskedCopy.State.WAITING:
        transaction.on_commit(lambda: nudge("storage.mask", str(document.pk)))
    return copy


def make_copy(document_id: UUID) -> None:
    """Make the copy that was asked for. One that cannot be made is marked so; making it again changes nothing.

    Raises:
        StoreAway: the store does not answer; the sweeper asks again.
    """
    from storage.masking import masked  # noqa: PLC0415 - it brings pypdf along

    with transaction.atomic():
        copy = (
            MaskedCopy.objects.select_for_update(of=("self",))
            .select_related("document")
            .filter(document=document_id, state=MaskedCopy.State.WAITING)
            .first()
        )
        if copy is None:
            return
        document = copy.document
        try:
            content = masked(read(document), document.content_type)
        except CannotMask:
            copy.state = MaskedCopy.State.IMPOSSIBLE
        else:
            store().put(copy.object_key, io.BytesIO(content), len(content), document.content_type)
            copy.state = MaskedCopy.State.MADE
        copy.made_at = timezone.now()
        copy.save()


def deliver_masked(document: Document, *, name: str, inline: bool = False) -> HttpResponse:
    """Send the browser to the masked copy of a document, under `name`; the caller has authorised it.

    Raises:
        NotVerified, Expired: the document does not count, or is no longer there.
        CopyNotReady: a worker is making the copy.
        CannotMask: there can be none: this document is not for such readers.
    """
    document.require_verified()
    copy = ask_for_copy(document)
    if copy.state == MaskedCopy.State.IMPOSSIBLE:
        raise CannotMask
    if copy.state != MaskedCopy.State.MADE:
        raise CopyNotReady
    kind = KINDS.get(document.content_type)
    url = store().signed_get(
        copy.object_key, filename=name, content_type=document.content_type,
        inline=inline and kind is not None and kind.inline, seconds=DELIVERY_SECONDS,
    )  # fmt: skip
    response = HttpResponseRedirect(url)
    response.headers["Cache-Control"] = "no-store"
    return response
