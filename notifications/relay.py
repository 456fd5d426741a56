"""The relay: claim rows of the outbox, bring about their effect, settle them.

A claim is a lease. A relay that dies keeps nothing: its rows are due again when the lease ends. While a row
is being delivered its lock is held as well, so that a lease that ends too early never gives a second
delivery. A row that was tried before is claimed and delivered alone: one that kills its worker takes no
other row's attempts with it.
"""

from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from traceback import extract_tb
from typing import NoReturn

import structlog
from django.db import connection, transaction
from django.db.models import DateTimeField, ExpressionWrapper, Value
from django.db.models.functions import Now

from notifications.models import OutboxRow
from notifications.topics import Payload, Topic, UnknownTopic, topic_named

BATCH_ROWS = 500
SINGLE_ROWS = 25
# 10 s, 20 s, 40 s … 2 h: about thirteen hours until a row is given up.
MAX_ATTEMPTS = 16
FIRST_WAIT_SECONDS = 10
LONGEST_WAIT_SECONDS = 7200

log = structlog.get_logger(__name__)

_DUE = """
    delivered_at IS NULL AND given_up_at IS NULL AND due_at <= statement_timestamp()
    AND (claimed_until IS NULL OR claimed_until <= statement_timestamp())
"""
# The attempt is counted with the claim, because a worker that is killed counts nothing afterwards.
_CLAIM = f"""
    WITH due AS MATERIALIZED (
        SELECT id FROM notifications_outbox
        WHERE topic = %s AND {_DUE} AND (attempts = 0) = %s
        ORDER BY due_at, id LIMIT %s FOR UPDATE SKIP LOCKED
    )
    UPDATE notifications_outbox o
    SET claimed_until = statement_timestamp() + interval '2 minutes', attempts = o.attempts + 1
    FROM due WHERE o.id = due.id
    RETURNING o.*
"""  # noqa: S608 - constants of this module


def due_topics() -> list[str]:
    """Topics of which some row can be claimed now."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT topic FROM notifications_outbox WHERE {_DUE}")  # noqa: S608
        return [name for (name,) in cursor.fetchall()]


def deliver_some(name: str, limit: int = BATCH_ROWS) -> tuple[int, int]:
    """Claim and deliver a chunk of the topic `name`; how many rows were claimed, and how many delivered."""
    try:
        topic = topic_named(name)
    except UnknownTopic:
        topic = Topic(name=name, batch=False, handle=_nobody)
    rows = _claim(name, fresh=True, limit=min(limit, BATCH_ROWS if topic.batch else SINGLE_ROWS))
    claimed = len(rows)
    delivered = _deliver(topic, rows) if rows else 0
    while not rows and claimed < SINGLE_ROWS and (again := _claim(name, fresh=False, limit=1)):
        claimed += 1
        delivered += _deliver(topic, again)
    return claimed, delivered


def _nobody(payload: Payload, key: str) -> NoReturn:  # noqa: ARG001
    raise UnknownTopic(key)


def _claim(name: str, *, fresh: bool, limit: int) -> list[OutboxRow]:
    rows = sorted(OutboxRow.objects.raw(_CLAIM, [name, fresh, limit]), key=lambda row: (row.due_at, row.pk))
    worn_out = [row for row in rows if row.attempts > MAX_ATTEMPTS]
    for row in worn_out:
        _give_up(row, "WorkerLost")
    return [row for row in rows if row not in worn_out]


def _deliver(topic: Topic, rows: list[OutboxRow]) -> int:
    with ExitStack() as stack:
        try:
            stack.enter_context(topic.around())
        except Exception as error:
            for row in rows:
                _fail(row, error)
            return 0
        if topic.batch and len(rows) > 1:
            try:
                return _deliver_together(topic, rows)
            except Exception as error:
                log.warning("outbox_batch_failed", topic=topic.name, rows=len(rows), **_cause(error))
        return sum(_deliver_one(topic, row) for row in rows)


def _deliver_together(topic: Topic, rows: list[OutboxRow]) -> int:
    with transaction.atomic():
        held = _hold(rows)
        if held:
            topic.deliver([(row.key, row.payload) for row in held])
            _mark_delivered(held)
        return len(held)


def _deliver_one(topic: Topic, row: OutboxRow) -> int:
    try:
        return _deliver_together(topic, [row])
    except Exception as error:
        _fail(row, error)
        return 0


def _hold(rows: list[OutboxRow]) -> list[OutboxRow]:
    """Those of `rows` that are still ours by this claim, locked until the transaction ends."""
    # Waits where it finds a lock: another relay's claim locks for a moment also what it then leaves alone.
    ours = set(
        OutboxRow.objects.waiting()
        .select_for_update(no_key=True)
        .filter(pk__in=[row.pk for row in rows], claimed_until=rows[0].claimed_until)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    return [row for row in rows if row.pk in ours]


def _mark_delivered(rows: list[OutboxRow]) -> None:
    ids = [row.pk for row in rows]
    OutboxRow.objects.filter(pk__in=ids).update(delivered_at=Now(), claimed_until=None)


def _fail(row: OutboxRow, error: Exception) -> None:
    """Let the row wait longer than last time, or give it up."""
    cause = _cause(error)
    if row.attempts >= MAX_ATTEMPTS:
        _give_up(row, cause["error"])
        return
    wait = timedelta(seconds=min(FIRST_WAIT_SECONDS * 2 ** (row.attempts - 1), LONGEST_WAIT_SECONDS))
    due_at = ExpressionWrapper(Now() + Value(wait), output_field=DateTimeField())
    _settle(row, due_at=due_at, claimed_until=None, last_error=cause["error"])
    log.warning("outbox_row_failed", topic=row.topic, key=row.key, attempts=row.attempts, **cause)


def _give_up(row: OutboxRow, last_error: str) -> None:
    _settle(row, given_up_at=Now(), claimed_until=None, last_error=last_error)
    log.error("outbox_row_given_up", topic=row.topic, key=row.key, attempts=row.attempts, error=last_error)


def _settle(row: OutboxRow, **values: object) -> None:
    # Only by this claim: a row that another relay took over since is that one's to settle.
    OutboxRow.objects.waiting().filter(pk=row.pk, claimed_until=row.claimed_until).update(**values)


def _cause(error: Exception) -> dict[str, str]:
    """The class and place of `error`. Not its text, which may hold an address or a number of somebody."""
    frames = extract_tb(error.__traceback__)[-3:]
    at = " < ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in reversed(frames))
    return {"error": type(error).__name__, "at": at}
