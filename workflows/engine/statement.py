"""The one statement that moves applications: state, event with hash, outbox, deadlines, command."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings

from workflows.engine.chosen import Named, One
from workflows.engine.deadlines import REGION
from workflows.engine.declare import Programme, Resume, Same, State, Step
from workflows.rules import office_column

# What an event's hash is made of, in this order; `verify` and the offline script read the same list.
HASHED = """jsonb_build_array(encode(prev, 'hex'), id, seq, {step}, source, target, {actor},
    to_char({at} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), {reason}, data)::text"""

FOR_WHOM = """CASE WHEN %(stands_in)s::jsonb ? a.id::text
    THEN jsonb_build_object('for', %(stands_in)s::jsonb -> a.id::text) ELSE '{}'::jsonb END"""

# A limit moved by the working days since `since`, by the calendar of `office`.
_SHIFTED = f"""(SELECT later.day FROM (SELECT {REGION} AS region FROM accounts_organisation o
        WHERE o.id = {{office}}) here
    JOIN workflows_calendar was ON was.region = here.region AND was.day = {{column}}
    JOIN workflows_calendar since ON since.region = here.region AND since.day = {{since}}
    JOIN workflows_calendar today ON today.region = here.region AND today.day = %(on)s
    JOIN workflows_calendar later ON later.region = here.region AND later.working
     AND later.ordinal = was.ordinal + today.ordinal - since.ordinal)"""


@dataclass(frozen=True, slots=True)
class Dues:
    """Which step is due in how many working days once a case stands in a state: one column a policy version."""

    policies: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    days: tuple[int, ...] = ()

    @property
    def differ(self) -> bool:
        """Whether the policy versions disagree, so that each case has to be asked for its own."""
        return len(set(zip(self.steps, self.days, strict=True))) > 1


@lru_cache(maxsize=512)
def dues(programme: Programme, step: Step) -> Dues:
    """What is due after `step`, under each policy version; nothing where the step leaves the case where it is."""
    if not isinstance(step.target, State):
        return Dues()
    found = programme.due_steps(step.target)
    if step.to_policy:
        found = {step.to_policy: found[step.to_policy]}
    if not any(found.values()):
        return Dues()
    return Dues(
        tuple(found),
        tuple(due.name if due else "" for due in found.values()),
        tuple(due.due.n if due and due.due else 0 for due in found.values()),
    )


@lru_cache(maxsize=512)
def move_sql(step: Step, programme: Programme, are: str = Named.ARE) -> str:
    """The statement for one step; parameters are those that `perform` gives, what the step says stands in it.

    Args:
        are: the condition that a column is one of the chosen ids. That of many stands in the statement once.
    """
    where = f"WHERE {are.format(column='a.id')} ORDER BY a.id"
    those = (
        are.format(column="application_id") if are == One.ARE else "application_id IN (SELECT id FROM chosen)"
    )
    return _text(step, programme, [_chosen(step, programme, FOR_WHOM, where)], those, single=are == One.ARE)


_NOW = {"%(at)s": "now()", "%(on)s": f"(now() AT TIME ZONE '{settings.TIME_ZONE}')::date"}
# What `Outcome.at` says of the transaction's time.
_SAID_AT = """to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"')"""


def joined_sql(step: Step, programme: Programme, locked: str, stands_in: str) -> str:
    """The statement that locks, checks and moves a single case by the database's clock; no row where it does not.

    A statement sees one moment, that of its beginning. It moves the case only where what it locked is what it saw.

    Args:
        locked: the query that locks the case: `pk`, `fine`, and `place`, where the locked row lies.
        stands_in: whether the actor does it for the person to whom the case `a` is assigned.
    """
    for_whom = (
        f"CASE WHEN {stands_in} THEN jsonb_build_object('for', a.assigned_to_id) ELSE '{{}}'::jsonb END"
    )
    where = "JOIN locked ON a.id = locked.pk AND a.ctid = locked.place AND locked.fine"
    parts = [f"locked AS MATERIALIZED ({locked})", _chosen(step, programme, for_whom, where)]
    sql = _text(step, programme, parts, "application_id = (SELECT id FROM chosen)", single=True)
    for name, value in _NOW.items():
        sql = sql.replace(name, value)
    answer = f"jsonb_build_object('step', {_literal(step.name)}, 'count', 1, 'at', {_SAID_AT})"
    sql = sql.replace("%(answer)s", answer)
    # It divides by nought where the row was not written, so that nothing else is.
    return sql.removesuffix(_MOVED) + f"SELECT {_SAID_AT}, 1 / (SELECT count(*) FROM moved) FROM said"


_MOVED = "SELECT count(*) FROM moved"


