"""The events of a case with what their hashes are made of, and where the chain was anchored."""

import json
from typing import Any, NamedTuple

from django.db import connection

from accounts.models import APPLICANT_ROLES, Role
from config.words import T
from workflows.dossier.plain import plain
from workflows.engine.declare import Programme, Step
from workflows.engine.guards import filled
from workflows.engine.statement import HASHED
from workflows.models import Application

# The text whose SHA-256 is an event's hash, exactly as the database wrote it.
_EVENTS = f"""
SELECT e.seq, e.step, e.source, e.target, e.actor_id, u.name, absent.name, e.reason, e.data, encode(e.prev_hash, 'hex'),
       encode(e.hash, 'hex'), to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
       (SELECT {HASHED.format(step="e.step", actor="e.actor_id", at="e.at", reason="e.reason")}
          FROM (SELECT e.prev_hash AS prev, e.application_id AS id, e.seq, e.source, e.target, e.data) AS x)
  FROM workflows_event e JOIN accounts_user u ON u.id = e.actor_id
  LEFT JOIN accounts_user absent ON absent.id = (e.data->>'for')::bigint WHERE e.application_id = %s ORDER BY e.seq
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


class _Row(NamedTuple):
    """One event as the database tells it; `at` and `hashed` are text that is part of what was hashed."""

    seq: int
    step: str
    source: str
    target: str
    actor: int
    actor_name: str
    for_name: str | None
    reason: str
    data: Any
    prev_hash: str
    hash: str
    at: str
    hashed: str


def events_of(case: Application, *, staff: bool) -> list[dict[str, Any]]:
    """Every event; for applicants what is the office's own is a link of the chain without its content."""
    with connection.cursor() as cursor:
        cursor.execute(_EVENTS, [case.pk])
        rows = [_Row._make(row) for row in cursor.fetchall()]
    return [_event(case, row, staff=staff) for row in rows]


def _event(case: Application, row: _Row, *, staff: bool) -> dict[str, Any]:
    step = case.declaration.steps.get(row.step)
    link = {"seq": row.seq, "prev_hash": row.prev_hash, "hash": row.hash}
    shown = link | {
        "at": row.at, "step": row.step, "label": plain(step.done if step else T(row.step, row.step)),
        "source": row.source, "target": row.target,
    }  # fmt: skip
    if not staff and step and Role.EXPERT in step.by:
        return _of_experts(step, link, shown, row.reason)
    if staff or (step and _is_told(step, row.reason)):
        data = json.loads(row.data) if isinstance(row.data, str) else row.data
        return shown | {
            "application": case.pk, "actor": row.actor, "reason": row.reason, "data": data, "hashed": row.hashed,
            "actor_name": row.actor_name if staff or row.actor == case.created_by_id else "",
            "for_name": (row.for_name or "") if staff else "",
            "guards": guards_of(step, data, case.policy) if step else [],
        }  # fmt: skip
    # What an office does without moving the case is its own: only the link shows.
    return shown if step and step.moves else link


def _of_experts(step: Step, link: dict[str, Any], shown: dict[str, Any], reason: str) -> dict[str, Any]:
    """What experts did, for applicants: that the case moved and what they were told of it, never by whom.

    What was hashed stays sealed: it names the actor.
    """
    if not step.moves:
        return link
    told = {"reason": reason} if reason and _is_told(step, reason) else {}
    return shown | told | {"actor_name": "", "for_name": "", "guards": []}


def _is_told(step: Step, reason: str) -> bool:
    """Whether applicants read of this event, and of its reason if it has one: it was their own, or told to them."""
    if step.by <= APPLICANT_ROLES:
        return True
    told = [notify for notify in step.tells if notify.who == "applicant"]
    return bool(told) and (not reason or any("{reason}" in notify.body.en for notify in told))


def guards_of(step: Step, data: dict[str, Any], policy: str) -> list[dict[str, Any]]:
    """What had to hold for a step that was taken: the sentence that would have stood in its way, and the facts.

    Facts are those that the event recorded; the step was taken, so every condition held.
    """
    found = []
    for guard in step.when:
        facts = {name: data[name] for name in sorted(guard.columns) if name in data}
        # What the event did not record is left open; it is not looked up, for today it may be something else.
        left = guard.words_in(policy).format(**{n: f"{{{n}}}" if n in facts else "…" for n in guard.columns})
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
