"""Twin worlds: the same rows, ids and clock, but for one secret; and everything that somebody sees of each."""

import io
import re
import zipfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.core import mail
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client

from accounts.models import APPLICANT_ROLES, User
from notifications.models import Message
from notifications.outbox import deliver_due
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


# Status, name of the file, where it leads, content.
Answer = tuple[int, str, str, bytes]


def plain(answer: HttpResponse) -> Answer:
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


def told(users: Collection[User | None]) -> dict[int, bytes]:
    """Id of a person → everything that they are sent, once all that is due has been delivered: messages and letters."""
    mail.outbox.clear()
    deliver_due()
    found = {}
    for user in filter(None, users):
        mine = Message.objects.filter(recipient=user).order_by("key")
        words = list(
            mine.values_list("key", "topic", "subject_zh", "subject_en", "body_zh", "body_en", "link")
        )
        letters = sorted(
            (str(one.subject), str(one.body), repr(getattr(one, "alternatives", "")))
            for one in mail.outbox
            if any(user.email in to for to in one.to)
        )
        content = repr((words, letters)).encode()
        for pattern, becomes in CHANCE:
            content = pattern.sub(becomes, content)
        found[user.pk] = content
    return found


@dataclass
class Looking:
    """What one person sees: each page whose door lets them in, each operation of the API that reads.

    `objects` names what an address needs: under the name of an operation, or the kind that its row names;
    `asked` is what a question to the API says.
    """

    user: User | None
    addresses: list[tuple[str, Row, str]]
    objects: dict[str, dict[str, Any]]
    asked: dict[str, dict[str, Any]] = field(default_factory=dict)
    # Operations whose address could not be written.
    skipped: set[str] = field(default_factory=set)
    client: Client = field(default_factory=Client)

    def __post_init__(self) -> None:
        if self.user is not None:
            self.client.force_login(self.user)

    def all(self, only: Collection[str] | None = None) -> dict[str, Answer]:
        """Name of the page or operation → what came back; or of these alone."""
        return {**self._pages(only), **self._operations(only)}

    def _pages(self, only: Collection[str] | None) -> dict[str, Answer]:
        return {
            name: plain(self.client.get(at))
            for name, row, at in self.addresses
            if (only is None or name in only) and self._opens(row.who)
        }

    def _operations(self, only: Collection[str] | None) -> dict[str, Answer]:
        if self.user is None:
            return {}
        wanted = {
            name: operation
            for name, operation in OPERATIONS.items()
            if not operation.changes
            and (only is None or f"api {name}" in only)
            and self._opens(API_ROWS[name].who)
        }
        # Its token is made here: the pages before list one's tokens, each with a number of its own.
        program, found = Program(self.user) if wanted else None, {}
        for name, operation in wanted.items():
            try:
                path = operation.path.format(**self._named(name))
            except KeyError:
                self.skipped.add(name)
                continue
            assert program is not None
            if operation.method == "GET":
                found[f"api {name}"] = plain(program.get(path))
            else:
                found[f"api {name}"] = plain(program.send(path, self.asked[name], method=operation.method))
        return found

    def _named(self, name: str) -> dict[str, Any]:
        """What the address of an operation names; the pages call the same things `…_pk` and `…_id`."""
        named = self.objects[name] if name in self.objects else self.objects[API_ROWS[name].of]
        return {"slug": "software-filing", **named} | {
            key.removesuffix("_pk").removesuffix("_id"): value for key, value in named.items()
        }

    def _opens(self, who: str | frozenset[str]) -> bool:
        """A door that lets nobody of one's roles in says the same to all of them: it asks for no row. What everybody
        may open, the public and applicants look at."""
        if who == EVERYBODY or self.user is None:
            return who == EVERYBODY and (self.user is None or self.user.has_role(*APPLICANT_ROLES))
        return who == SIGNED_IN or self.user.has_role(*who)
