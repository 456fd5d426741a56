"""The bare statements that the engine is measured against: written by hand, by psycopg, over the same tables.

They lock, check state and office, and write state, event with hash, outbox row and deadlines; no guards, no
policy, no idempotency beyond the command's row, no check that all rows were there.
"""

_WRITE = """
 hashed AS (SELECT *, sha256(convert_to(jsonb_build_array(encode(tip, 'hex'), id, seq + 1, %(step)s::text, state,
        %(target)s::text, %(actor)s::bigint,
        to_char(%(at)s::timestamptz AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), ''::text, '{}'::jsonb)::text,
        'UTF8')) AS hash FROM chosen),
 said AS (INSERT INTO workflows_command (actor_id, key, step, request_hash, answer)
    VALUES (%(actor)s, %(key)s, %(step)s, ''::bytea, '{}'::jsonb) RETURNING id),
 met AS (UPDATE workflows_deadline SET met_at = %(at)s
    WHERE application_id IN (SELECT id FROM chosen) AND met_at IS NULL AND lapsed_at IS NULL),
 set_due AS (INSERT INTO workflows_deadline (application_id, step, due_on, set_at, from_on, days)
    SELECT id, 'examine', %(due)s, %(at)s, %(due)s, 10 FROM hashed),
 moved AS (UPDATE workflows_application a SET version = a.version + 1, seq = a.seq + 1, tip = h.hash,
        state = %(target)s, entered_at = %(at)s, due_on = %(due)s FROM hashed h WHERE a.id = h.id RETURNING a.id),
 written AS (INSERT INTO workflows_event
    (application_id, seq, step, source, target, actor_id, at, reason, data, prev_hash, hash, command_id)
    SELECT h.id, h.seq + 1, %(step)s, h.state, %(target)s, %(actor)s, %(at)s, '', '{}'::jsonb, h.tip, h.hash, said.id
      FROM hashed h, said),
 told AS (INSERT INTO notifications_outbox (topic, key, payload)
    SELECT 'case.moved', 'case:' || id || ':' || seq + 1, jsonb_build_object('application', id) FROM hashed)
SELECT count(*) FROM moved
"""

ONE = (
    """WITH chosen AS (SELECT id, state, seq, tip FROM workflows_application
    WHERE id = %(id)s AND state = 'submitted' AND handler_id = %(office)s FOR UPDATE),"""  # noqa: S608 - constants
    + _WRITE
)
MANY = (
    """WITH chosen AS (SELECT id, state, seq, tip FROM workflows_application
    WHERE round_id = %(round)s AND state = %(source)s),"""  # noqa: S608
    + _WRITE
)