def _chosen(step: Step, programme: Programme, for_whom: str, where: str) -> str:
    if step.target is Same:
        target = "a.state"
    elif step.target is Resume:
        target = "a.resume_state"
    else:
        target = f"{_literal(str(step.target))}::varchar"
    recorded = ", ".join(f"'{column}', a.{column}" for column in step.records)
    # In id order, in which rows and index entries lie: a batch in the order of a hash takes half as long again.
    return f"""chosen AS (
            SELECT a.id, a.policy, a.state AS source, {target} AS target, a.seq + 1 AS seq, a.tip AS prev,
                   {_office(step, programme)} AS office,
                   jsonb_build_object({recorded}) || {for_whom} || %(data)s::jsonb AS data
              FROM workflows_application a {where})"""


def _text(step: Step, programme: Programme, parts: list[str], those: str, *, single: bool) -> str:
    """What is written of the `chosen`, after the parts that say which they are; `those` are their deadlines."""
    name = _literal(step.name)
    command = f"%(actor)s, %(key)s, {name}, %(request_hash)s, %(answer)s::jsonb"
    asked = f"SELECT {command} FROM chosen" if single else f"VALUES ({command})"
    parts = [
        *parts,
        "hashed AS (SELECT *, sha256(convert_to("
        + HASHED.format(
            step=f"{name}::text",
            actor="%(actor)s::bigint",
            at="%(at)s::timestamptz",
            reason="%(reason)s::text",
        )
        + ", 'UTF8')) AS hash FROM chosen)",
        f"""said AS (INSERT INTO workflows_command (actor_id, key, step, request_hash, answer)
            {asked} RETURNING id)""",
        *_deadlines(step, programme, those, single=single),
        f"""moved AS (UPDATE workflows_application a
               SET version = a.version + 1, seq = h.seq, tip = h.hash{_columns(step, programme)}
            FROM hashed h{_due_join(step, programme)} WHERE a.id = h.id RETURNING a.id)""",
        f"""written AS (INSERT INTO workflows_event
            (application_id, seq, step, source, target, actor_id, at, reason, data, prev_hash, hash, command_id)
            SELECT h.id, h.seq, {name}, h.source, h.target, %(actor)s, %(at)s, %(reason)s, h.data,
                   h.prev, h.hash, said.id
              FROM hashed h, said)""",
    ]
    if (step.target is not Same and not step.to_policy) or step.tells:
        parts.append(
            f"""told AS (INSERT INTO notifications_outbox (topic, key, payload)
            SELECT 'case.moved', 'case:' || h.id || ':' || h.seq,
                   jsonb_build_object('application', h.id, 'seq', h.seq, 'step', {name}::text) FROM hashed h)"""
        )
    return "WITH " + ",\n".join(parts) + f"\n{_MOVED}"


def _office(step: Step, programme: Programme) -> str:
    """The column of the office whose calendar counts the limit that begins."""
    after = dues(programme, step)
    columns = {
        policy: office_column(programme.steps[due].by) if due else "handler_id"
        for policy, due in zip(after.policies, after.steps, strict=True)
    }
    if len(set(columns.values())) <= 1:
        return f"a.{next(iter(columns.values()), 'handler_id')}"
    cases = " ".join(f"WHEN '{policy}' THEN a.{column}" for policy, column in columns.items())
    return f"CASE a.policy {cases} END"


def _offices(programme: Programme) -> str:
    """The same for a deadline `d` that runs."""
    at_authority = [
        name for name, made in programme.steps.items() if made.due and office_column(made.by) != "handler_id"
    ]
    named = ", ".join(f"'{name}'" for name in at_authority)
    return (
        f"CASE WHEN d.step IN ({named}) THEN a.authority_id ELSE a.handler_id END"
        if named
        else "a.handler_id"
    )


def _due_join(step: Step, programme: Programme) -> str:
    after = dues(programme, step)
    of_version = " AND due.policy = h.policy" if after.differ else ""
    return f" LEFT JOIN due ON due.office = h.office{of_version}" if after.policies else ""


def _columns(step: Step, programme: Programme) -> str:
    """The state's columns that a step changes beside the chain."""
    promised = ", promised_days = %(promised_days)s" if "promised_on" in step.sets else ""
    if step.to_policy:
        promised += ", policy = %(to_policy)s"
    if step.target is Same:
        return promised
    columns = promised + _promise(step) + ", state = h.target, entered_at = %(at)s"
    if step.target is Resume:
        shifted = _SHIFTED.format(column="a.promised_on", since="a.stopped_on", office="a.handler_id")
        return (
            columns + f", resume_state = '', stopped_on = NULL, due_on = (SELECT shifted.due_on FROM shifted "
            f"WHERE shifted.application_id = a.id), promised_on = {shifted}"
        )
    assert isinstance(step.target, State)
    if step.target.stops_clock:
        columns += f", resume_state = h.source, stopped_on = COALESCE(a.stopped_on, {_stands_since(step)})"
    else:
        columns += ", resume_state = '', stopped_on = NULL"
    return columns + (", due_on = due.day" if dues(programme, step).policies else ", due_on = NULL")


