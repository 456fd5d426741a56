"""How long a document is kept, and the one way in which its content goes."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from storage.models import Document, MaskedCopy
from storage.objects import store

CHUNK_ROWS = 200


def retain(document: Document, until: date) -> None:
    """Keep `document` at least through the day `until`; an earlier day than it has changes nothing."""
    with transaction.atomic():
        row = Document.objects.select_for_update().get(pk=document.pk)
        if row.retained_until is None or row.retained_until < until:
            row.retained_until = until
            row.save(update_fields=["retained_until"])
        document.retained_until = row.retained_until


def expire() -> int:
    """Remove the content of refused documents and of those kept long enough; how many. The rows stay.

    Works in chunks, each its own transaction, so that a stop in the middle loses nothing.

    Raises:
        StoreAway: the store does not answer; what was removed is marked so.
    """
    removed = 0
    while chunk := _expire_chunk():
        removed += chunk
    return removed


def _expire_chunk() -> int:
    with transaction.atomic():
        due = Document.objects.to_remove().select_for_update(skip_locked=True)
        keys = dict(due.order_by("pk").values_list("pk", "object_key")[:CHUNK_ROWS])
        for key in keys.values():
            # Deleting again what a lost transaction deleted is no fault.
            store().delete(key)
        for copy in MaskedCopy.objects.filter(document__in=keys):
            store().delete(copy.object_key)
        Document.objects.filter(pk__in=keys).update(removed_at=timezone.now())
    return len(keys)
