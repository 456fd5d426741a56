"""Whoever presents a case is taken over from its application, and hears of the defence by letter."""

from datetime import date

import pytest
from icalendar import Calendar

from accounts.models import Role
from accounts.sealing import blind_index
from notifications.outbox import deliver_due
from tests.workflows.conftest import person_with
from tests.workflows.project_review import bureau, call_of, filled_in, panel_of, take
from tests.workflows.review.sessions.ways import again, seated
from workflows.models import Conflict, ExpertRelation, ReviewSession, Room, SessionItem
from workflows.review.sessions import making, seating

pytestmark = pytest.mark.django_db


@pytest.fixture
def heard(association, authority, clerk) -> ReviewSession:
    """A session of one project whose application names a presenter; five experts have said that they come."""
    applicant = bureau()
    agent = person_with(Role.AGENT, applicant)
    case = filled_in(call_of(association, authority), applicant, agent)
    for step, by in (("submit", agent), ("accept", clerk), ("examine", clerk), ("put_to_panel", clerk)):
        case = take(case, step, by)
    room = Room.objects.create(office=association, name="301 会议室", seats=20)
    made = making.make(case.round, [case.pk], when=making.slot(date(2031, 3, 5), "am", room), by=clerk)
    seated(made, panel_of(association), clerk)
    return again(made)


def test_presenter_of_the_application_hears_time_and_place(heard, clerk, mailoutbox):
    item = heard.items.get()
    assert (item.presenter, item.presenter_email) == ("何答辩", "he@example.test")
    assert [mail.to for mail in mailoutbox if mail.to == ["he@example.test"]] == []
    seating.confirm(heard, by=clerk)
    deliver_due()
    deliver_due()
    (letter,) = [mail for mail in mailoutbox if mail.to == ["he@example.test"]]
    number = item.application.number
    assert letter.subject == (
        f"{number} 答辩安排：2031-03-05 09:00 301 会议室 / Defence of {number}: 2031-03-05 09:00 301 会议室"
    )
    assert "答辩顺序第 1 位，陈述 20 分钟，问答 10 分钟。" in letter.body
    assert "Place 1 in the running order" in letter.body
    ((name, content, media_type),) = letter.attachments
    (event,) = Calendar.from_ical(content).walk("VEVENT")
    assert (name, media_type) == (f"{number}.ics", "text/calendar")
    assert (event["SUMMARY"], event.decoded("DTSTART").isoformat()) == (
        f"{number} 答辩", "2031-03-05T01:00:00+00:00",
    )  # fmt: skip


def test_presenter_who_is_named_later_hears_of_it_and_of_a_cancellation(heard, clerk, mailoutbox):
    seating.confirm(heard, by=clerk)
    deliver_due()
    mailoutbox.clear()
    item = SessionItem.objects.select_related("session").get(session=heard)
    for _ in range(2):
        making.name_presenter(item, name="林答辩", email="lin2@example.test", by=item.application.created_by)
    deliver_due()
    making.cancel(again(heard), by=clerk, reason="会议室停电")
    deliver_due()
    named, cancelled = [mail for mail in mailoutbox if mail.to == ["lin2@example.test"]]
    assert named.subject.startswith(f"{item.application.number} 答辩安排：2031-03-05 09:00 301 会议室 / ")
    assert cancelled.subject.startswith(f"{item.application.number} 答辩取消 / ")
    assert "会议室停电" in cancelled.body
    (event,) = Calendar.from_ical(cancelled.attachments[0][1]).walk("VEVENT")
    assert event["STATUS"] == "CANCELLED"
    assert [mail.to for mail in mailoutbox if mail.to == ["he@example.test"]] == []


def test_relative_of_whoever_is_named_to_present_is_kept_away_from_the_case(heard, clerk):
    item = SessionItem.objects.select_related("session", "application").get(session=heard)
    (seat, *_others) = heard.seats.order_by("pk")
    ExpertRelation.objects.create(
        expert=seat.expert, kin="spouse", relative="林答辩", relative_index=blind_index("林答辩")
    )
    making.name_presenter(item, name="林答辩", email="", by=item.application.created_by)
    found = Conflict.objects.get(application=item.application_id)
    assert (found.expert, found.rule) == (seat.expert, "kin")
