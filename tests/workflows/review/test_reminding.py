"""Reminders of reviews that are due: once ahead, once after, to those alone whose scores are awaited."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from accounts.models import Organisation, User
from notifications.models import Message
from tests.workflows.review import two_fields
from workflows.models import Application, Assignment, Conflict, Expert
from workflows.review import counting
from workflows.review.assignment.reminding import TOPIC, remind_due

pytestmark = pytest.mark.django_db


@pytest.fixture
def due(cases: list[Application], association: Organisation, clerk: User) -> datetime:
    """Three experts review both cases, due in a week."""
    at = timezone.now() + timedelta(days=7)
    for one in two_fields.make_experts(association, 3):
        for case in cases:
            Assignment.objects.create(expert=one, application=case, made_by=clerk, due_at=at)
    counting.recount([case.pk for case in cases])
    return at


def told() -> list[tuple[str, str]]:
    rows = Message.objects.filter(topic=TOPIC).order_by("pk")
    return [(str(one.recipient.email), one.subject_zh) for one in rows.select_related("recipient")]


def test_expert_is_reminded_once_ahead_and_once_after(due: datetime, cases: list[Application]) -> None:
    first, second, third = Expert.objects.order_by("pk")
    Assignment.objects.filter(expert=second).update(submitted_at=timezone.now())
    Conflict.objects.create(expert=third, application=cases[0], rule="employer", evidence={"ties": []})

    assert remind_due(due - timedelta(days=3)) == 0
    assert remind_due(due - timedelta(days=1)) == 3
    assert remind_due(due - timedelta(hours=20)) == 0
    assert [(mail, words.split("：")[1]) for mail, words in told()] == [
        (first.email, "2 件"),
        (third.email, "1 件"),
    ]
    assert remind_due(due + timedelta(hours=1)) == 3
    assert remind_due(due + timedelta(days=9)) == 0
    assert [words[:5] for _, words in told()][2:] == ["评审已逾期"] * 2


def test_nobody_is_reminded_of_what_is_over_or_was_assigned_a_moment_ago(
    due: datetime, cases: list[Application]
) -> None:
    Assignment.objects.filter(application=cases[0]).update(
        state=Assignment.State.ENDED, ended_at=timezone.now()
    )
    Assignment.objects.filter(application=cases[1]).update(made_at=due - timedelta(hours=13))
    assert remind_due(due - timedelta(hours=12)) == 0
