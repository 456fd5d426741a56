"""The one statement that moves applications: state, event with hash, outbox, deadlines, command."""

from functools import lru_cache

from workflows.engine.declare import Programme, Resume, Same, State, Step

# What an event's hash is made of, in this order; `verify` and the offline script read the same list.
HASHED = """jsonb_build_array(encode(prev, 'hex'), id, seq, {step}, source, target, {actor},
    to_char({at} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), {reason}, data)::text"""

_SHIFTED = """(SELECT later.day FROM workflows_calendarday was, workflows_calendarday stopped,
    workflows_calendarday today, workflows_calendarday later
    WHERE was.day = {column} AND stopped.day = a.stopped_on AND today.day = %(on)s
      AND later.working AND later.ordinal = was.ordinal + today.ordinal - stopped.ordinal)"""


@lru_cache(maxsize=512)
def move_sql(step: Step, programme: Programme) -> str:
    """The statement for one step; parameters are those that `perform` gives."""
    if step.target is Same:
        target = "a.state"
    elif step.target is Resume:
        target = "a.resume_state"
    else:
        target = "%(target)s::varchar"
    recorded = ", ".join(f"'{column}', a.{column}" for column in step.records)
    parts = [
        f"""chosen AS (
            SELECT a.id, a.state AS source, {target} AS target, a.seq + 1 AS seq, a.tip AS prev,
                   jsonb_build_object({recorded}) || %(data)s::jsonb AS data
              FROM workflows_application a WHERE a.id = ANY(%(ids)s))""",
        "hashed AS (SELECT *, sha256(convert_to("
        + HASHED.format(
            step="%(step)s::text",
            actor="%(actor)s::bigint",
            at="%(at)s::timestamptz",
            reason="%(reason)s::text",
        )
        + ", 'UTF8')) AS hash FROM chosen)",
        """said AS (INSERT INTO workflows_command (actor_id, key, step, request_hash, answer)
            VALUES (%(actor)s, %(key)s, %(step)s, %(request_hash)s, %(answer)s) RETURNING id)""",
        *_deadlines(step, programme),
        f"""moved AS (UPDATE workflows_application a
               SET version = a.version + 1, seq = h.seq, tip = h.hash{_columns(step, programme)}
            FROM hashed h WHERE a.id = h.id RETURNING a.id)""",
        """written AS (INSERT INTO workflows_event
            (application_id, seq, step, source, target, actor_id, at, reason, data, prev_hash, hash, command_id)
            SELECT h.id, h.seq, %(step)s, h.source, h.target, %(actor)s, %(at)s, %(reason)s, h.data,
                   h.prev, h.hash, said.id
              FROM hashed h, said)""",
    ]
    if step.target is not Same or step.tells:
        parts.append(
            """told AS (INSERT INTO notifications_outbox (topic, key, payload)
            SELECT 'case.moved', 'case:' || h.id || ':' || h.seq,
                   jsonb_build_object('application', h.id, 'seq', h.seq, 'step', %(step)s::text) FROM hashed h)"""
        )
    return "WITH " + ",\n".join(parts) + "\nSELECT count(*) FROM moved"


def _columns(step: Step, programme: Programme) -> str:
    """The state's columns that a step changes beside the chain."""
    if step.target is Same:
        return ""
    columns = ", state = h.target, entered_at = %(at)s"
    if step.target is Resume:
        return (
            columns + f", resume_state = '', stopped_on = NULL, due_on = (SELECT shifted.due_on FROM shifted "
            f"WHERE shifted.application_id = a.id), promised_on = {_SHIFTED.format(column='a.promised_on')}"
        )
    assert isinstance(step.target, State)
    if step.target.stops_clock:
        columns += ", resume_state = h.source, stopped_on = COALESCE(a.stopped_on, %(on)s)"
    else:
        columns += ", resume_state = '', stopped_on = NULL"
    return columns + (
        ", due_on = (SELECT day FROM due)" if programme.due_step(step.target) else ", due_on = NULL"
    )


def _deadlines(step: Step, programme: Programme) -> list[str]:
    """Close, set or shift the deadlines of the applications."""
    if step.target is Same:
        return []
    open_ones = "application_id = ANY(%(ids)s) AND met_at IS NULL AND lapsed_at IS NULL"
    if step.target is Resume:
        return [
            f"met AS (UPDATE workflows_deadline SET met_at = %(at)s WHERE {open_ones} AND step = %(step)s)",
            f"""shifted AS (UPDATE workflows_deadline d SET due_on = {_SHIFTED.format(column="d.due_on")}
                FROM workflows_application a WHERE a.id = d.application_id AND d.application_id = ANY(%(ids)s)
                 AND d.met_at IS NULL AND d.lapsed_at IS NULL AND d.step <> %(step)s
                RETURNING d.application_id, d.due_on)""",
        ]
    assert isinstance(step.target, State)
    parts = []
    if not step.target.stops_clock:
        parts.append(f"met AS (UPDATE workflows_deadline SET met_at = %(at)s WHERE {open_ones})")
    if programme.due_step(step.target):
        parts += [
            """due AS (SELECT later.day FROM (SELECT 1) one
                LEFT JOIN workflows_calendarday today ON today.day = %(on)s
                LEFT JOIN workflows_calendarday later
                  ON later.working AND later.ordinal = today.ordinal + %(due_days)s)""",
            """set_due AS (INSERT INTO workflows_deadline (application_id, step, due_on, set_at)
                SELECT h.id, %(due_step)s, due.day, %(at)s FROM hashed h, due)""",
        ]
    return parts
