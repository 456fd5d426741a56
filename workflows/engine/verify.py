"""Proving the audit trail: every chain of hashes, every sequence, every state equal to the fold of its events."""

from dataclasses import asdict, dataclass

from django.db import connection

from workflows.engine.statement import HASHED

_CHAIN = f"""
WITH linked AS (
  SELECT e.id AS event, e.application_id, e.seq, e.step, e.source, e.target, e.prev_hash, e.hash,
         lag(e.seq, 1, 0) OVER w AS seq_before, lag(e.hash, 1, ''::bytea) OVER w AS hash_before,
         lag(e.target, 1, a.first_state) OVER w AS state_before,
         sha256(convert_to((SELECT {HASHED.format(step="e.step", actor="e.actor_id", at="e.at", reason="e.reason")}
            FROM (SELECT e.prev_hash AS prev, e.application_id AS id, e.seq, e.source, e.target, e.data) AS x),
            'UTF8')) AS hash_now
    FROM workflows_event e
    JOIN (SELECT app.id, edge.target AS first_state FROM workflows_application app
          JOIN (SELECT DISTINCT programme, target FROM workflows_edge WHERE source = '') edge
            ON edge.programme = app.programme) a ON a.id = e.application_id
  WINDOW w AS (PARTITION BY e.application_id ORDER BY e.seq)
)
SELECT application_id, event, seq, step, CASE
    WHEN seq <> seq_before + 1 THEN 'gap in the sequence'
    WHEN prev_hash <> hash_before THEN 'does not follow its predecessor'
    WHEN hash <> hash_now THEN 'altered'
    ELSE 'starts from another state' END AS fault
  FROM linked
 WHERE seq <> seq_before + 1 OR prev_hash <> hash_before OR hash <> hash_now OR source <> state_before
 ORDER BY application_id, seq
"""  # noqa: S608 - no value of a user stands in it

_TIPS = """
SELECT a.id, NULL::bigint, a.seq, '', CASE
    WHEN a.seq <> COALESCE(last.seq, 0) THEN 'the last event is missing'
    WHEN a.tip <> COALESCE(last.hash, ''::bytea) THEN 'the tip differs from the last event'
    ELSE 'the state differs from the events' END
  FROM workflows_application a
  LEFT JOIN LATERAL (SELECT seq, hash, target FROM workflows_event e
      WHERE e.application_id = a.id ORDER BY seq DESC LIMIT 1) last ON true
 WHERE a.seq <> COALESCE(last.seq, 0) OR a.tip <> COALESCE(last.hash, ''::bytea)
    OR (last.target IS NOT NULL AND a.state <> last.target)
    OR (last.target IS NULL AND NOT EXISTS (
        SELECT 1 FROM workflows_edge e WHERE e.programme = a.programme AND e.source = '' AND e.target = a.state))
 ORDER BY a.id
"""

# The last event that names the version, a migration or a step that records it, names the one that the case runs on.
_VERSIONS = """
SELECT a.id, e.id, e.seq, e.step, 'the policy version differs from the events'
  FROM (SELECT DISTINCT ON (application_id) id, application_id, seq, step,
               COALESCE(data ->> 'to_version', data ->> 'policy') AS policy
          FROM workflows_event WHERE data ? 'to_version' OR data ? 'policy' ORDER BY application_id, seq DESC) e
  JOIN workflows_application a ON a.id = e.application_id
 WHERE a.policy <> e.policy
 ORDER BY a.id
"""


@dataclass(frozen=True, slots=True)
class Fault:
    """A broken link: the application, its event (None where one is missing), and what is wrong."""

    application: int
    event: int | None
    seq: int
    step: str
    fault: str


@dataclass(frozen=True, slots=True)
class Proof:
    """What was proven over all applications, or every broken link, the first of each chain first."""

    applications: int
    events: int
    faults: tuple[Fault, ...]

    @property
    def holds(self) -> bool:
        return not self.faults

    def as_json(self) -> dict[str, object]:
        return {
            "holds": self.holds,
            "applications": self.applications,
            "events": self.events,
            "first_fault": asdict(self.faults[0]) if self.faults else None,
            "faults": [asdict(fault) for fault in self.faults],
        }


def verify() -> Proof:
    """Recompute every hash in the database and compare states and versions with events; three set-based statements."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM workflows_application), (SELECT count(*) FROM workflows_event)"
        )
        applications, events = cursor.fetchone()
        faults: list[Fault] = []
        for sql in (_CHAIN, _TIPS, _VERSIONS):
            cursor.execute(sql)
            faults += [Fault(*row) for row in cursor.fetchall()]
    return Proof(applications, events, tuple(faults))
