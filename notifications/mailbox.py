"""The folder into which Django's file backend writes mails, read back for the demonstration."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

PAGE_ROWS = 25
_NAME = re.compile(r"[\w.-]+\.(log|eml)", re.ASCII)
# Django's file backend ends each mail with a line of dashes; only headers can follow it.
_END = re.compile(rb"\n-{79}\n(?=[A-Z][A-Za-z-]*: |\Z)")
_CURSOR = re.compile(r"(.+)~(\d{1,9})")


class NoSuchMail(LookupError):  # noqa: N818 - named for its cause
    """No mail of that name and place."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail with its headers decoded; `file` and `place` name it."""

    file: str
    place: int
    sender: str
    recipient: str
    subject: str
    sent_at: datetime | None
    language: str
    text: str


class Mailbox:
    """The mails of `folder`; a folder that is missing is an empty one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def newest(self, after: str = "", rows: int = PAGE_ROWS) -> tuple[list[Mail], str | None]:
        """Mails newest first that follow the cursor `after`, and the cursor of the next page or None."""
        found: list[Mail] = []
        for file, place, raw in self._backwards(after):
            if len(found) == rows:
                return found, f"{found[-1].file}~{found[-1].place}"
            found.append(_parsed(file, place, raw))
        return found, None

    def open(self, file: str, place: int) -> Mail:
        """The mail at `place` (from 0) in `file`.

        Raises:
            NoSuchMail: there is none, or `file` is not the name of a mail file in this folder.
        """
        if file not in self._files():
            raise NoSuchMail(file)
        parts = self._parts(file)
        if place >= len(parts):
            raise NoSuchMail(file)
        return _parsed(file, place, parts[place])

    def _files(self) -> list[str]:
        """Names of the mail files, newest first: they begin with the time of writing."""
        if not self.folder.is_dir():
            return []
        names = [path.name for path in self.folder.iterdir() if path.is_file() and not path.is_symlink()]
        return sorted((name for name in names if _NAME.fullmatch(name)), reverse=True)

    def _parts(self, file: str) -> list[bytes]:
        raw = (self.folder / file).read_bytes().replace(b"\r\n", b"\n")
        return [part for part in _END.split(raw) if part.strip()]

    def _backwards(self, after: str) -> Iterator[tuple[str, int, bytes]]:
        cursor = _CURSOR.fullmatch(after)
        for file in self._files():
            if cursor and file > cursor[1]:
                continue
            parts = self._parts(file)
            below = int(cursor[2]) if cursor and file == cursor[1] else len(parts)
            for place in range(min(below, len(parts)) - 1, -1, -1):
                yield file, place, parts[place]


def _parsed(file: str, place: int, raw: bytes) -> Mail:
    mail = message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    date = mail["Date"].datetime if mail["Date"] is not None else None
    if date is not None and date.tzinfo is None:
        date = date.replace(tzinfo=UTC)  # "-0000" says UTC without a place
    return Mail(
        file=file,
        place=place,
        sender=str(mail["From"] or ""),
        recipient=str(mail["To"] or ""),
        subject=str(mail["Subject"] or ""),
        sent_at=date,
        language=str(mail["Content-Language"] or ""),
        text=_text(mail),
    )


def _text(mail: EmailMessage) -> str:
    body = mail.get_body(preferencelist=("plain", "html"))
    return str(body.get_content()) if body is not None else ""
