"""Freezing what a search finds, with every reason that blocks a step on it: one statement for any number of cases."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any

from django.db import connection
from django.db.models import BigIntegerField, Case, Q, QuerySet, Value, When

from config.words import T
from workflows.engine.asking import NOT_HERE, NOT_IN_VERSION, NOT_YOURS, asking, blockers, spoken_roles
from workflows.engine.chosen import CHUNK
from workflows.engine.declare import Programme, Step
from workflows.engine.guards import Asking, Reason
from workflows.models import Application, Manifest
from workflows.rules import role_q

STATE, ROLE, VERSION = 1, 2, 4
FIRST_GUARD = 3
# SHA-256 over "id:version" lines in id order, of whatever rows are asked for.
FINGERPRINT = r"""encode(sha256(convert_to(
    COALESCE(string_agg(id || ':' || version, E'\n' ORDER BY id), ''), 'UTF8')), 'hex')"""
# So many cases of a group are named on the page; the download has all.
NAMED = 8

_FREEZE = """
WITH found AS MATERIALIZED ({found}),
 numbered AS (SELECT *, (row_number() OVER (ORDER BY id) - 1) / {chunk} AS part FROM found),
 held AS (INSERT INTO workflows_manifestpart (manifest_id, ordinal, ids, versions, unmet, rounds)
    SELECT %s, part, array_agg(id ORDER BY id), array_agg(version ORDER BY id), array_agg(unmet ORDER BY id),
           array_agg(round_id ORDER BY id) FROM numbered GROUP BY part)
SELECT (SELECT {fingerprint} FROM found), COALESCE(jsonb_agg(grouped), '[]') FROM (
  SELECT unmet, CASE WHEN unmet & 1 = 1 THEN state ELSE '' END AS state,
         CASE WHEN unmet & 4 = 4 THEN policy ELSE '' END AS policy, count(*) AS count,
         sum(rows_total) AS people, sum(rows_granted) AS granted, sum(rows_held) AS held,
         sum(amount_fen)::bigint AS amount_fen, (array_agg(id ORDER BY id))[1:{named}] AS some
    FROM found GROUP BY 1, 2, 3 ORDER BY 4 DESC) grouped
"""


def freeze(manifest: Manifest, step: Step, cases: QuerySet[Application]) -> None:
    """Write the parts of `manifest` from those of `cases` that are of its programme, and what they come to."""
    who = asking(manifest.actor)
    rows = (
        Application.objects.filter(pk__in=cases.order_by().values("pk"), programme=manifest.programme)
        .annotate(unmet=unmet(step, who))
        .values(
            "id",
            "version",
            "state",
            "policy",
            "round_id",
            "rows_total",
            "rows_granted",
            "rows_held",
            "amount_fen",
            "unmet",
        )
        .order_by()
    )
    found, params = rows.query.sql_with_params()
    sql = _FREEZE.format(found=found, chunk=CHUNK, fingerprint=FINGERPRINT, named=NAMED)
    with connection.cursor() as cursor:
        cursor.execute(sql, [*params, manifest.pk])
        sha256, groups = cursor.fetchone()
    manifest.sha256, manifest.groups = sha256, json.loads(groups) if isinstance(groups, str) else groups
    manifest.count = sum(group["count"] for group in manifest.groups)
    manifest.blocked = sum(group["count"] for group in manifest.groups if group["unmet"])
    free: dict[str, int] = next((group for group in manifest.groups if not group["unmet"]), {})
    manifest.totals = {name: free.get(name, 0) for name in ("people", "granted", "held", "amount_fen")}


def unmet(step: Step, who: Asking) -> Any:
    """The bits of every reason that blocks `step` on a row; 0 where it can be done."""
    conditions = [
        Q(state__in=[str(s) for s in step.sources]),
        role_q(step.by, who.actor),
        Q(policy__in=step.policies) if step.policies is not None else Q(pk__gt=0),
    ]
    conditions += [guard.q(who) for guard in step.when]
    bits = (
        Case(When(q, then=Value(0)), default=Value(1 << n), output_field=BigIntegerField())
        for n, q in enumerate(conditions)
    )
    return reduce(add, bits)


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One reason that blocks some cases of a manifest: on how many, and some of them by id."""

    code: str
    bit: int
    # Their frozen state, where that is the reason (each needs another step first), or their policy version.
    apart: str
    # What is said where no single case is meant.
    words: T
    mend: str
    count: int
    some: tuple[int, ...]


