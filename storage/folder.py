"""A folder that stands in for the S3 server in a demonstration without one: same verbs, same limits.

Its browsers post to and read from two views of ours (`storage.views`), each by a signed, dated ticket.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlencode

from django.core import signing
from django.urls import reverse
from django.utils import timezone

from storage.errors import NoSuchObject, PolicyRefused, StoreAway
from storage.interface import CHUNK_BYTES, INCOMING, INCOMING_DAYS, Post, Stat

UPLOAD_SALT = "storage.folder.upload"
DOWNLOAD_SALT = "storage.folder.download"


def sign(salt: str, seconds: int, **claims: Any) -> str:
    """A ticket that carries `claims` and ends after `seconds`."""
    return signing.dumps({**claims, "until": timezone.now().timestamp() + seconds}, salt=salt)


def claims_of(salt: str, ticket: str) -> dict[str, Any]:
    """The claims of a ticket that we signed and that has not ended.

    Raises:
        PolicyRefused: altered, signed for something else, or too late.
    """
    try:
        claims: dict[str, Any] = signing.loads(ticket, salt=salt)
    except signing.BadSignature as error:
        raise PolicyRefused from error
    if claims["until"] < timezone.now().timestamp():
        raise PolicyRefused
    return claims


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise NoSuchObject from error
    except OSError as error:
        raise StoreAway from error


@dataclass(eq=False)
class FolderObjects:
    """Documents as files below `root`. The type is not kept: the document's row holds it."""

    root: Path

    def path(self, key: str) -> Path:
        """Where `key` lies, below `root` whatever the key says.

        Raises:
            NoSuchObject: the key points out of the folder, or at no file's place.
        """
        root = self.root.resolve()
        if "\0" in key:
            raise NoSuchObject
        path = (root / key).resolve()
        if not path.is_relative_to(root) or path == root:
            raise NoSuchObject
        return path

    def ensure_bucket(self) -> None:
        """Make the folder, and drop what browsers left in `incoming/` for two days."""
        with _answering():
            incoming = self.root / INCOMING
            incoming.mkdir(parents=True, exist_ok=True)
            oldest = timezone.now().timestamp() - INCOMING_DAYS * 24 * 3600
            for left in incoming.iterdir():
                if left.stat().st_mtime < oldest:
                    left.unlink(missing_ok=True)

    def put(self, key: str, data: BinaryIO, size_bytes: int, content_type: str) -> None:  # noqa: ARG002
        path = self.path(key)
        with _answering():
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as part:
                shutil.copyfileobj(data, part, CHUNK_BYTES)
            # Whole or not at all, also for one who reads at the same time.
            Path(part.name).replace(path)

    @contextmanager
    def open(self, key: str) -> Iterator[Iterator[bytes]]:
        with _answering():
            file = self.path(key).open("rb")
        with file:
            yield iter(lambda: file.read(CHUNK_BYTES), b"")

    def stat(self, key: str) -> Stat:
        with _answering():
            found = self.path(key).stat()
        return Stat(found.st_size, "", f"{found.st_mtime_ns:x}-{found.st_size:x}")

    def copy(self, source: str, target: str) -> None:
        with _answering(), self.path(source).open("rb") as data:
            self.put(target, data, os.fstat(data.fileno()).st_size, "")

    def delete(self, key: str) -> None:
        with _answering():
            self.path(key).unlink(missing_ok=True)

    def signed_get(self, key: str, *, filename: str, content_type: str, inline: bool, seconds: int) -> str:
        ticket = sign(
            DOWNLOAD_SALT, seconds, key=key, filename=filename, content_type=content_type, inline=inline
        )
        return f"{reverse('storage:folder-download')}?{urlencode({'ticket': ticket})}"

    def post_policy(self, key: str, *, content_type: str, max_bytes: int, seconds: int) -> Post:
        ticket = sign(UPLOAD_SALT, seconds, key=key, content_type=content_type, max_bytes=max_bytes)
        url = f"{reverse('storage:folder-upload')}?{urlencode({'ticket': ticket})}"
        return Post(url, {"key": key, "Content-Type": content_type})
