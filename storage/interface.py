"""What a document store is: its verbs and nouns, whatever stands behind them."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import BinaryIO, NamedTuple, Protocol
from urllib.parse import quote

CHUNK_BYTES = 256 * 1024
# What browsers send stands here until it is verified; whatever is left goes by itself after this time.
INCOMING = "incoming/"
INCOMING_DAYS = 2


class Stat(NamedTuple):
    """What the store knows of an object."""

    size_bytes: int
    content_type: str
    etag: str


class Post(NamedTuple):
    """Where a browser posts a file, and the form fields that go before it."""

    url: str
    fields: dict[str, str]


class Objects(Protocol):
    """The verbs of a document store."""

    def ensure_bucket(self) -> None:
        """Make what the store needs to take documents from browsers; nothing where it is there."""

    def put(self, key: str, data: BinaryIO, size_bytes: int, content_type: str) -> None:
        """Keep `size_bytes` of `data` under `key`, in place of what was there."""

    def open(self, key: str) -> AbstractContextManager[Iterator[bytes]]:
        """The content of `key` in chunks. Raises `NoSuchObject` on entering."""

    def stat(self, key: str) -> Stat:
        """Size and type of `key`. Raises `NoSuchObject`."""

    def copy(self, source: str, target: str) -> None:
        """Copy within the store. Raises `NoSuchObject`."""

    def delete(self, key: str) -> None:
        """Remove `key`; nothing where it is not there."""

    def signed_get(self, key: str, *, filename: str, content_type: str, inline: bool, seconds: int) -> str:
        """A URL by which a browser reads `key` for `seconds`, under the name `filename`."""

    def post_policy(self, key: str, *, content_type: str, max_bytes: int, seconds: int) -> Post:
        """Leave to post one file of 1 to `max_bytes` bytes of `content_type` to `key` for `seconds`."""


def disposition(filename: str, *, inline: bool) -> str:
    """A Content-Disposition that carries any name: RFC 5987 beside an ASCII fallback.

    >>> disposition("名单.xlsx", inline=False)
    'attachment; filename="__.xlsx"; filename*=UTF-8\\'\\'%E5%90%8D%E5%8D%95.xlsx'
    """
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\%;' else "_" for c in filename)
    way = "inline" if inline else "attachment"
    return f"{way}; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"
