"""Effects outside the database: written with their cause in one transaction, delivered afterwards.

`put` writes the row, `nudge` calls the relay when the transaction has committed, and the sweeper
(`tasks.sweep`, every ten seconds) delivers whatever no nudge reached.
"""

from collections.abc import Iterable
from contextvars import ContextVar
from datetime import datetime
from math import inf
from threading import Lock, Timer
from time import monotonic

import structlog
from django.db import transaction

from config.nudge import nudge as wake
from notifications import relay
from notifications.models import OutboxRow
from notifications.topics import Payload

# Asking a worker costs more than a step of one case: in a burst, so many seconds lie between two calls.
APART_SECONDS = 0.1

log = structlog.get_logger(__name__)
_relaying: ContextVar[bool] = ContextVar("relaying", default=False)
_calling = Lock()
_called_at = -APART_SECONDS
_later: Timer | None = None


def put(topic: str, key: str, payload: Payload, due_at: datetime | None = None) -> None:
    """The outbox holds one row `key`, in the caller's transaction; a key that is there already stays.

    Delivered when the transaction has committed, or at `due_at` (within ten seconds).
    """
    put_all([(topic, key, payload)], due_at=due_at)


def put_all(rows: Iterable[tuple[str, str, Payload]], due_at: datetime | None = None) -> None:
    """As `put`, for many (topic, key, payload) in one statement per thousand."""
    when = {} if due_at is None else {"due_at": due_at}
    made = [OutboxRow(topic=topic, key=key, payload=payload, **when) for topic, key, payload in rows]
    if not made:
        return
    OutboxRow.objects.bulk_create(made, batch_size=1000, ignore_conflicts=True)
    nudge()


def nudge() -> None:
    """When the transaction commits, call the relay, once. A broker that is away costs at most 2 s."""
    if _relaying.get():
        return  # the relay that runs looks again before it stops
    waiting = transaction.get_connection().run_on_commit
    if not any(entry[1] is _call_relay for entry in waiting):
        transaction.on_commit(_call_relay, robust=True)


def deliver_due(limit: int = relay.BATCH_ROWS, *, seconds: float = inf) -> int:
    """Deliver until nothing is due; how many rows were delivered. Safe to run in any number of processes.

    `limit` is the number of rows claimed at a time. After `seconds` it leaves the rest to a next relay.
    """
    stop_at = monotonic() + seconds
    delivered = 0
    token = _relaying.set(True)
    try:
        claimed = True
        while claimed:
            claimed = False
            for name in relay.due_topics():
                if monotonic() > stop_at:
                    _call_relay()
                    return delivered
                taken, done = relay.deliver_some(name, limit)
                claimed = claimed or taken > 0
                delivered += done
    finally:
        _relaying.reset(token)
        if delivered:
            log.info("outbox_delivered", rows=delivered)
    return delivered


def _call_relay() -> None:
    """Call it now, or, where it was called a moment ago, once more in a moment for all who ask until then."""
    global _called_at, _later  # noqa: PLW0603 - one clock for the process
    with _calling:
        now = monotonic()
        if now - _called_at >= APART_SECONDS:
            _called_at = now
        elif _later is None or not _later.is_alive():
            _later = Timer(APART_SECONDS, _call_later)
            _later.start()
            return
        else:
            return
    wake("notifications.deliver")


def _call_later() -> None:
    global _called_at, _later
    with _calling:
        _called_at, _later = monotonic(), None
    wake("notifications.deliver")
