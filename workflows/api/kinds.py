"""The shapes that all operations share: ids, texts, pages, words."""

from typing import Annotated, Generic, TypeVar

from ninja import Query, Schema
from pydantic import Field, StringConstraints

from workflows.models import Application

LARGEST = 2**63 - 1
MOST_ROWS = 200

Id = Annotated[int, Field(ge=1, le=LARGEST)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]{1,60}$")]
# Long enough for every field of a form; what a field itself takes is said by its kind.
Typed = Annotated[str, StringConstraints(max_length=5000)]
Sentence = Annotated[str, StringConstraints(max_length=500)]
Words = Annotated[str, StringConstraints(max_length=120)]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-fA-F]{64}$")]
Ids = Annotated[list[Id], Field(max_length=100_000)]
After = Annotated[int | None, Query(ge=0, le=LARGEST, description="The `next` of the page before.")]
Limit = Annotated[int, Query(ge=1, le=MOST_ROWS, description="How many rows at most.")]

Row = TypeVar("Row")


class Rows(Schema, Generic[Row]):
    """A page of a list. `next` goes into `?after=`; null at the end. The header `Link` has the whole address."""

    rows: list[Row]
    next: int | None


class Ref(Schema):
    """Something that stands elsewhere, with its name."""

    id: int
    name: str


class FileIn(Schema):
    """The announcement of a file."""

    filename: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    size_bytes: Annotated[int, Field(ge=0, le=LARGEST)]
    content_type: Annotated[str, StringConstraints(max_length=200)] = ""


class Sha256In(Schema):
    """What the client computed over the bytes that it posted."""

    sha256: Digest


class TicketOut(Schema):
    """Where to post the file: a multipart form of `fields`, then the bytes as `file`. Then call `finish`."""

    document: str
    url: str
    fields: dict[str, str]
    finish: str


class DocumentOut(Schema):
    """Where an upload stands: pending, checking, verified, refused or expired."""

    document: str
    state: str
    sentence: str
    filename: str
    size_bytes: int


class LinkOut(Schema):
    """A signed address of a document's content; it ends after so many seconds."""

    url: str
    seconds: int


class Done(Schema):
    """Something was done."""

    done: str


def etag_of(case: Application) -> str:
    """The case's version as an entity tag: every step raises it, typing into a draft does not."""
    return f'"{case.version}"'
