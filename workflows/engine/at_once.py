"""A single case locked, checked and moved by one statement, made of the two that do it for many."""

import re
from collections import OrderedDict
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models.expressions import RawSQL

from workflows.engine.calendar_days import AS_THE_CALENDAR_STANDS
from workflows.engine.chosen import One
from workflows.engine.declare import Programme, Step
from workflows.engine.guards import Asking, Guard
from workflows.engine.lock import ASKS, COMPILED_MOST, COVERED, GIVEN, known_by, locked_rows, roles_in_sql
from workflows.engine.statement import joined_sql

_TODAY = f"(now() AT TIME ZONE '{settings.TIME_ZONE}')::date"
_PLACE = RawSQL('"workflows_application"."ctid"', [])
_joined: "OrderedDict[tuple[Any, ...], _Joined]" = OrderedDict()


class _Joined(NamedTuple):
    """A statement with those of its parameters that are always the same."""

    sql: str
    constants: dict[str, Any]
    # Kept, as in a compiled lock: no other guard takes their place in memory while the statement is known by it.
    guards: tuple[Guard, ...]


def at_once_sql(step: Step, programme: Programme, who: Asking, case: One) -> tuple[str, dict[str, Any]]:
    """The statement that moves `case` by the database's clock, and its parameters but those that are written.

    It moves nothing where the step is not possible, nor where it had to wait for the case or for the calendar and
    so saw what is no longer true: then the case has to be locked first and written afterwards.
    """
    known = (programme, step, step.by, known_by(step, who))
    made = _joined.get(known)
    if made is None:
        made = _joined[known] = _join(step, programme, who, case)
        if len(_joined) > COMPILED_MOST:
            _joined.popitem(last=False)
    return made.sql, {**made.constants, "id": case[0], "actor": who.actor.pk}


def _join(step: Step, programme: Programme, who: Asking, case: One) -> _Joined:
    sql, params = locked_rows(step, programme, who, case, place=_PLACE)
    constants: dict[str, Any] = {}
    given = iter(params)

    def named(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return "%%"
        value = next(given)
        if value is GIVEN or value is ASKS:
            return "%(id)s" if value is GIVEN else "%(actor)s"
        name = next((known for known, held in constants.items() if held is value), f"c{len(constants)}")
        constants[name] = value
        return f"%({name})s"

    locked = f"SELECT * FROM ({re.sub('%[s%]', named, sql)}) own WHERE {AS_THE_CALENDAR_STANDS}"  # noqa: S608
    covered = COVERED.format(actor="%(actor)s", roles=roles_in_sql(step), day=_TODAY)
    stands_in = f"(a.assigned_to_id, a.handler_id) IN ({covered})"
    return _Joined(joined_sql(step, programme, locked, stands_in), constants, step.when)
