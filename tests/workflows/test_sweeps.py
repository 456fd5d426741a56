"""What falls due is swept once, by the database's clock, however many sweep and whatever their own clocks say."""

import ast
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Organisation, Role, User
from launch.places import ROOT
from notifications import outbox
from notifications.models import Message, OutboxRow
from tests.workflows.conftest import events_of, fresh, person_with
from tests.workflows.test_races import at_once
from workflows import escalations, sweeps
from workflows.engine import clock
from workflows.engine.clock import HERE
from workflows.engine.declare import Step
from workflows.engine.perform import perform
from workflows.engine.verify import verify
from workflows.models import Application, CalendarDay, Deadline, Event, Round
from workflows.programmes import programme
from workflows.sweeps import Swept, sweep

pytestmark = pytest.mark.django_db(transaction=True)
MONDAY = datetime(2019, 9, 2, 10, tzinfo=HERE)
# Accepted on Monday: `examine` is due ten working days later, on Tuesday 17 September.
DUE = datetime(2019, 9, 17, 10, tzinfo=HERE)


@pytest.fixture
def accepted(many_drafts: Callable[[int], list[Application]], clerk: User) -> list[Application]:
    cases = many_drafts(3)
    Round.objects.update(opens_at=MONDAY - timedelta(days=30), closes_at=MONDAY + timedelta(days=30))
    for case in cases:
        perform("submit", [case.pk], actor=case.created_by, key="s", at=MONDAY)
    perform("accept", [case.pk for case in cases], actor=clerk, key="a", at=MONDAY)
    OutboxRow.objects.all().delete()
    return cases


def told(user: User, topic: str) -> int:
    outbox.deliver_due()
    return Message.objects.filter(recipient=user, topic=topic).count()


def test_reminder_comes_as_early_as_the_step_declares(accepted: list[Application], clerk: User) -> None:
    assert Deadline.objects.filter(step="examine", due_on=DUE.date()).count() == 3
    # Friday the 13th is the Mid-Autumn holiday: Wednesday is three working days ahead, Thursday two.
    assert sweep(DUE - timedelta(days=6)).reminded == 0
    assert sweep(DUE - timedelta(days=5)).reminded == 3
    assert told(clerk, "deadline.reminder") == 3


def test_overdue_is_escalated_once_a_level(
    accepted: list[Application], clerk: User, official: User, authority: Organisation
) -> None:
    auditor = person_with(Role.AUDITOR, authority)
    assert sweep(DUE).escalated == 0
    assert [sweep(DUE + timedelta(days=n)).escalated for n in (1, 1, 2, 3)] == [3, 0, 0, 0]
    assert (told(clerk, escalations.TOPIC), told(official, escalations.TOPIC)) == (3, 0)
    assert sweep(DUE + timedelta(days=4)).escalated == 0  # a Saturday
    assert [sweep(datetime(2019, 9, day, 10, tzinfo=HERE)).escalated for day in (20, 23)] == [0, 3]
    assert (told(clerk, escalations.TOPIC), told(official, escalations.TOPIC)) == (3, 3)
    assert told(auditor, escalations.TOPIC) == 0
    assert set(Deadline.objects.filter(step="examine").values_list("escalated", flat=True)) == {2}


def test_escalation_says_that_its_day_was_provisional(accepted: list[Application], clerk: User) -> None:
    CalendarDay.objects.filter(day__gte=DUE.date()).update(provisional=True)
    sweep(DUE + timedelta(days=1))
    outbox.deliver_due()
    said = Message.objects.filter(recipient=clerk, topic=escalations.TOPIC).values_list(
        "subject_en", flat=True
    )
    assert {subject.partition(": ")[2] for subject in said} == {
        "“Pass the preliminary check” is overdue since 17 Sep 2019 (provisional)"
    }


