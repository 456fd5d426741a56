"""Twin worlds: the same rows, ids and clock, but for one secret; and everything that somebody sees of each."""

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from unittest.mock import patch

from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts.models import APPLICANT_ROLES, User
from notifications.models import Message
from tests.api_permissions import API_ROWS
from tests.permissions import EVERYBODY, SIGNED_IN, Row
from tests.workflows.api.conftest import Program
from workflows.api.routes import OPERATIONS

# What differs from one answer to the next by itself: tokens of forms, signatures, keys that are made for one click.
CHANCE = (
    (re.compile(rb"(csrfmiddlewaretoken\" value=\"|X-CSRFToken\": \")[A-Za-z0-9]{64}"), rb"\1*"),
    (re.compile(rb"ticket=[\w%.:=-]+"), b"ticket=*"),
    # Commitments: the hash of an event tells nothing of what is in it, and differs with it. Each event of an expert
    # bears a salt.
    (re.compile(rb"\b[0-9a-f]{64}\b"), b"#"),
)
UUID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
MADE_AT = re.compile(rb"<dcterms:(created|modified)[^<]*<[^>]*>")


@contextmanager
def twin() -> Iterator[None]:
    """A world of its own, gone afterwards: what differs is changed within it, past every trigger."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
        try:
            yield
        finally:
            transaction.set_rollback(True)


@contextmanager
def one_moment(at: datetime) -> Iterator[None]:
    """Everything happens at `at`, as it does in the database within one transaction."""
    with patch.object(timezone, "now", lambda: at):
        yield


def plain(answer: HttpResponse) -> tuple[int, str, str, bytes]:
    """What came back, byte for byte, but for what is made anew for each answer."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            content = b"".join(name.encode() + file.read(name) for name in sorted(file.namelist()))
        content = MADE_AT.sub(b"", content)
    for pattern, becomes in CHANCE:
        content = pattern.sub(becomes, content)
    known: dict[bytes, bytes] = {}
    content = UUID.sub(lambda m: known.setdefault(m[0], b"key %d" % len(known)), content)
    to = UUID.sub(b"*", answer.get("Location", "").encode())
    return (
        answer.status_code,
        answer.get("Content-Disposition", ""),
        CHANCE[1][0].sub(b"", to).decode(),
        content,
    )


@dataclass
class Looking:
    """Everything that one person sees: each page whose door lets them in, each operation of the API, each mail."""

    user: User | None
    addresses: list[tuple[str, Row, str]]
    objects: dict[str, dict[str, Any]]
    client: Client = field(default_factory=Client)

    def __post_init__(self) -> None:
        if self.user is not None:
            self.client.force_login(self.user)

    def all(self) -> dict[str, tuple[int, str, str, bytes]]:
        """Name of the page or operation → what came back."""
        return {**self._pages(), **self._operations(), **self._mail()}

    def _pages(self) -> dict[str, Any]:
        return {name: plain(self.client.get(at)) for name, row, at in self.addresses if self._opens(row.who)}

    def _operations(self) -> dict[str, Any]:
        if self.user is None:
            return {}
        # Its token is made here: the pages before list one's tokens, each with a number of its own.
        program, found = Program(self.user), {}
        for name, operation in OPERATIONS.items():
            row = API_ROWS[name]
            named = self.objects.get(row.of, {})
            if operation.method != "GET" or not self._opens(row.who) or name.startswith("message"):
                continue
            try:
                path = operation.path.format(**{"slug": "software-filing", **named})
            except KeyError:
                continue
            found[f"api {name}"] = plain(program.get(path))
        return found

    def _mail(self) -> dict[str, Any]:
        if self.user is None:
            return {}
        told = Message.objects.filter(recipient=self.user).order_by("pk")
        words = told.values_list("topic", "subject_zh", "subject_en", "body_zh", "body_en")
        return {"mail": (200, "", "", repr(list(words)).encode())}

    def _opens(self, who: str | frozenset[str]) -> bool:
        """A door that lets nobody of one's roles in says the same to all of them: it asks for no row. What everybody
        may open, the public and applicants look at."""
        if who == EVERYBODY or self.user is None:
            return who == EVERYBODY and (self.user is None or self.user.has_role(*APPLICANT_ROLES))
        return who == SIGNED_IN or self.user.has_role(*who)
