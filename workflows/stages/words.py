"""What stages tell, and whom: the subject always begins with the number of the case."""

from config.words import T
from workflows.engine.declare import Notify, tell


def _told(who: str, subject: T, body: T) -> tuple[Notify]:
    return tell(who, T(f"{{number}}: {subject.en}", f"{{number}} {subject.zh}"), body)


def applicant(subject: T, body: T) -> tuple[Notify]:
    """To the applicant: `T("accepted", "已受理")` becomes “GS2019-000001: accepted”."""
    return _told("applicant", subject, body)


def office(subject: T, body: T) -> tuple[Notify]:
    """To the clerks of the office that handles the case."""
    return _told("office", subject, body)


def authority(subject: T, body: T) -> tuple[Notify]:
    """To the officials of the competent authority."""
    return _told("authority", subject, body)