def test_step_that_was_taken_meanwhile_is_not_told_of(accepted: list[Application], clerk: User) -> None:
    late = DUE + timedelta(days=1)
    assert sweep(late).escalated == 3
    perform("examine", [accepted[0].pk], actor=clerk, key="e", at=late)
    assert told(clerk, escalations.TOPIC) == 2


@pytest.mark.parametrize(
    ("step", "levels"),
    [
        ("examine", ["handler_id clerk", "authority_id official", "authority_id auditor"]),
        ("approve", ["authority_id official", "authority_id auditor", "authority_id auditor"]),
        ("resubmit", ["handler_id clerk", "authority_id official", "authority_id auditor"]),
    ],
)
def test_level_is_told_to_whoever_supervises_the_one_before(step: str, levels: list[str]) -> None:
    declared: Step = programme("talent-tax-rebate").steps[step]
    heard = [escalations.audience(declared, level) for level in (1, 2, 3)]
    assert [f"{column} {' '.join(sorted(roles))}" for column, roles in heard] == levels


def test_nobody_is_written_to_at_night(accepted: list[Application]) -> None:
    night = (DUE + timedelta(days=1)).replace(hour=3)
    assert sweep(night) == Swept()


def test_two_sweepers_do_each_thing_once(
    many_drafts: Callable[[int], list[Application]], accepted: list[Application]
) -> None:
    waiting = many_drafts(3)
    for case in waiting:
        perform("submit", [case.pk], actor=case.created_by, key="s", at=MONDAY)
    OutboxRow.objects.all().delete()
    late = DUE + timedelta(days=1)
    done = at_once(4, lambda _: sweep(late))
    assert [swept for swept in done if not isinstance(swept, Swept)] == []
    assert sum(swept.lapsed for swept in done) == 3
    assert sum(swept.reminded for swept in done) == 3
    assert sum(swept.escalated for swept in done) == 3
    assert [events_of(case) for case in waiting] == [["submit", "accept"]] * 3
    assert OutboxRow.objects.filter(topic="deadline.reminder").count() == 3
    assert OutboxRow.objects.filter(topic=escalations.TOPIC).count() == 3
    assert verify().holds


def test_part_that_fails_keeps_nothing_back(
    accepted: list[Application], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_at: datetime | None) -> int:
        raise RuntimeError("the first part")

    monkeypatch.setattr(sweeps.lapses, "lapse_due", fail)
    with pytest.raises(RuntimeError, match="the first part"):
        sweep(DUE + timedelta(days=1))
    assert set(Deadline.objects.filter(step="examine").values_list("escalated", flat=True)) == {1}


@pytest.mark.parametrize("by", [timedelta(days=1), timedelta(hours=-1), timedelta(days=400)])
def test_workers_own_clock_changes_nothing(
    draft: Application, by: timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    User.objects.system()
    true = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: true() + by)
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        (before,) = cursor.fetchone()
    perform("submit", [draft.pk], actor=draft.created_by, key="s")
    event = Event.objects.get(application=draft)
    assert abs(event.at - before) < timedelta(minutes=1)
    assert fresh(draft).due_on == Deadline.objects.get(application=draft).due_on
    assert abs(clock.now() - before) < timedelta(minutes=1)
    assert sweep().lapsed == 0
    assert events_of(draft) == ["submit"]


def test_nothing_that_decides_asks_the_machines_clock() -> None:
    """A word on a page may; a verb, a guard or a sweep may not."""
    deciding = [*Path(ROOT / "workflows" / "engine").glob("*.py"),
                *(ROOT / "workflows" / f"{name}.py" for name in ("lapses", "notices", "reminders", "escalations",
                  "sweeps", "calendars", "objections", "batches", "rosters"))]  # fmt: skip
    asked = [
        f"{file.name}:{node.lineno}"
        for file in deciding
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and ast.unparse(node)
        in {"datetime.now", "timezone.now", "date.today", "timezone.localdate", "time.time"}
    ]  # fmt: skip
    assert asked == []
