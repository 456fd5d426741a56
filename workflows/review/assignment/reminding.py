"""Reminders of reviews that were assigned without a session: ahead of the day by which they are due, and after it."""

from collections import defaultdict
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse

from config.words import T
from notifications.messages import tell_all
from notifications.notes import Note
from notifications.topics import optional_mail
from workflows.engine import clock
from workflows.engine.clock import HERE
from workflows.models import Assignment
from workflows.review.planning.waiting import before_panel

TOPIC = "review.reminder"
optional_mail(TOPIC, T("Reminders of reviews", "评审任务提醒"))
AHEAD = timedelta(days=2)
AT_ONCE = 500
SUBJECTS = {
    False: T("Reviews due by {due}: {count}", "请于 {due} 前完成评审：{count} 件"),
    True: T("Reviews overdue since {due}: {count}", "评审已逾期（截止 {due}）：{count} 件"),
}
BODY = T(
    "{round}. Your scores are awaited. If you cannot give them, recuse yourself or abstain with a reason: "
    "the office then finds somebody else.",
    "{round}。尚待您评分。如不能评审，请申请回避或弃权并说明理由，以便另行安排专家。",
)


def remind_due(at: datetime | None = None) -> int:
    """Remind experts of reviews that are due within two days, and once more of those that are overdue.

    Each hears once for a round and a day, however many cases; returns how many assignments were reminded of. Whoever
    got a case a moment ago needs no reminder of it. Members of a panel with a session are reminded of that instead.
    """
    now = at or clock.now()
    soon = Q(reminded_at=None, due_at__gt=now, due_at__lte=now + AHEAD, made_at__lte=now - AHEAD / 4)
    late = Q(due_at__lte=now) & (Q(reminded_at=None) | Q(reminded_at__lt=F("due_at")))
    with transaction.atomic():
        rows = list(
            Assignment.objects.open()
            .filter(
                soon | late, before_panel("application__"), seat=None, submitted_at=None, abstained_at=None
            )
            .select_for_update(of=("self",), skip_locked=True)
            .select_related("expert__user", "application__round")
            .defer("application__answers", "application__sealed_answers")
            .order_by("due_at", "pk")[:AT_ONCE]
        )
        tell_all(_notes(rows, now))
        Assignment.objects.filter(pk__in=[one.pk for one in rows]).update(reminded_at=now)
    return len(rows)


def _notes(rows: list[Assignment], now: datetime) -> list[Note]:
    mine: dict[tuple[int, int, datetime], list[Assignment]] = defaultdict(list)
    for one in rows:
        if one.due_at is not None:
            mine[one.expert_id, one.application.round_id, one.due_at].append(one)
    found = []
    for (expert, round_, due_at), some in mine.items():
        user, is_late = some[0].expert.user, due_at <= now
        if user is None:
            continue
        due = f"{due_at.astimezone(HERE):%Y-%m-%d %H:%M}"
        found.append(
            Note(
                recipient=user,
                key=f"review:{expert}:{round_}:{due_at:%Y%m%d%H%M}:{'late' if is_late else 'due'}:{some[0].pk}",
                subject=SUBJECTS[is_late].format(due=due, count=len(some)),
                body=BODY.format(round=some[0].application.round.title), link=reverse("reviews"), topic=TOPIC,
                programme=some[0].application.programme,
            )
        )  # fmt: skip
    return found
