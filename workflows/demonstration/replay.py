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
from notifications.channels import in_app
from notifications.messages import CHANNELS
from notifications.models import Message, OutboxRow
from workflows import topics
from workflows.engine.perform import Outcome, perform
from workflows.review.sessions.news import LETTER

Act = Callable[[datetime], object]
# Which cases, asked when the time has come: an application handed in anew has another id.
Cases = Callable[[], Iterable[int]]
READ_AFTER = timedelta(hours=20)
LATER = datetime.max.replace(tzinfo=UTC)

# Every message of an event has the event's outbox key, and the recipient after it. It gives the newest message.
SETTLED = """
    WITH told AS (
        SELECT o.id, o.key, e.at FROM notifications_outbox o JOIN workflows_event e
            ON e.application_id = (o.payload->>'application')::bigint AND e.seq = (o.payload->>'seq')::int
         WHERE o.id = ANY(%(rows)s)),
    messages AS (
        UPDATE notifications_message m
           SET created_at = t.at, read_at = CASE WHEN t.at < %(unread_since)s THEN t.at + interval '20 hours' END
          FROM told t WHERE m.id > %(told)s AND m.key = t.key || ':' || m.recipient_id),
    settled AS (
        UPDATE notifications_outbox o SET created_at = t.at, due_at = t.at, delivered_at = t.at
          FROM told t WHERE o.id = t.id)
    SELECT (SELECT id FROM notifications_message ORDER BY id DESC LIMIT 1)"""
# What verbs have told people at once, beside the events; it gives the newest message where there are some.
DATED = """
    WITH fresh AS (
        UPDATE notifications_message SET created_at = %(at)s, read_at = %(read_at)s WHERE id > %(told)s
        RETURNING id, key),
    mails AS (
        DELETE FROM notifications_outbox mail USING fresh
         WHERE %(is_old)s AND mail.topic = 'mail' AND mail.key = fresh.key),
    letters AS (
        DELETE FROM notifications_outbox letter
         WHERE %(is_old)s AND letter.topic = %(letter)s AND letter.delivered_at IS NULL AND letter.given_up_at IS NULL
           AND EXISTS (SELECT FROM fresh))
    SELECT max(id) FROM fresh"""
# One transaction holds it all, which autovacuum cannot see into: it may have noted the tables as empty.
COUNTED = "ANALYZE workflows_application, workflows_person, workflows_event, notifications_outbox"
# The rows are counted after so many acts, and again each time that there have been this many times as many.
COUNTED_AFTER, COUNTED_EACH = 8, 4


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
        done, count_at, self._told = 0, COUNTED_AFTER, newest_message()
        while self._agenda:
            at, _, what = heapq.heappop(self._agenda)
            what(at)
            done += 1
            if done == count_at:
                self._count()
                count_at *= COUNTED_EACH
            if not self._agenda or self._agenda[0][0].date() != at.date():
                self._tell(at)
        return done

    def _count(self) -> None:
        """Let PostgreSQL count the rows."""
        with connection.cursor() as cursor:
            cursor.execute(COUNTED)

    def _tell(self, at: datetime) -> None:
        is_old = at < self.mailed_since
        self._date_told(at, is_old)
        waiting = OutboxRow.objects.waiting().filter(topic="case.moved").order_by("pk")
        rows = list(waiting.values_list("pk", "key", "payload"))
        if not rows:
            return
        told = [(key, payload) for _, key, payload in rows]
        topics.tell_moves(told, at=at, by=(in_app,) if is_old else CHANNELS)
        self._told = self._newest(
            SETTLED, {"rows": [pk for pk, _, _ in rows], "unread_since": self.unread_since}
        )

    def _date_told(self, at: datetime, is_old: bool) -> None:
        """What was told at once bears the day of the story too."""
        read_at = at + READ_AFTER if at < self.unread_since else None
        self._told = self._newest(DATED, {"at": at, "read_at": read_at, "is_old": is_old, "letter": LETTER})

    def _newest(self, sql: str, params: dict[str, Any]) -> int:
        """The id of the newest message, after that statement about those that are newer than what was dated."""
        with connection.cursor() as cursor:
            cursor.execute(sql, {"told": self._told, **params})
            (newest,) = cursor.fetchone()
        return newest or self._told


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
