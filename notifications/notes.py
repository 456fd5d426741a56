"""A note: one thing to tell one person. Channels carry it."""

from dataclasses import dataclass

from accounts.models import User
from config.words import T


@dataclass(frozen=True, slots=True)
class Note:
    """`key` is unique for the person and the occasion; `link` is a path of this site or empty.

    Raises:
        ValueError: the link leads elsewhere.
    """

    recipient: User
    key: str
    subject: T
    body: T
    link: str
    topic: str
    programme: str = ""

    def __post_init__(self) -> None:
        if self.link and (not self.link.startswith("/") or self.link.startswith("//")):
            raise ValueError("a note links to a path of this site")
