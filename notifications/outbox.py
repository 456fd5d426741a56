"""Effects outside the database: written with their cause in one transaction, delivered afterwards.

`put` writes the row, `nudge` calls the relay when the transaction has committed, and the sweeper
(`tasks.sweep`, every ten seconds) delivers whatever no nudge reached.
"""

from collections.abc import Iterable
from contextvars import ContextVar
from datetime import datetime
from functools import cache
from math import inf
from time import monotonic

import structlog
from django.db import transaction
from kombu.connection import Connection
from kombu.exceptions import KombuError
from kombu.pools import producers

from config.celery import app
from notifications import relay
from notifications.models import OutboxRow
from notifications.topics import Payload

# While the broker is away, one nudge in this many seconds finds out whether it is back.
QUIET_SECONDS = 5

log = structlog.get_logger(__name__)
_relaying: ContextVar[bool] = ContextVar("relaying", default=False)
_quiet_until = 0.0


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
    global _quiet_until  # noqa: PLW0603 - one clock for the process
    if monotonic() < _quiet_until:
        return
    try:
        with producers[_broker()].acquire(block=True, timeout=1) as producer:
            # An old nudge is worth nothing: the sweeper was there meanwhile.
            app.send_task(
                "notifications.deliver", producer=producer, retry=False, expires=60, confirm_timeout=1
            )
    except (KombuError, OSError) as error:
        _quiet_until = monotonic() + QUIET_SECONDS
        log.warning("broker_away", error=type(error).__name__)


@cache
def _broker() -> Connection:
    # Celery's own pool waits six seconds for a broker that refuses, and for ever for one that is silent.
    broker: Connection = app.connection_for_write(
        connect_timeout=1,
        transport_options={
            "max_retries": 1,
            "interval_start": 0,
            "interval_step": 0,
            "interval_max": 0,
            "connect_retries_timeout": 1,
            "socket_timeout": 1,
            "socket_connect_timeout": 1,
            "read_timeout": 1,
            "write_timeout": 1,
        },
    )
    return broker