def obstacles(manifest: Manifest, programme: Programme, step: Step) -> list[Obstacle]:
    """Every reason that blocks cases of `manifest`, the commonest first; a case may have several."""
    found: dict[tuple[int, str], list[dict[str, Any]]] = {}
    for group in manifest.groups:
        for bit in bits_of(group["unmet"]):
            apart = {STATE: group["state"], VERSION: group["policy"]}.get(bit, "")
            found.setdefault((bit, apart), []).append(group)
    made = []
    for (bit, apart), groups in found.items():
        reason = reason_of(programme, step, bit, apart, apart)
        some = sorted(pk for group in groups for pk in group["some"])[:NAMED]
        count = sum(group["count"] for group in groups)
        made.append(Obstacle(reason.code, bit, apart, reason.words, reason.mend, count, tuple(some)))
    return sorted(made, key=lambda obstacle: -obstacle.count)


def bits_of(unmet: int) -> Iterator[int]:
    """The single bits of `unmet`, the lowest first."""
    bit = 1
    while bit <= unmet:
        if unmet & bit:
            yield bit
        bit <<= 1


def reason_of(programme: Programme, step: Step, bit: int, state: str, policy: str) -> Reason:
    """The reason that a bit stands for, in words that need no single case."""
    if bit == STATE:
        return Reason("state", NOT_HERE.format(standing=programme.state(state).label))
    if bit == ROLE:
        return Reason("role", NOT_YOURS.format(roles=spoken_roles(step)))
    if bit == VERSION:
        return Reason("version", NOT_IN_VERSION.format(policy=policy))
    guard = step.when[bit.bit_length() - 1 - FIRST_GUARD]
    return Reason(guard.code, guard.words, guard.mend)


@dataclass(frozen=True, slots=True)
class Reported:
    """A case that did not go along, with every reason in words."""

    case: Application
    reasons: tuple[Reason, ...]


def report(manifest: Manifest, programme: Programme, step: Step) -> Iterator[Reported]:
    """The blocked cases of `manifest` in id order, one part at a time in memory.

    A reason that still stands is filled in with the case's figures; one that was mended since is said in general.
    """
    for ordinal in manifest.parts.order_by("ordinal").values_list("ordinal", flat=True):
        yield from _reported(manifest, programme, step, _blocked_of(manifest, "part.ordinal = %s", ordinal))


def report_page(
    manifest: Manifest, programme: Programme, step: Step, *, after: int, limit: int
) -> tuple[list[Reported], int | None]:
    """The first `limit` blocked cases with an id above `after`, as in `report`; and where the next page begins."""
    later = "part.ids[cardinality(part.ids)] > %s AND held.id > %s ORDER BY held.id LIMIT %s"
    found = _blocked_of(manifest, later, after, after, limit + 1)
    shown = dict(list(found.items())[:limit])
    return list(_reported(manifest, programme, step, shown)), max(shown) if len(found) > limit else None


def _reported(
    manifest: Manifest, programme: Programme, step: Step, blocked: dict[int, int]
) -> Iterator[Reported]:
    standing = blockers(step, blocked, manifest.actor)
    cases = (
        Application.objects.filter(pk__any=list(blocked))
        .select_related("applicant")
        .defer("answers", "sealed_answers")
        .order_by("pk")
    )
    for case in cases.iterator():
        frozen = (
            reason_of(programme, step, bit, case.state, case.policy) for bit in bits_of(blocked[case.pk])
        )
        yield Reported(case, tuple(said_now(reason, standing.get(case.pk, ())) for reason in frozen))


_BLOCKED = """
SELECT held.id, held.unmet FROM workflows_manifestpart part, unnest(part.ids, part.unmet) AS held(id, unmet)
 WHERE part.manifest_id = %s AND held.unmet <> 0 AND {which}
"""


def _blocked_of(manifest: Manifest, which: str, *values: int) -> dict[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(_BLOCKED.format(which=which), [manifest.pk, *values])
        return dict(cursor.fetchall())


MENDED = T(
    en="Was so when the list was drawn up; it has been mended since.", zh="清单形成时如此，此后已改正。"
)


def said_now(frozen: Reason, standing: Iterable[Reason]) -> Reason:
    """What a frozen reason says today: with the case's own figures where it still stands, else that it was mended."""
    return next((now for now in standing if now.code == frozen.code), Reason(frozen.code, MENDED))
