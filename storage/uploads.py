"""How a document comes in: announced, posted by the browser straight to the store, finished, checked.

The web process carries no bytes: `begin` hands out a signed policy, `finish` a promise to check, and the
worker's `verify` reads the object.
"""

import hashlib
import io
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from accounts.models import Organisation, User
from config.words import T
from storage.errors import BadDigest, BadName, EmptyFile, TooLarge, WrongType
from storage.kinds import CSV, JPEG, KINDS, PDF, PNG, XLS, XLSX, Kind, kind_of
from storage.models import Document, DocumentState
from storage.objects import store
from storage.sizes import size_in_words
from storage.tasks import queue_check
from storage.verdicts import announce
from storage.verification import verify

__all__ = [
    "PAPER", "RETURN", "ROSTER", "Ticket", "UploadLimits", "begin", "deposit", "finish", "read", "verify",
]  # fmt: skip

MB = 1024**2
# A slow line takes this long for the largest file.
POLICY_SECONDS = 3600
LONGEST_NAME = 120
_SHA256 = re.compile(r"[0-9a-f]{64}")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """What one place takes: how many bytes at most, and which media types (those of `storage.kinds`)."""

    max_bytes: int
    content_types: tuple[str, ...]

    @property
    def kinds(self) -> Sequence[Kind]:
        """The kinds of its types."""
        return [KINDS[content_type] for content_type in self.content_types]

    @property
    def accept(self) -> str:
        """The `accept` of a file input: `.pdf,.jpg,.jpeg,.png`."""
        return ",".join(ending for kind in self.kinds for ending in kind.endings)

    @property
    def labels(self) -> str:
        """Its kinds in words: `PDF / JPEG / PNG`."""
        return " / ".join(kind.label for kind in self.kinds)

    @property
    def hint(self) -> T:
        """What is taken here, for the hint under a file input."""
        size = size_in_words(self.max_bytes)
        return T(
            en=f"{self.labels}, at most {size}. The upload starts when you choose the file.",
            zh=f"{self.labels}，不超过 {size}。选择文件后立即开始上传。",
        )


PAPER = UploadLimits(20 * MB, (PDF, JPEG, PNG))
ROSTER = UploadLimits(30 * MB, (XLSX, XLS))
RETURN = UploadLimits(30 * MB, (CSV, XLSX))


class Ticket(NamedTuple):
    """An announced document, and where and with which fields the browser posts it."""

    document: Document
    url: str
    fields: dict[str, str]


def clean_name(filename: str) -> str:
    """The last part of a path, as a person may read it: without controls and direction marks."""
    return _UNPRINTABLE.sub("", filename.replace("\\", "/").rpartition("/")[2]).strip()


def begin(
    *,
    user: User,
    organisation: Organisation | None,
    filename: str,
    size_bytes: int,
    content_type: str,
    limits: UploadLimits,
    purpose: str,
) -> Ticket:
    """Announce an upload, and let the browser post at most this many bytes of this type for an hour.

    Raises:
        BadName, EmptyFile, TooLarge, WrongType: the file cannot be taken here; each names file, size, limit.
        StoreAway: the store does not answer.
    """
    name = clean_name(filename)
    if len(name) > LONGEST_NAME or not PurePath(name).suffix:
        raise BadName(filename=name[:LONGEST_NAME], longest=LONGEST_NAME)
    size = size_in_words(size_bytes)
    if size_bytes <= 0:
        raise EmptyFile(filename=name)
    kind = kind_of(name, content_type)
    if kind is None or kind.content_type not in limits.content_types:
        raise WrongType(filename=name, size=size, kinds=limits.labels)
    if size_bytes > limits.max_bytes:
        raise TooLarge(filename=name, size=size, limit=size_in_words(limits.max_bytes))
    document = _new(
        user=user,
        organisation=organisation,
        name=name,
        content_type=kind.content_type,
        size_bytes=size_bytes,
        purpose=purpose,
    )
    objects = store()
    objects.ensure_bucket()
    post = objects.post_policy(
        document.incoming_key, content_type=kind.content_type, max_bytes=size_bytes, seconds=POLICY_SECONDS
    )
    document.save(force_insert=True)
    return Ticket(document, post.url, post.fields)


def _new(
    *,
    user: User,
    organisation: Organisation | None,
    name: str,
    content_type: str,
    size_bytes: int,
    purpose: str,
) -> Document:
    pk = uuid.uuid4()
    return Document(
        pk=pk,
        object_key=f"documents/{pk.hex[:2]}/{pk}",
        filename=name,
        content_type=content_type,
        size_bytes=size_bytes,
        purpose=purpose,
        uploaded_by=user,
        organisation=organisation,
    )


def finish(document: Document, *, sha256: str, user: User) -> Document:
    """Say that the browser has posted `document`, whose SHA-256 it computed; a worker checks it after commit.

    Finishing again changes nothing, so an answer that was lost can be asked for again. A broker that is
    away delays the check and fails nothing. Returns the document as it is now.

    Raises:
        Document.DoesNotExist: not a document that `user` uploads.
        BadDigest: `sha256` is not 64 hexadecimal digits.
    """
    with transaction.atomic():
        row = Document.objects.of_uploader(user).select_for_update().get(pk=document.pk)
        if row.state != DocumentState.PENDING:
            return row
        if not _SHA256.fullmatch(sha256.lower()):
            raise BadDigest(filename=row.filename)
        row.declared_sha256 = sha256.lower()
        row.state = DocumentState.CHECKING
        row.queued_at = timezone.now()
        row.save(update_fields=["declared_sha256", "state", "queued_at"])
        transaction.on_commit(lambda: queue_check(row.pk))
    return row


def deposit(
    *,
    user: User,
    organisation: Organisation | None,
    filename: str,
    content_type: str,
    data: bytes,
    purpose: str,
) -> Document:
    """Keep a file that Bailu made itself (a list, a minute), verified at once; subscribers are told.

    For workers and commands, not for what people send.

    Raises:
        StoreAway: the store does not answer.
    """
    document = _new(
        user=user,
        organisation=organisation,
        name=clean_name(filename),
        content_type=content_type,
        size_bytes=len(data),
        purpose=purpose,
    )
    document.sha256 = document.declared_sha256 = hashlib.sha256(data).hexdigest()
    document.state = DocumentState.VERIFIED
    document.verified_at = timezone.now()
    store().put(document.object_key, io.BytesIO(data), len(data), content_type)
    with transaction.atomic():
        document.save(force_insert=True)
        announce(document)
    return document


def read(document: Document) -> bytes:
    """The whole content of a verified document, for a worker that parses it.

    Raises:
        NotVerified, Expired: it does not count, or is no longer there.
        StoreAway: the store does not answer.
    """
    document.require_verified()
    with store().open(document.object_key) as chunks:
        return b"".join(chunks)
