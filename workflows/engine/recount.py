"""Counting limits again after the calendar has changed: set-based, with a line in the ledger for each.

The rule (docs/why.md): what an applicant has to keep only moves later; a date that was promised outright only
moves earlier, one that was promised as provisional both ways; a notice only runs longer; the office's own
limits follow the calendar. What is met, over or closed never moves.
"""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import connection

from workflows.engine.deadlines import REGION
from workflows.errors import CalendarUnknown
from workflows.models import LimitMove
from workflows.programmes import registry
from workflows.rules import office_column

Kind = LimitMove.Kind

# `a` is the case, `start` the day that the limit is counted from, `days` how many working days it has.
_RUNNING = {
    Kind.STEP: """
        SELECT d.id, d.application_id, d.step, d.due_on AS was_on, d.from_on AS start, d.days::int AS days,
               false AS whole,
               CASE WHEN s.at_authority THEN a.authority_id ELSE a.handler_id END AS office,
               CASE WHEN s.applicants THEN 'later' ELSE 'both' END AS way
          FROM workflows_deadline d
          JOIN workflows_application a ON a.id = d.application_id
          JOIN unnest(%(due_programme)s::text[], %(due_step)s::text[], %(applicants)s::bool[], %(at_authority)s::bool[])
            AS s(programme, step, applicants, at_authority) ON s.programme = a.programme AND s.step = d.step
         WHERE d.met_at IS NULL AND d.lapsed_at IS NULL AND d.from_on IS NOT NULL AND d.days IS NOT NULL""",
    Kind.PROMISE: """
        SELECT a.id, a.id AS application_id, '' AS step, a.promised_on AS was_on,
               (a.submitted_at AT TIME ZONE %(zone)s)::date AS start, a.promised_days::int AS days, true AS whole,
               a.handler_id AS office,
               CASE WHEN a.promised_on >= %(provisional_from)s THEN 'both' ELSE 'earlier' END AS way
          FROM workflows_application a
         WHERE a.promised_on IS NOT NULL AND a.promised_days IS NOT NULL AND a.submitted_at IS NOT NULL
           AND NOT (a.programme, a.state) IN (
             SELECT * FROM unnest(%(over_programme)s::text[], %(over_state)s::text[]))""",
    Kind.NOTICE: """
        SELECT n.id, a.id AS application_id, '' AS step, n.ends_on AS was_on,
               (n.released_at AT TIME ZONE %(zone)s)::date AS start,
               r.days - CASE WHEN r.counts_first AND EXISTS (SELECT 1 FROM workflows_calendar f
                   WHERE f.region = '' AND f.working AND f.day = (n.released_at AT TIME ZONE %(zone)s)::date)
                 THEN 1 ELSE 0 END AS days,
               true AS whole, a.authority_id AS office, 'later' AS way
          FROM workflows_notice n
          JOIN workflows_application a ON a.batch_id = n.batch_id AND a.notice_ends_on = n.ends_on
          JOIN unnest(%(notice_programme)s::text[], %(notice_days)s::int[], %(counts_first)s::bool[])
            AS r(programme, days, counts_first) ON r.programme = a.programme
         WHERE n.withdrawn_at IS NULL AND n.ends_on >= %(today)s""",
    Kind.OBJECTION: """
        SELECT o.id, a.id AS application_id, o.number AS step, o.due_on AS was_on,
               (o.received_at AT TIME ZONE %(zone)s)::date AS start, r.answer_days AS days, false AS whole,
               a.authority_id AS office, 'both' AS way
          FROM workflows_objection o
          JOIN workflows_noticeline l ON l.id = o.line_id
          JOIN workflows_application a ON a.id = l.application_id
          JOIN unnest(%(notice_programme)s::text[], %(answer_days)s::int[]) AS r(programme, answer_days)
            ON r.programme = a.programme
         WHERE o.state = 'received'""",
}

