"""E-mail: one outbox row per person, sent by the relay in the language of the recipient."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from notifications import outbox
from notifications.models import Message, Preference
from notifications.notes import Note
from notifications.topics import topic

log = structlog.get_logger(__name__)
_open: ContextVar[BaseEmailBackend | None] = ContextVar("mail_connection", default=None)


def offer(notes: Sequence[Note]) -> None:
    """Each note whose recipient takes e-mail of its topic is an outbox row of topic `mail` with the same key.

    The row holds no words and no address: the message is read when it is sent.
    """
    refused = set(
        Preference.objects.filter(
            email=False,
            user__in={note.recipient.pk for note in notes},
            topic__in={note.topic for note in notes},
        ).values_list("user_id", "topic")
    )
    outbox.put_all(
        [("mail", note.key, {}) for note in notes if (note.recipient.pk, note.topic) not in refused]
    )


@contextmanager
def connection() -> Iterator[None]:
    """One connection to the mail server for a run of mails."""
    server: BaseEmailBackend = get_connection(timeout=settings.EMAIL_TIMEOUT)
    token = _open.set(server)
    try:
        server.open()
        yield
    finally:
        _open.reset(token)
        server.close()


@topic("mail", around=connection)
def send(payload: dict[str, Any], key: str) -> None:  # noqa: ARG001 - all there is to know is in the message
    """Send the message `key` to its recipient, unless they were deactivated since."""
    message = Message.objects.select_related("recipient").get(key=key)
    if not message.recipient.is_active:
        log.info("mail_not_sent", key=key, reason="inactive")
        return
    server = _open.get()
    try:
        mail_of(message, server).send()
    except Exception:
        # The connection may be broken: the next mail opens a new one.
        if server:
            server.close()
        raise


def send_letter(
    address: str, subject: str, body: str, key: str, *, files: Iterable[tuple[str, bytes, str]] = ()
) -> None:
    """Send a letter to somebody who has no account here: no greeting by name, no preferences, no link.

    Args:
        files: name, content and media type of what is attached.
    """
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    letter = EmailMultiAlternatives(
        subject=subject,
        body=body,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[address],
        connection=_open.get(),
        headers={"Message-ID": message_id(key, host), "Auto-Submitted": "auto-generated"},
    )
    for name, content, media_type in files:
        letter.attach(name, content, media_type)
    letter.send()


def mail_of(message: Message, server: BaseEmailBackend | None = None) -> EmailMultiAlternatives:
    """The e-mail of `message`: text and HTML in its recipient's language, recognisable by its Message-ID."""
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    preferences = f"{settings.SITE_URL}{reverse('messages:preferences')}"
    language = "en" if message.recipient.language.startswith("en") else "zh-Hans"
    with translation.override(message.recipient.language):
        words = {
            "message": message,
            "url": f"{settings.SITE_URL}{message.link}" if message.link else "",
            "preferences": preferences,
            "language": language,
        }
        mail = EmailMultiAlternatives(
            subject=message.subject,
            body=render_to_string("notifications/mail.txt", words),
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[message.recipient.email],
            connection=server,
            headers={
                "Message-ID": message_id(message.key, host),
                "List-Id": f"<{message.programme or 'messages'}.{host}>",
                "List-Unsubscribe": f"<{preferences}>",
                "Content-Language": language,
                "Auto-Submitted": "auto-generated",
            },
        )
        mail.attach_alternative(render_to_string("notifications/mail.html", words), "text/html")
    return mail


def message_id(key: str, host: str) -> str:
    """The same for the same key, so that a mail sent twice is known as one."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{host}>"