_ENTERED_ON = f"(a.entered_at AT TIME ZONE '{settings.TIME_ZONE}')::date"


def _promise(step: Step) -> str:
    """The promised date moves by the working days of an excluded stage, or of a stop, when the case leaves it.

    `Resume` gives back what was stopped by itself; a case that ends has nothing to be given back.
    """
    if "promised_on" in step.sets:
        return ""
    goes_on = isinstance(step.target, State) and not step.target.stops_clock and not step.target.outcome
    since = {
        _ENTERED_ON: [source for source in step.sources if source.excluded],
        "a.stopped_on": [source for source in step.sources if source.stops_clock and goes_on],
    }
    whens = [
        f"WHEN a.state IN ({_quoted(left)}) THEN "
        + _SHIFTED.format(column="a.promised_on", since=day, office="a.handler_id")
        for day, left in since.items()
        if left
    ]
    return f", promised_on = CASE {' '.join(whens)} ELSE a.promised_on END" if whens else ""


def _stands_since(step: Step) -> str:
    """The day from which the clock stands still; of a case that had ended already, the day on which it ended."""
    ended = [source for source in step.sources if source.outcome]
    return (
        f"CASE WHEN a.state IN ({_quoted(ended)}) THEN {_ENTERED_ON} ELSE %(on)s END" if ended else "%(on)s"
    )


def _quoted(states: Iterable[State]) -> str:
    return ", ".join(_literal(str(state)) for state in states)


def _literal(word: str) -> str:
    """A word of a declaration in the text of a statement with parameters."""
    return "'" + word.replace("'", "''").replace("%", "%%") + "'"


def _deadlines(step: Step, programme: Programme, those: str, *, single: bool) -> list[str]:
    """Close, set or shift the deadlines of the applications."""
    if step.target is Same:
        return []
    # One case needs neither its id nor its office made distinct.
    name = _literal(step.name)
    open_ones = f"{those} AND met_at IS NULL AND lapsed_at IS NULL"
    if step.target is Resume:
        shifted = _SHIFTED.format(column="d.due_on", since="a.stopped_on", office=_offices(programme))
        return [
            f"met AS (UPDATE workflows_deadline SET met_at = %(at)s WHERE {open_ones} AND step = {name})",
            f"""shifted AS (UPDATE workflows_deadline d SET due_on = {shifted}
                FROM workflows_application a
               WHERE a.id = d.application_id AND d.application_id IN (SELECT id FROM chosen)
                 AND d.met_at IS NULL AND d.lapsed_at IS NULL AND d.step <> {name}
                RETURNING d.application_id, d.due_on)""",
        ]
    assert isinstance(step.target, State)
    parts = []
    if not step.target.stops_clock:
        parts.append(f"met AS (UPDATE workflows_deadline SET met_at = %(at)s WHERE {open_ones})")
    after = dues(programme, step)
    if after.policies:
        # One look-up for each office (and version) among the cases, whatever their number.
        version, of_version = (", policy", " AND due.policy = h.policy") if after.differ else ("", "")
        limits = (
            "unnest(%(due_policies)s::text[], %(due_steps)s::text[], %(due_days)s::int[]) AS d(policy, step, days)"
            if after.differ
            else f"(SELECT {_literal(after.steps[0])}::text AS step, {after.days[0]} AS days) d"
        )
        parts += [
            f"""due AS (SELECT here.office{version and ", here.policy"}, d.step, d.days, later.day
                  FROM (SELECT o.id AS office{version and ", c.policy"}, {REGION} AS region
                  FROM (SELECT {"" if single else "DISTINCT "}office{version} FROM chosen) c
                  JOIN accounts_organisation o ON o.id = c.office) here
                JOIN {limits} ON {"d.policy = here.policy AND d.step <> ''" if after.differ else "true"}
                LEFT JOIN workflows_calendar today ON today.region = here.region AND today.day = %(on)s
                LEFT JOIN workflows_calendar later ON later.region = here.region
                  AND later.working AND later.ordinal = today.ordinal + d.days)""",
            f"""set_due AS (INSERT INTO workflows_deadline (application_id, step, due_on, set_at, from_on, days)
                SELECT h.id, due.step, due.day, %(at)s, %(on)s, due.days
                  FROM hashed h JOIN due ON due.office = h.office{of_version})""",
        ]
    return parts
