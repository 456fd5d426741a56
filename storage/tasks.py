"""What the storage does outside of requests. `BEAT` is its schedule, in seconds."""

from datetime import timedelta
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone

from config.celery import app
from config.nudge import nudge
from storage.errors import ScannerAway, StoreAway
from storage.models import Document, MaskedCopy
from storage.objects import store
from storage.reasons import MISSING
from storage.retention import expire
from storage.structure import Flaw
from storage.verdicts import announce
from storage.verification import refuse, verify

log = structlog.get_logger(__name__)

RECHECK = timedelta(seconds=30)
ABANDONED = timedelta(days=1)
SWEEP_ROWS = 500

BEAT = {
    "storage-sweep": {"task": "storage.sweep", "schedule": 15.0, "options": {"expires": 15}},
    "storage-expire": {"task": "storage.expire", "schedule": 300.0, "options": {"expires": 300}},
}


@app.task(name="storage.verify")  # type: ignore[untyped-decorator]
def verify_upload(document_id: str) -> None:
    """Check one upload. Where store or scanner are away it waits for the sweeper."""
    try:
        verify(UUID(document_id))
    except (StoreAway, ScannerAway) as error:
        log.warning("check_put_off", document=document_id, cause=error.code)


@app.task(name="storage.mask")  # type: ignore[untyped-decorator]
def mask_document(document_id: str) -> None:
    """Make a masked copy. Where the store is away it waits for the sweeper."""
    from storage.masked_copies import make_copy  # noqa: PLC0415 - it nudges this very task

    try:
        make_copy(UUID(document_id))
    except StoreAway as error:
        log.warning("copy_put_off", document=document_id, cause=error.code)


def queue_check(document_id: UUID) -> None:
    """Nudge a worker; with the broker away the sweeper finds the document by its row."""
    nudge("storage.verify", str(document_id))


@app.task(name="storage.sweep")  # type: ignore[untyped-decorator]
def sweep_uploads() -> None:
    """Ask again for checks that did not happen, and drop uploads that were never finished."""
    requeue_waiting()
    requeue_copies()
    drop_abandoned()


def requeue_waiting() -> int:
    """Queue anew what has waited 30 s for its check, and say how many; rows being checked are left alone."""
    with transaction.atomic():
        waiting = Document.objects.waiting(RECHECK).select_for_update(skip_locked=True)
        ids = list(waiting.order_by("queued_at").values_list("pk", flat=True)[:SWEEP_ROWS])
        Document.objects.filter(pk__in=ids).update(queued_at=timezone.now())
    for document_id in ids:
        queue_check(document_id)
    return len(ids)


def requeue_copies() -> int:
    """Ask anew for masked copies that nobody has made in 30 s, and say how many."""
    with transaction.atomic():
        waiting = MaskedCopy.objects.filter(
            state=MaskedCopy.State.WAITING, asked_at__lte=timezone.now() - RECHECK
        )
        rows = waiting.select_for_update(skip_locked=True).order_by("asked_at")[:SWEEP_ROWS]
        ids = [copy.document_id for copy in rows]
        MaskedCopy.objects.filter(document__in=ids).update(asked_at=timezone.now())
    for document_id in ids:
        nudge("storage.mask", str(document_id))
    return len(ids)


def drop_abandoned() -> int:
    """Remove what was announced a day ago and never finished, object and row; how many.

    A row that another room's record holds on to stays, as refused, and its subscribers are told.
    """
    with transaction.atomic():
        abandoned = Document.objects.abandoned(ABANDONED).select_for_update(skip_locked=True)
        documents = list(abandoned.order_by("created_at")[:SWEEP_ROWS])
        for document in documents:
            store().delete(document.incoming_key)
            try:
                document.delete()
            except ProtectedError:
                refuse(document, Flaw(MISSING))
                document.removed_at = timezone.now()
                document.save()
                announce(document)
    return len(documents)


@app.task(name="storage.expire")  # type: ignore[untyped-decorator]
def expire_documents() -> None:
    """Remove the content of what was refused and of what has been kept long enough."""
    expire()
