"""Calendar files (iCalendar) of a session, for the experts, and of one case's defence, for whoever presents."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.urls import reverse
from icalendar import Calendar, Event

from config.words import T
from workflows.models import ReviewSession, SessionItem

NAME = T("Review session {number}", "评审场次 {number}")
DEFENCE = T("Defence of {number}", "{number} 答辩")


def of_session(session: ReviewSession, uid: str) -> bytes:
    """The session from its beginning to its end; `uid` tells the calendars of different people apart."""
    return _file(
        session, uid, str(NAME.format(number=session.number)), session.starts_at, session.ends_at, ""
    )


def of_item(item: SessionItem) -> bytes:
    """One case's defence, by the running order as it stands: those before it take their minutes."""
    session = item.session
    earlier = SessionItem.objects.filter(session=session, removed_at=None, position__lt=item.position)
    ahead = sum(one.minutes + one.question_minutes for one in earlier)
    starts = session.starts_at + timedelta(minutes=ahead) if session.starts_at else None
    ends = starts + timedelta(minutes=item.minutes + item.question_minutes) if starts else None
    link = settings.SITE_URL + reverse("application_defence", args=[item.application_id])
    name = str(DEFENCE.format(number=item.application.number))
    return _file(session, f"item-{item.pk}", name, starts, ends, link)


def _file(
    session: ReviewSession, uid: str, name: str, starts: datetime | None, ends: datetime | None, link: str
) -> bytes:
    calendar, event = Calendar(), Event()
    calendar.add("prodid", "-//Bailu//Review sessions//")
    calendar.add("version", "2.0")
    event.add("uid", f"{uid}@{settings.SITE_URL.split('//')[-1]}")
    event.add("sequence", session.version)
    event.add("dtstamp", datetime.now(UTC))
    event.add("summary", name)
    if starts and ends:
        event.add("dtstart", starts.astimezone(UTC))
        event.add("dtend", ends.astimezone(UTC))
    if session.room:
        event.add("location", ", ".join(filter(None, (session.room.name, session.room.place))))
    event.add("description", str(session.round.title))
    if link:
        event.add("url", link)
    if session.stage == ReviewSession.Stage.CANCELLED:
        event.add("status", "CANCELLED")
    calendar.add_component(event)
    return bytes(calendar.to_ical())
