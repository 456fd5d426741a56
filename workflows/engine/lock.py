"""The one statement that locks applications in id order and counts those on which a step is not possible."""

import re
from collections import OrderedDict
from contextlib import nullcontext
from copy import copy
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection, transaction
from django.db.backends.postgresql.base import CursorMixin
from django.db.models import BooleanField, ExpressionWrapper, Q
from psycopg import RawCursor

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
COMPILED_MOST = 2000
_DAY = f"(COALESCE(%s, now()) AT TIME ZONE '{settings.TIME_ZONE}')::date"
# Whom the actor stands in for, and at which offices, on the given day.
COVERED = """SELECT person_id, organisation_id FROM workflows_absence
     WHERE substitute_id = {actor} AND role IN ({roles}) AND ended_at IS NULL
       AND from_on <= {day} AND until_on >= {day}"""
# Case → the absent person to whom it is assigned and for whom the actor stands in, as JSON.
STANDS_IN = "jsonb_object_agg(pk, assigned_to_id) FILTER (WHERE (assigned_to_id, handler_id) IN ({covered}))"
_compiled: "OrderedDict[tuple[Any, ...], _Compiled]" = OrderedDict()


class _Prepared(CursorMixin, RawCursor[Any]):
    """Prepares at the first use: a busy connection forgets how often it has seen a statement.

    Its statements are long: their placeholders are numbered once, not at each use.
    """

    def execute(self, query: Any, params: Any = None, **given: Any) -> Any:
        if params is None:
            return super().execute(query, **given)
        text, order = numbered(query)
        return super().execute(text, [params[name] for name in order], prepare=PREPARES)


_PLACEHOLDER = re.compile(r"%(?:\((\w+)\)s|s|%)")


@lru_cache(maxsize=1000)
def numbered(sql: str) -> tuple[bytes, tuple[Any, ...]]:
    """`sql` with PostgreSQL's own placeholders, and which parameter each of them is: a name, or its place."""
    order: dict[Any, int] = {}

    def number(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return "%"
        name = found[1] or len(order)
        return f"${order.setdefault(name, len(order) + 1)}"

    return _PLACEHOLDER.sub(number, sql).encode(), tuple(order)


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
    known = (programme.slug, type(cases), step.by, known_by(step, who))
    made = _compiled.get(known)
    if made is None:
        made = _compiled[known] = _compile(step, programme, who, cases)
        if len(_compiled) > COMPILED_MOST:
            _compiled.popitem(last=False)
    given, actor = iter(cases.as_any("")[1]), who.actor.pk
    params = (next(given) if value is GIVEN else actor if value is ASKS else value for value in made.params)
    return made.sql, [actor, at, at, *params]


def known_by(step: Step, who: Asking) -> Any:
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


GIVEN = _Given()
# Stands for the parameter that is the actor's id, and for that id while a statement is compiled: nobody has it.
ASKS = _Given()
_NOBODYS = -7_190_003_000_000_417


class _Any:
    """The condition of a kind of cases, with `GIVEN` for each of its parameters."""

    def __init__(self, cases: Chosen) -> None:
        self.cases = cases

    def as_any(self, column: str) -> tuple[str, tuple[Any, ...]]:
        sql, params = self.cases.as_any(column)
        # An array that is bound by the server has no type of its own where it is empty or of small numbers.
        sql = sql.replace("= ANY(%s)", "= ANY(%s::bigint[])") if type(self.cases) is Named else sql
        return sql, (GIVEN,) * len(params)


def locked_rows(
    step: Step, programme: Programme, who: Asking, cases: Chosen, **more: Any
) -> tuple[str, list[Any]]:
    """The query of the rows that are locked, in id order, each with whether the step is `fine` there, and `more`.

    `GIVEN` stands for what the cases give, `ASKS` for the actor.
    """
    anybody = copy(who.actor)
    anybody.pk = _NOBODYS
    fine = ExpressionWrapper(conditions(step, replace(who, actor=anybody)), output_field=BooleanField())
    rows = (
        Application.objects.filter(Q(pk__any=_Any(cases)), programme=programme.slug)
        .order_by("pk")
        .select_for_update(of=("self",))
        .annotate(fine=fine, **more)
        .values("pk", "fine", "assigned_to_id", "handler_id", *more)
    )
    # The ORM compiles a lock inside a transaction only.
    with nullcontext() if connection.in_atomic_block else transaction.atomic():
        sql, params = rows.query.sql_with_params()
    return sql, [
        _array(value) if isinstance(value, list) else ASKS if value == _NOBODYS else value for value in params
    ]


def _compile(step: Step, programme: Programme, who: Asking, cases: Chosen) -> _Compiled:
    sql, params = locked_rows(step, programme, who, cases)
    stands_in = STANDS_IN.format(covered=COVERED.format(actor="%s", roles=roles_in_sql(step), day=_DAY))
    return _Compiled(
        f"""SELECT count(*), count(*) FILTER (WHERE fine IS TRUE), now(), {stands_in} FROM ({sql}) locked
             WHERE {READING_THE_CALENDAR}""",  # noqa: S608
        tuple(params),
        step.when,
    )


def roles_in_sql(step: Step) -> str:
    return ", ".join(f"'{role}'" for role in sorted(step.by))