# The clock stood still from entering a state that stops it until leaving it; an excluded stage counts for the
# promised date alone. A stop that still lasts is reckoned when it ends.
_COUNTED = f"""
WITH offices AS MATERIALIZED (
  SELECT o.id, {REGION} AS region FROM accounts_organisation o WHERE o.kind <> 'employer'
), running AS MATERIALIZED (
  SELECT r.*, o.region FROM ({{running}}) r JOIN offices o ON o.id = r.office
   WHERE r.was_on >= %(first_on)s AND r.start <= %(last_on)s
), stops AS MATERIALIZED (
  SELECT e.application_id, (e.at AT TIME ZONE %(zone)s)::date AS since,
         (gone.at AT TIME ZONE %(zone)s)::date AS until, s.excluded
    FROM workflows_event e
    JOIN workflows_application a ON a.id = e.application_id
    JOIN unnest(%(stop_programme)s::text[], %(stop_state)s::text[], %(stop_excluded)s::bool[])
      AS s(programme, state, excluded) ON s.programme = a.programme AND s.state = e.target
   CROSS JOIN LATERAL (SELECT n.at FROM workflows_event n WHERE n.application_id = e.application_id
       AND n.seq > e.seq AND n.source <> n.target ORDER BY n.seq LIMIT 1) gone
   WHERE e.source <> e.target AND e.application_id IN (SELECT application_id FROM running)
), counted AS (
  SELECT r.*, (SELECT later.day FROM workflows_calendar first
      JOIN workflows_calendar later ON later.region = r.region AND later.working
       AND later.ordinal = first.ordinal + r.days + (
         SELECT COALESCE(sum(u.ordinal - f.ordinal), 0) FROM stops p
           JOIN workflows_calendar f ON f.region = r.region AND f.day = GREATEST(p.since, r.start)
           JOIN workflows_calendar u ON u.region = r.region AND u.day = p.until
          WHERE p.application_id = r.application_id AND p.until > r.start AND (r.whole OR NOT p.excluded))
     WHERE first.region = r.region AND first.day = r.start) AS counted_on
    FROM running r
), decided AS (
  SELECT *, CASE way WHEN 'later' THEN GREATEST(was_on, counted_on)
                     WHEN 'earlier' THEN LEAST(was_on, counted_on) ELSE counted_on END AS now_on
    FROM counted
), unknown AS (SELECT count(*) AS n, min(start) AS day FROM counted WHERE counted_on IS NULL
), noted AS (
  INSERT INTO workflows_limitmove (change_id, application_id, kind, step, was_on, counted_on, now_on)
  SELECT %(change)s, application_id, %(kind)s, step, was_on, counted_on, now_on FROM decided d
   WHERE counted_on <> was_on AND (now_on <> was_on OR NOT EXISTS (
     SELECT 1 FROM workflows_limitmove m WHERE m.application_id = d.application_id AND m.kind = %(kind)s
        AND m.step = d.step AND m.counted_on = d.counted_on AND m.now_on = d.now_on))
   ORDER BY application_id
  RETURNING was_on, now_on
), changed AS (SELECT * FROM decided WHERE now_on <> was_on), {{write}}
SELECT (SELECT n FROM unknown), (SELECT day FROM unknown),
       (SELECT count(*) FROM noted WHERE now_on <> was_on), (SELECT count(*) FROM noted WHERE now_on = was_on)
"""  # noqa: S608 - no value of a user stands in it
_WRITE = {
    Kind.STEP: """
        limits AS (UPDATE workflows_deadline d SET due_on = c.now_on FROM changed c WHERE d.id = c.id),
        cases AS (UPDATE workflows_application a SET due_on = c.now_on
          FROM changed c, unnest(%(stand_programme)s::text[], %(stand_state)s::text[], %(stand_step)s::text[])
            AS s(programme, state, step)
         WHERE a.id = c.application_id AND s.programme = a.programme AND s.state = a.state AND s.step = c.step)""",
    Kind.PROMISE: """
        cases AS (UPDATE workflows_application a SET promised_on = c.now_on FROM changed c WHERE a.id = c.id)""",
    Kind.NOTICE: """
        shown AS (UPDATE workflows_notice n SET ends_on = c.now_on,
               shown_until = (c.now_on + time '23:59:59.999999') AT TIME ZONE %(zone)s
          FROM (SELECT DISTINCT id, now_on FROM changed) c WHERE n.id = c.id),
        cases AS (UPDATE workflows_application a SET notice_ends_on = c.now_on
          FROM changed c WHERE a.id = c.application_id)""",
    Kind.OBJECTION: """
        limits AS (UPDATE workflows_objection o SET due_on = c.now_on FROM changed c WHERE o.id = c.id)""",
}


def recount(
    change: int, first_on: date, last_on: date, *, today: date, provisional_from: date | None
) -> tuple[int, int]:
    """Count again every running limit that reaches the changed days; returns (moved, kept).

    Args:
        provisional_from: the first day that was provisional before the change.

    Raises:
        CalendarUnknown: a limit would end beyond the calendar.
    """
    params: dict[str, Any] = {
        **_declared(), "zone": settings.TIME_ZONE, "change": change, "first_on": first_on, "last_on": last_on,
        "today": today, "provisional_from": provisional_from or date.max,
    }  # fmt: skip
    moved = kept = 0
    with connection.cursor() as cursor:
        for kind, running in _RUNNING.items():
            sql = _COUNTED.format(running=running, write=_WRITE[kind])
            cursor.execute(sql, {**params, "kind": str(kind)})
            unknown, day, moves, keeps = cursor.fetchone()
            if unknown:
                raise CalendarUnknown(day=day)
            moved, kept = moved + moves, kept + keeps
    return moved, kept


def _declared() -> dict[str, list[Any]]:
    """What the programmes declare of time, as columns."""
    found: dict[str, list[Any]] = {
        name: []
        for name in (
            "due_programme", "due_step", "applicants", "at_authority", "stand_programme", "stand_state", "stand_step",
            "stop_programme", "stop_state", "stop_excluded", "over_programme", "over_state",
            "notice_programme", "notice_days", "counts_first", "answer_days",
        )
    }  # fmt: skip

    def add(**values: Any) -> None:
        for name, value in values.items():
            found[name].append(value)

    for slug, programme in registry().items():
        for step in programme.steps.values():
            if step.due:
                add(due_programme=slug, due_step=step.name, applicants=step.is_applicants,
                    at_authority=office_column(step.by) == "authority_id")  # fmt: skip
        for state in programme.states:
            for name in sorted({due.name for due in programme.due_steps(state).values() if due}):
                add(stand_programme=slug, stand_state=str(state), stand_step=name)
            if state.outcome:
                add(over_programme=slug, over_state=str(state))
            # Nothing runs from a decision until an appeal against it is upheld.
            if state.stops_clock or state.excluded or state.outcome:
                add(
                    stop_programme=slug,
                    stop_state=str(state),
                    stop_excluded=state.excluded and not state.stops_clock,
                )
        if programme.notice:
            add(notice_programme=slug, notice_days=programme.notice.days,
                counts_first=programme.notice.counts_first_day,
                answer_days=programme.notice.objection_answer_days)  # fmt: skip
    return found
