"""Tell people something: in the application, and by e-mail unless they said no."""

from collections.abc import Iterable, Sequence
from types import ModuleType

from django.db import transaction

from accounts.models import User
from config.words import T
from notifications.channels import email, in_app
from notifications.notes import Note

CHANNELS = (in_app, email)


def tell(
    recipients: Iterable[User],
    *,
    key: str,
    subject: T,
    body: T,
    link: str,
    topic: str,
    programme: str = "",
) -> None:
    """Each of `recipients` has one message of this `key`, and one e-mail on the way, however often called.

    `link` is a path of this site or empty. `topic` is what people may switch off (`topics.optional_mail`).
    A fixed number of statements, whatever the number of people.
    """
    tell_all(
        [
            Note(
                recipient=user,
                key=f"{key}:{user.pk}",
                subject=subject,
                body=body,
                link=link,
                topic=topic,
                programme=programme,
            )
            for user in recipients
        ]
    )


def tell_all(notes: Sequence[Note], by: Iterable[ModuleType] = CHANNELS) -> None:
    """As `tell`, for different things to different people in the same few statements.

    Args:
        by: the ways to reach them; all there are, without.
    """
    if not notes:
        return
    with transaction.atomic():
        for channel in by:
            channel.offer(notes)
