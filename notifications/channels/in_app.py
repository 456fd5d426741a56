"""Messages on the pages of this site."""

from collections.abc import Sequence

from notifications.models import Message
from notifications.notes import Note


def offer(notes: Sequence[Note]) -> None:
    """Each note is a message of its recipient; one that is there already stays as it is, read or not."""
    Message.objects.bulk_create(
        [
            Message(
                key=note.key,
                recipient=note.recipient,
                topic=note.topic,
                programme=note.programme,
                subject_zh=_one_line(note.subject.zh),
                subject_en=_one_line(note.subject.en),
                body_zh=note.body.zh,
                body_en=note.body.en,
                link=note.link,
            )
            for note in notes
        ],
        batch_size=1000,
        ignore_conflicts=True,
    )


def _one_line(text: str) -> str:
    # A subject is also a mail header: a line break in a firm's name must not become a header of its own.
    return " ".join(text.split())[:300]
