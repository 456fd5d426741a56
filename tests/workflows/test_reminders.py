"""Whoever holds a case is reminded a working day before its deadline, and once more when it is over."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts.models import User
from notifications import outbox
from notifications.models import Message
from tests.workflows.conftest import person_with
from tests.workflows.test_races import at_once
from workflows.engine.perform import perform
from workflows.models import Application, Deadline, Round
from workflows.reminders import TOPIC, remind_due

pytestmark = pytest.mark.django_db(transaction=True)
# Submitted on a Monday; due on the Monday after, so the Friday between is the working day before.
MONDAY = datetime(2019, 9, 2, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
THURSDAY, FRIDAY, SUNDAY, TUESDAY = (MONDAY + timedelta(days=n) for n in (3, 4, 6, 8))


@pytest.fixture
def submitted(draft: Application, owner: User) -> Application:
    Round.objects.update(opens_at=MONDAY - timedelta(days=30), closes_at=MONDAY + timedelta(days=30))
    perform("submit", [draft.pk], actor=owner, key="s", at=MONDAY)
    return draft


def reminders_of(user: User) -> list[str]:
    outbox.deliver_due()
    return list(
        Message.objects.filter(recipient=user, topic=TOPIC)
        .order_by("pk")
        .values_list("subject_zh", flat=True)
    )


def test_clerks_are_reminded_the_working_day_before(submitted: Application, clerk: User, owner: User) -> None:
    assert remind_due(THURSDAY) == 0
    assert remind_due(FRIDAY) == 1
    number = Application.objects.get(pk=submitted.pk).number
    assert reminders_of(clerk) == [f"{number}：“受理”将于 2019-09-09 到期"]
    assert reminders_of(owner) == []
    assert remind_due(FRIDAY) == 0


def test_nobody_is_reminded_on_a_day_off(submitted: Application) -> None:
    assert remind_due(SUNDAY) == 0


def test_overdue_is_told_once_more(submitted: Application, clerk: User) -> None:
    number = Application.objects.get(pk=submitted.pk).number
    assert remind_due(FRIDAY) == 1
    assert len(reminders_of(clerk)) == 1
    assert [remind_due(day) for day in (TUESDAY, TUESDAY + timedelta(days=1))] == [1, 0]
    assert reminders_of(clerk)[1] == f"{number}：“受理”已于 2019-09-09 到期"


def test_late_delivery_tells_of_the_last_alone(submitted: Application, clerk: User) -> None:
    assert [remind_due(day) for day in (FRIDAY, TUESDAY)] == [1, 1]
    (subject,) = reminders_of(clerk)
    assert "已于" in subject


def test_only_the_clerk_who_claimed_is_reminded(
    submitted: Application, clerk: User, association: object
) -> None:
    colleague = person_with("clerk", association)  # type: ignore[arg-type]
    perform("claim", [submitted.pk], actor=colleague, key="c", at=MONDAY)
    remind_due(FRIDAY)
    assert len(reminders_of(colleague)) == 1
    assert reminders_of(clerk) == []


def test_employer_is_reminded_of_a_correction(submitted: Application, clerk: User, owner: User) -> None:
    points = [{"kind": "roster", "words": "请核对名单"}]
    perform("ask_correction", [submitted.pk], actor=clerk, key="c", data={"points": points}, at=MONDAY)
    due_on = Deadline.objects.get(application=submitted, step="resubmit").due_on
    assert remind_due(TUESDAY) == 0
    assert remind_due(datetime.combine(due_on, MONDAY.timetz())) == 1
    assert len(reminders_of(owner)) == 1


def test_deadline_met_before_delivery_tells_nobody(submitted: Application, clerk: User) -> None:
    remind_due(FRIDAY)
    perform("accept", [submitted.pk], actor=clerk, key="a", at=FRIDAY)
    assert reminders_of(clerk) == []


def test_two_sweepers_remind_once(submitted: Application, clerk: User) -> None:
    assert sum(n for n in at_once(4, lambda _: remind_due(FRIDAY)) if isinstance(n, int)) == 1
    assert len(reminders_of(clerk)) == 1
