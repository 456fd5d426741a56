"""Playing a past: acts in the order of their times, and what each tells people, told as of then."""

import heapq
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

from django.db import connection

from accounts.models import User
from notifications.models import OutboxRow
from workflows import topics
from workflows.engine.perform import Outcome, perform

Act = Callable[[datetime], object]
LATER = datetime.max.replace(tzinfo=UTC)

# Every message and mail of an event has the event's outbox key, and the recipient after it.
_OF_THE_DAY = """
  FROM notifications_outbox o JOIN workflows_event e
    ON e.application_id = (o.payload->>'application')::bigint AND e.seq = (o.payload->>'seq')::int
"""
SETTLED = (
    f"""UPDATE notifications_message m
           SET created_at = e.at, read_at = CASE WHEN e.at < %(unread_since)s THEN e.at + interval '20 hours' END
        {_OF_THE_DAY} WHERE o.id = ANY(%(rows)s) AND m.key = o.key || ':' || m.recipient_id""",
    f"""UPDATE notifications_outbox mail SET created_at = e.at
        {_OF_THE_DAY} WHERE o.id = ANY(%(rows)s) AND mail.topic = 'mail' AND mail.key LIKE o.key || ':%%'""",
    """DELETE FROM notifications_outbox mail USING notifications_outbox o
        WHERE o.id = ANY(%(rows)s) AND mail.topic = 'mail' AND mail.key LIKE o.key || ':%%'
          AND mail.delivered_at IS NULL AND mail.created_at < %(mailed_since)s""",
    f"""UPDATE notifications_outbox done SET created_at = e.at, due_at = e.at, delivered_at = e.at
        {_OF_THE_DAY} WHERE o.id = ANY(%(rows)s) AND done.id = o.id""",
)  # noqa: S608 - constants of this module


@dataclass
class Replay:
    """An agenda of acts. Acts may put further ones on it, later than themselves.

    What the acts of a day tell is told at its end, while the cases stand as they stood then, so that the words
    are right: the messages bear the times of their events. Those from before `unread_since` count as read, and
    no e-mail goes out for what happened before `mailed_since`: nobody wants this morning's mail about the year
    2019. Their outbox rows are settled in the same transaction, so that no relay ever sees them waiting.
    """

    unread_since: datetime = LATER
    mailed_since: datetime = LATER
    _agenda: list[tuple[datetime, int, Act]] = field(default_factory=list)
    _order: "count[int]" = field(default_factory=count)

    def on(self, at: datetime, act: Act) -> None:
        """`act` happens at that time."""
        heapq.heappush(self._agenda, (at, next(self._order), act))

    def step(
        self, at: datetime, step: str, cases: Iterable[int], actor: User, *, reason: str = "",
        data: Mapping[str, Any] | None = None,
    ) -> None:  # fmt: skip
        """`actor` takes `step` on `cases` at that time."""
        ids = list(cases)
        self.on(at, lambda now: act(step, ids, actor, now, reason=reason, data=data))

    def run(self) -> int:
        """Play the agenda to its end; how many acts there were."""
        done = 0
        while self._agenda:
            at, _, what = heapq.heappop(self._agenda)
            what(at)
            done += 1
            if not self._agenda or self._agenda[0][0].date() != at.date():
                self._tell(at)
        return done

    def _tell(self, at: datetime) -> None:
        waiting = list(OutboxRow.objects.waiting().filter(topic="case.moved").order_by("pk"))
        if not waiting:
            return
        topics.tell_moves([(row.key, row.payload) for row in waiting], at=at)
        times = {"unread_since": self.unread_since, "mailed_since": self.mailed_since}
        with connection.cursor() as cursor:
            for statement in SETTLED:
                cursor.execute(statement, {**times, "rows": [row.pk for row in waiting]})


def act(
    step: str, cases: Iterable[int], actor: User, at: datetime, *, reason: str = "",
    data: Mapping[str, Any] | None = None,
) -> Outcome:  # fmt: skip
    """Perform now what happened then, once."""
    ids = sorted(cases)
    key = f"demo:{step}:{at:%y%m%d%H%M%S}:{ids[0]}:{len(ids)}"
    return perform(
        step, ids, actor=actor, key=key, reason=reason, data=data, at=at, programme="talent-tax-rebate"
    )
