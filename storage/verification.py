"""The check of an uploaded document: bytes counted, digest computed, kind and malware looked at."""

import hashlib
import tempfile
from typing import BinaryIO
from uuid import UUID

import structlog
from django.db import transaction
from django.utils import timezone

from storage import reasons
from storage.errors import NoSuchObject, StoreAway
from storage.kinds import KINDS
from storage.models import Document, DocumentState
from storage.objects import store
from storage.scanning import scan
from storage.sizes import size_in_words
from storage.structure import Flaw, flaw_of
from storage.verdicts import announce

log = structlog.get_logger(__name__)


def verify(document_id: UUID) -> bool:
    """Give a document in `checking` its verdict, once, and tell the subscribers in the same transaction.

    True when this call gave it; False when it has one, is not finished, or another worker is at it. The row
    stays locked meanwhile, so a worker that dies leaves it for the sweeper.

    Raises:
        StoreAway: the store does not answer; nothing has changed.
        ScannerAway: likewise the scanner.
    """
    with transaction.atomic():
        document = (
            Document.objects.select_for_update(skip_locked=True)
            .filter(pk=document_id, state=DocumentState.CHECKING)
            .first()
        )
        if document is None:
            return False
        _judge(document)
        document.save()
        announce(document)
        transaction.on_commit(lambda: _clear_incoming(document))
    log.info("document_judged", document=str(document.pk), state=document.state, refusal=document.refusal)
    return True


def _judge(document: Document) -> None:
    """Set state, digest and reason of `document` from its content."""
    try:
        # Judge the copy that no browser can write to: what is posted after this moment does not count.
        store().copy(document.incoming_key, document.object_key)
    except NoSuchObject:
        document.removed_at = timezone.now()
        refuse(document, Flaw(reasons.MISSING))
    else:
        _judge_copy(document)


def _judge_copy(document: Document) -> None:
    with tempfile.TemporaryFile() as file:
        size_bytes, digest = _fetch(document, file)
        document.sha256 = digest
        flaw = _flaw(document, file, size_bytes)
    if flaw is None:
        document.state = DocumentState.VERIFIED
        document.verified_at = timezone.now()
    else:
        refuse(document, flaw)


def _fetch(document: Document, file: BinaryIO) -> tuple[int, str]:
    """Stream the content into `file`; its size in bytes and its SHA-256 in hex."""
    digest = hashlib.sha256()
    size_bytes = 0
    with store().open(document.object_key) as chunks:
        for chunk in chunks:
            digest.update(chunk)
            size_bytes += len(chunk)
            file.write(chunk)
    file.flush()
    return size_bytes, digest.hexdigest()


def _flaw(document: Document, file: BinaryIO, size_bytes: int) -> Flaw | None:
    if size_bytes != document.size_bytes:
        return Flaw(reasons.SIZE_DIFFERS, size_in_words(size_bytes))
    if document.sha256 != document.declared_sha256:
        return Flaw(reasons.DIGEST_DIFFERS)
    seen = scan(file)
    document.scanned = seen.scanned
    if seen.malware:
        return Flaw(reasons.MALWARE, seen.malware)
    return flaw_of(file, KINDS[document.content_type])


def refuse(document: Document, flaw: Flaw) -> None:
    """Set the verdict on `document`; the caller saves and announces it."""
    document.state = DocumentState.REFUSED
    document.refusal = flaw.reason
    document.finding = flaw.finding[:80]


def _clear_incoming(document: Document) -> None:
    """Drop the browser's copy; where that fails the store drops it by itself after two days."""
    try:
        store().delete(document.incoming_key)
    except StoreAway:
        log.warning("incoming_left", document=str(document.pk))
