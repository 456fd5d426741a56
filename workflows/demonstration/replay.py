"""Playing a past: acts in the order of their times, and what each tells people, told as of then."""

import heapq
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from django.db import connection
from django.db.models import Max

from accounts.models import User
from notifications.models import Message, OutboxRow
from workflows import topics
from workflows.engine.perform import Outcome, perform
from workflows.review.sessions.news import LETTER

Act = Callable[[datetime], object]
# Which cases, asked when the time has come: an application handed in anew has another id.
Cases = Callable[[], Iterable[int]]
READ_AFTER = timedelta(hours=20)
LATER = datetime.max.replace(tzinfo=UTC)

# Every message and mail of an event has the event's outbox key, and the recipient after it.
SETTLED = """
    WITH told AS (
        SELECT o.id, o.key, e.at FROM notifications_outbox o JOIN workflows_event e
            ON e.application_id = (o.payload->>'application')::bigint AND e.seq = (o.payload->>'seq')::int
         WHERE o.id = ANY(%(rows)s)),
    messages AS (
        UPDATE notifications_message m
           SET created_at = t.at, read_at = CASE WHEN t.at < %(unread_since)s THEN t.at + interval '20 hours' END
          FROM told t WHERE m.key = t.key || ':' || m.recipient_id),
    mails AS (
        DELETE FROM notifications_outbox mail USING told t
         WHERE mail.topic = 'mail' AND mail.key LIKE t.key || ':%%' AND t.at < %(mailed_since)s)
    UPDATE notifications_outbox o SET created_at = t.at, due_at = t.at, delivered_at = t.at
      FROM told t WHERE o.id = t.id"""
# One transaction holds it all, which autovacuum cannot see into: it may have noted the tables as empty.
COUNTED = "ANALYZE workflows_application, workflows_person, workflows_event, notifications_outbox"


@dataclass
class Replay:
    """An agenda of acts. Acts may put further ones on it, later than themselves.

    What the acts of a day tell is told at its end, while the cases stand as they stood then, so that the words
    are right: the messages bear the times of their events. Those from before `unread_since` count as read, and
    no e-mail goes out for what happened before `mailed_since`: nobody wants this morning's mail about the year
    2019. Their outbox rows are settled in the same transaction, so that no relay ever sees them waiting.
    """

    programme: str
    unread_since: datetime = LATER
    mailed_since: datetime = LATER
    _agenda: list[tuple[datetime, int, Act]] = field(default_factory=list)
    _order: "count[int]" = field(default_factory=count)
    _told: int = 0

    def on(self, at: datetime, act: Act) -> None:
        """`act` happens at that time."""
        heapq.heappush(self._agenda, (at, next(self._order), act))

    def step(
        self, at: datetime, step: str, cases: Cases, actor: User, *, reason: str = "",
        data: Mapping[str, Any] | None = None,
    ) -> None:  # fmt: skip
        """`actor` takes `step` on what `cases` gives then."""
        self.on(
            at,
            lambda now: act(step, cases(), actor, now, reason=reason, data=data, programme=self.programme),
        )

    def run(self) -> int:
        """Play the agenda to its end; how many acts there were."""
        done, self._told = 0, newest_message()
        while self._agenda:
            at, _, what = heapq.heappop(self._agenda)
            what(at)
            done += 1
            if done & (done - 1) == 0:
                self._count()
            if not self._agenda or self._agenda[0][0].date() != at.date():
                self._tell(at)
        return done

    def _count(self) -> None:
        """Let PostgreSQL count the rows, each time that there have been twice as many acts."""
        with connection.cursor() as cursor:
            cursor.execute(COUNTED)

    def _tell(self, at: datetime) -> None:
        self._date_told(at)
        waiting = list(OutboxRow.objects.waiting().filter(topic="case.moved").order_by("pk"))
        if not waiting:
            return
        topics.tell_moves([(row.key, row.payload) for row in waiting], at=at)
        times = {"unread_since": self.unread_since, "mailed_since": self.mailed_since}
        with connection.cursor() as cursor:
            cursor.execute(SETTLED, {**times, "rows": [row.pk for row in waiting]})
        self._told = newest_message()

    def _date_told(self, at: datetime) -> None:
        """What verbs have told people at once, beside the events: it bears the day of the story too."""
        fresh = Message.objects.filter(pk__gt=self._told)
        if not fresh.exists():
            return
        keys = list(fresh.values_list("key", flat=True))
        fresh.update(created_at=at, read_at=at + READ_AFTER if at < self.unread_since else None)
        if at < self.mailed_since:
            OutboxRow.objects.filter(topic="mail", key__in=keys).delete()
            OutboxRow.objects.waiting().filter(topic=LETTER).delete()
        self._told = newest_message()


def newest_message() -> int:
    """Its id; 0 where nobody was told anything."""
    return Message.objects.aggregate(last=Max("pk"))["last"] or 0


def act(
    step: str, cases: Iterable[int], actor: User, at: datetime, *, reason: str = "",
    data: Mapping[str, Any] | None = None, kept: Mapping[str, Any] | None = None, programme: str | None = None,
) -> Outcome:  # fmt: skip
    """Perform now what happened then, once."""
    ids = sorted(cases)
    key = f"demo:{step}:{at:%y%m%d%H%M%S}:{ids[0]}:{len(ids)}"
    return perform(
        step, ids, actor=actor, key=key, reason=reason, data=data, kept=kept, at=at, programme=programme
    )
