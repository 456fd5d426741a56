"""What must hold whatever has died: nothing lost, nothing twice, every chain whole, every sum right."""

from collections.abc import Mapping

from django.db import connection

from notifications.models import OutboxRow
from workflows import counters
from workflows.engine.verify import verify
from workflows.models import Command

# I2: an answer that counts cases counts exactly the events that its command made.
_COMMANDS = """
SELECT c.key, c.answer ->> 'count', made.n
  FROM workflows_command c LEFT JOIN (SELECT command_id, count(*) AS n FROM workflows_event GROUP BY 1) made
    ON made.command_id = c.id
 WHERE (c.answer ->> 'count')::bigint <> COALESCE(made.n, 0)
"""
# I3: each move has its row, each row its move.
_UNTOLD = """
SELECT COALESCE(e.application_id || ':' || e.seq, o.key)
  FROM (SELECT * FROM workflows_event WHERE source <> target) e
  FULL JOIN (SELECT * FROM notifications_outbox WHERE topic = 'case.moved') o
    ON o.key = 'case:' || e.application_id || ':' || e.seq
 WHERE e.id IS NULL OR o.id IS NULL
"""


def broken(acknowledged: Mapping[str, int] | None = None, *, delivered: bool = False) -> list[str]:
    """The invariants I1 to I5 that do not hold, each with what breaks it; empty where all do.

    Args:
        acknowledged: key → count of every command whose answer somebody has seen.
        delivered: also that nothing waits in the outbox any more.
    """
    found = [f"I1/I4 {fault}" for fault in verify().faults[:5]]
    with connection.cursor() as cursor:
        for name, sql in (("I2", _COMMANDS), ("I3", _UNTOLD)):
            cursor.execute(sql)
            found += [f"{name} {row}" for row in cursor.fetchall()[:5]]
    kept = dict(Command.objects.filter(key__in=acknowledged or {}).values_list("key", "answer__count"))
    if kept != dict(acknowledged or {}):
        found.append(f"I2 acknowledged {acknowledged}, kept {kept}")
    if delivered and (left := OutboxRow.objects.filter(delivered_at=None).count()):
        found.append(f"I3 {left} rows are not delivered")
    return found + [f"I5 {drift}" for drift in counters.drifts()[:5]]
