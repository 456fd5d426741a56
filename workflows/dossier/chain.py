"""The events of a case with what their hashes are made of, and where the chain was anchored."""

import json
from typing import Any

from django.db import connection

from accounts.models import APPLICANT_ROLES
from config.words import T
from workflows.dossier.plain import plain
from workflows.engine.declare import Programme, Step
from workflows.engine.guards import filled
from workflows.engine.statement import HASHED
from workflows.models import Application

# The text whose SHA-256 is an event's hash, exactly as the database wrote it.
_EVENTS = f"""
SELECT e.seq, e.step, e.source, e.target, e.actor_id, u.name, e.reason, e.data, encode(e.prev_hash, 'hex'),
       encode(e.hash, 'hex'), to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
       (SELECT {HASHED.format(step="e.step", actor="e.actor_id", at="e.at", reason="e.reason")}
          FROM (SELECT e.prev_hash AS prev, e.application_id AS id, e.seq, e.source, e.target, e.data) AS x)
  FROM workflows_event e JOIN accounts_user u ON u.id = e.actor_id WHERE e.application_id = %s ORDER BY e.seq
"""  # noqa: S608 - no value stands in it
_ANCHORS = """
SELECT c.id, to_char(c.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), c.applications, c.last_event,
       c.tips_sha256, tip.seq, encode(tip.hash, 'hex')
  FROM workflows_auditcheckpoint c CROSS JOIN LATERAL (SELECT e.seq, e.hash FROM workflows_event e
      WHERE e.application_id = %s AND e.id <= c.last_event ORDER BY e.seq DESC LIMIT 1) tip
 ORDER BY c.id DESC LIMIT %s
"""
_TIPS = """
SELECT string_agg(application_id || ':' || seq || ':' || encode(hash, 'hex'), E'\\n' ORDER BY application_id)
  FROM (SELECT DISTINCT ON (application_id) application_id, seq, hash FROM workflows_event
         WHERE id <= %s ORDER BY application_id, seq DESC) tips
"""
ANCHORS = 30
# Up to so many chains their tips stand in the dossier, so that the anchor itself can be computed anew.
TIPS = 20_000


def events_of(case: Application, *, staff: bool) -> list[dict[str, Any]]:
    """Every event; for applicants what is the office's own is a link of the chain without its content."""
    steps = case.declaration.steps
    found = []
    with connection.cursor() as cursor:
        cursor.execute(_EVENTS, [case.pk])
        for (
            seq,
            name,
            source,
            target,
            actor,
            who,
            reason,
            data,
            before,
            digest,
            at,
            hashed,
        ) in cursor.fetchall():
            step = steps.get(name)
            event: dict[str, Any] = {
                "seq": seq, "at": at, "step": name, "label": plain(step.done if step else T(name, name)),
                "source": source, "target": target, "prev_hash": before, "hash": digest,
            }  # fmt: skip
            if staff or (step and _is_told(step, reason)):
                event |= {
                    "application": case.pk, "actor": actor, "reason": reason,
                    "data": json.loads(data) if isinstance(data, str) else data, "hashed": hashed,
                }  # fmt: skip
                event["actor_name"] = who if staff or actor == case.created_by_id else ""
                event["guards"] = guards_of(step, event["data"]) if step else []
            elif not (step and step.moves):
                # What an office does without moving the case is its own: only the link shows.
                event = {key: event[key] for key in ("seq", "prev_hash", "hash")}
            found.append(event)
    return found


def _is_told(step: Step, reason: str) -> bool:
    """Whether applicants read of this event, and of its reason if it has one: it was their own, or told to them."""
    if step.by <= APPLICANT_ROLES:
        return True
    told = [notify for notify in step.tells if notify.who == "applicant"]
    return bool(told) and (not reason or any("{reason}" in notify.body.en for notify in told))


def guards_of(step: Step, data: dict[str, Any]) -> list[dict[str, Any]]:
    """What had to hold for a step that was taken: the sentence that would have stood in its way, and the facts.

    Facts are those that the event recorded; the step was taken, so every condition held.
    """
    found = []
    for guard in step.when:
        facts = {name: data[name] for name in sorted(guard.columns) if name in data}
        # What the event did not record is left open; it is not looked up, for today it may be something else.
        left = guard.words.format(**{n: f"{{{n}}}" if n in facts else "…" for n in guard.columns})
        found.append(
            {"code": guard.code, "held": True, "hindrance": plain(filled(left, facts)), "facts": facts}
        )
    return found


def anchors_of(case: Application, *, staff: bool) -> list[dict[str, Any]]:
    """The newest checkpoints that cover the case, newest first: which of its events each one anchored.

    For staff the newest comes with the tips of all chains, from which its hash is computed.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ANCHORS, [case.pk, ANCHORS])
        found = [
            {"checkpoint": pk, "at": at, "chains": chains, "tips_sha256": digest, "seq": seq, "hash": tip, "last": last}
            for pk, at, chains, last, digest, seq, tip in cursor.fetchall()
        ]  # fmt: skip
        if staff and found and found[0]["chains"] <= TIPS:
            cursor.execute(_TIPS, [found[0]["last"]])
            (tips,) = cursor.fetchone()
            found[0]["tips"] = tips.split("\n")
    for anchor in found:
        del anchor["last"]
    return found


def states_of(programme: Programme) -> dict[str, Any]:
    """The words of the states, for whoever reads the events."""
    return {str(state): plain(state.label) for state in programme.states}
