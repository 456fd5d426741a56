"""Django's own file fields over the document store."""

import tempfile
from typing import Any, BinaryIO, cast

from django.core.files.base import File
from django.core.files.storage import Storage
from django.utils.deconstruct import deconstructible

from storage.errors import NoSuchObject
from storage.objects import store

URL_SECONDS = 60
MEMORY_BYTES = 1024 * 1024


@deconstructible
class DocumentFiles(Storage):
    """The store that the settings name, as Django's default storage; below `files/`, apart from documents."""

    def _key(self, name: str) -> str:
        return f"files/{name}"

    def _open(self, name: str, mode: str = "rb") -> "File[bytes]":  # noqa: ARG002 - objects are read whole
        spool = tempfile.SpooledTemporaryFile(max_size=MEMORY_BYTES)  # noqa: SIM115 - closed with the File
        with store().open(self._key(name)) as chunks:
            for chunk in chunks:
                spool.write(chunk)
        spool.seek(0)
        return File(cast(Any, spool), name)

    def _save(self, name: str, content: "File[Any]") -> str:
        content.open()
        content.seek(0)
        data = cast(BinaryIO, content.file)
        kind = getattr(content, "content_type", None) or "application/octet-stream"
        store().put(self._key(name), data, content.size, kind)
        return name

    def delete(self, name: str) -> None:
        store().delete(self._key(name))

    def exists(self, name: str) -> bool:
        try:
            store().stat(self._key(name))
        except NoSuchObject:
            return False
        return True

    def size(self, name: str) -> int:
        return store().stat(self._key(name)).size_bytes

    def url(self, name: str | None) -> str:
        """A signed address, good for 60 s."""
        if not name:
            raise ValueError("a file without a name has no address")
        plain = name.rpartition("/")[2]
        return store().signed_get(
            self._key(name),
            filename=plain,
            content_type="application/octet-stream",
            inline=False,
            seconds=URL_SECONDS,
        )
