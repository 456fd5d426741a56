"""Checkpoints of the audit trail: anchoring the tips of all chains, and proving them again later."""

from dataclasses import dataclass

from django.db import connection, transaction

from workflows.models import AuditCheckpoint

# The tip of each chain as it stood after a given event, as one hash over "application:seq:hash" lines.
_TIPS = """
SELECT count(*), COALESCE(sum(seq), 0), encode(sha256(convert_to(
         COALESCE(string_agg(application_id || ':' || seq || ':' || encode(hash, 'hex'), E'\\n'
                             ORDER BY application_id), ''), 'UTF8')), 'hex')
  FROM (SELECT DISTINCT ON (application_id) application_id, seq, hash FROM workflows_event
         WHERE id <= %s ORDER BY application_id, seq DESC) tips
"""


@dataclass(frozen=True, slots=True)
class Drift:
    """A checkpoint that the chains of today do not bear out: somebody made a chain anew."""

    checkpoint: AuditCheckpoint
    tips_sha256: str

    def as_json(self) -> dict[str, object]:
        return {
            "checkpoint": self.checkpoint.pk,
            "at": self.checkpoint.at.isoformat(),
            "tips_sha256": self.checkpoint.tips_sha256,
            "found_sha256": self.tips_sha256,
        }


def take() -> AuditCheckpoint | None:
    """Anchor all tips now; None where nothing has happened since the last one.

    Steps wait for the moment that it takes: an event that is written but not committed must not slip under
    a checkpoint.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE workflows_event IN SHARE MODE")
        cursor.execute("SELECT COALESCE(max(id), 0) FROM workflows_event")
        (last_event,) = cursor.fetchone()
        newest = AuditCheckpoint.objects.order_by("-pk").first()
        if newest is not None and newest.last_event == last_event:
            return None
        applications, events, digest = _tips(last_event)
        return AuditCheckpoint.objects.create(
            applications=applications, events=events, last_event=last_event, tips_sha256=digest
        )


def drifts() -> list[Drift]:
    """Checkpoints that do not hold any more, the oldest first."""
    found = []
    for checkpoint in AuditCheckpoint.objects.order_by("pk"):
        _, _, digest = _tips(checkpoint.last_event)
        if digest != checkpoint.tips_sha256:
            found.append(Drift(checkpoint, digest))
    return found


def _tips(last_event: int) -> tuple[int, int, str]:
    with connection.cursor() as cursor:
        cursor.execute(_TIPS, [last_event])
        applications, events, digest = cursor.fetchone()
    return int(applications), int(events), str(digest)
