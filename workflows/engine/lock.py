"""The one statement that locks applications in id order and counts those on which a step is not possible."""

from collections import OrderedDict
from copy import copy
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.models import BooleanField, ExpressionWrapper, Q

from workflows.engine.asking import conditions
from workflows.engine.calendar_days import READING_THE_CALENDAR
from workflows.engine.chosen import Chosen, Named
from workflows.engine.declare import Programme, Step
from workflows.engine.guards import Asking, Guard
from workflows.models import Application
from workflows.rules import role_key

# Up to so many ids a statement is prepared once a connection and planned for a few rows; beyond, each is
# planned for the number that it has.
FEW = 50
_COMPILED_MOST = 2000
_DAY = f"(COALESCE(%s, now()) AT TIME ZONE '{settings.TIME_ZONE}')::date"
# Case → the absent person to whom it is assigned and for whom the actor stands in, as JSON.
STANDS_IN = f"""jsonb_object_agg(pk, assigned_to_id) FILTER (WHERE (assigned_to_id, handler_id) IN (
    SELECT person_id, organisation_id FROM workflows_absence WHERE substitute_id = %s AND role IN ({{roles}})
       AND ended_at IS NULL AND from_on <= {_DAY} AND until_on >= {_DAY}))"""  # noqa: S608
_compiled: "OrderedDict[tuple[Any, ...], _Compiled]" = OrderedDict()


class _Prepared(ServerBindingCursor):
    """Prepares at the first use: a busy connection forgets how often it has seen a statement."""

    def execute(self, query: Any, params: Any = None) -> Any:
        return super().execute(query, params, prepare=PREPARES)  # type: ignore[misc]


PREPARES = True if settings.PREPARE_STATEMENTS else None


def engine_cursor(cases: int) -> Any:
    """A cursor of Django's for the engine's own statements; for few cases the server keeps their plans."""
    if cases > FEW:
        return connection.cursor()
    connection.ensure_connection()
    cursor: Any = _Prepared
    return connection._prepare_cursor(cursor(connection.connection))  # type: ignore[attr-defined]


def lock_sql(
    step: Step, programme: Programme, who: Asking, cases: Chosen, at: datetime | None
) -> tuple[str, list[Any]]:
    """The statement and its parameters.

    It gives how many rows there are, on how many the step is possible, what time it is, and for whom the actor
    stands in on which of them.

    What the ORM makes of a step's conditions is kept: compiling them takes longer than the statement.
    """
    known = (programme.slug, type(cases), step.by, _known(step, who))
    made = _compiled.get(known)
    if made is None:
        made = _compiled[known] = _compile(step, programme, who, cases)
        if len(_compiled) > _COMPILED_MOST:
            _compiled.popitem(last=False)
    given, actor = iter(cases.as_any("")[1]), who.actor.pk
    params = (next(given) if value is _GIVEN else actor if value is _ASKS else value for value in made.params)
    return made.sql, [actor, at, at, *params]


def _known(step: Step, who: Asking) -> Any:
    """What makes two conditions equal, by the declaration itself; built only where a guard asks who it is."""
    if not all(isinstance(guard.holds, Q) or guard.of_actor for guard in step.when):
        return conditions(step, who)
    return (step.sources, step.policies, role_key(step.by, who.actor), *(id(guard) for guard in step.when))


def _array(value: list[Any]) -> Any:
    """Ids as PostgreSQL writes an array, once: as a list each use of the statement would write them again."""
    return "{" + ",".join(map(str, value)) + "}" if all(type(item) is int for item in value) else value


class _Compiled(NamedTuple):
    """A statement whose parameters are given, but those of the cases and of the actor."""

    sql: str
    params: tuple[Any, ...]
    # Kept, so that no other guard takes the place of one of them in memory while the statement is known by it.
    guards: tuple[Guard, ...]


class _Given:
    """Stands for a parameter in a compiled statement."""


_GIVEN = _Given()
# Stands for the parameter that is the actor's id, and for that id while a statement is compiled: nobody has it.
_ASKS = _Given()
_NOBODYS = -7_190_003_000_000_417


class _Any:
    """The condition of a kind of cases, with `_GIVEN` for each of its parameters."""

    def __init__(self, cases: Chosen) -> None:
        self.cases = cases

    def as_any(self, column: str) -> tuple[str, tuple[Any, ...]]:
        sql, params = self.cases.as_any(column)
        # An array that is bound by the server has no type of its own where it is empty or of small numbers.
        sql = sql.replace("= ANY(%s)", "= ANY(%s::bigint[])") if type(self.cases) is Named else sql
        return sql, (_GIVEN,) * len(params)


def _compile(step: Step, programme: Programme, who: Asking, cases: Chosen) -> _Compiled:
    anybody = copy(who.actor)
    anybody.pk = _NOBODYS
    fine = ExpressionWrapper(conditions(step, replace(who, actor=anybody)), output_field=BooleanField())
    rows = (
        Application.objects.filter(Q(pk__any=_Any(cases)), programme=programme.slug)
        .order_by("pk")
        .select_for_update(of=("self",))
        .annotate(fine=fine)
        .values("pk", "fine", "assigned_to_id", "handler_id")
    )
    sql, params = rows.query.sql_with_params()
    stands_in = STANDS_IN.format(roles=", ".join(f"'{role}'" for role in sorted(step.by)))
    return _Compiled(
        f"""SELECT count(*), count(*) FILTER (WHERE fine IS TRUE), now(), {stands_in} FROM ({sql}) locked
             WHERE {READING_THE_CALENDAR}""",  # noqa: S608
        tuple(
            _array(value) if isinstance(value, list) else _ASKS if value == _NOBODYS else value
            for value in params
        ),
        step.when,
    )
