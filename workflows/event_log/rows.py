"""What the event logs are made of: rows streamed from the database by a cursor on its side, never all at once."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple

from django.db import connection, transaction

from accounts.models import APPLICANT_ROLES, SYSTEM_EMAIL, Role, User
from accounts.sealing import blind_index
from workflows.engine.declare import Holder, Programme
from workflows.engine.perform import FOR
from workflows.programmes import registry

ROWS_AT_ONCE = 2000


class EventRow(NamedTuple):
    """One event with the objects that it is about, as far as they are columns."""

    id: int
    application: int
    seq: int
    step: str
    source: str
    target: str
    actor: int
    at: datetime
    data: dict[str, Any]
    people: list[int]
    programme: str
    policy: str
    year: int
    round: int
    number: str | None
    applicant: int
    batch: int | None
    notice: int | None
    payment_list: int | None


# The batch in which the case was at that moment; the notice while the case stands before the public.
_EVENTS = """
SELECT e.id, e.application_id, e.seq, e.step, e.source, e.target, e.actor_id, e.at, e.data,
       jsonb_path_query_array(e.data, '$.person ? (@ > 0)')
         || jsonb_path_query_array(e.data, '$.points[*].person ? (@ > 0)'),
       a.programme, a.policy, a.year, a.round_id, a.number, a.applicant_id, item.batch_id, n.id, list.id
  FROM workflows_event e
  JOIN workflows_application a ON a.id = e.application_id
  LEFT JOIN LATERAL (SELECT i.batch_id FROM workflows_batchitem i
      WHERE i.application_id = a.id AND i.added_at <= e.at AND (i.removed_at IS NULL OR i.removed_at >= e.at)
      ORDER BY i.id DESC LIMIT 1) item ON true
  LEFT JOIN workflows_notice n ON n.batch_id = item.batch_id AND n.released_at <= e.at
        AND a.programme || '/' || e.source || '/' || e.target = ANY(%(shown)s)
  LEFT JOIN workflows_paymentlist list ON list.number = e.data->>'payment_list'
 WHERE (%(programme)s = '' OR a.programme = %(programme)s) AND (%(year)s = 0 OR a.year = %(year)s)
"""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which cases a log is about, and whether people and firms are named in it."""

    programme: str = ""
    year: int = 0
    names: bool = False

    @property
    def params(self) -> dict[str, Any]:
        return {"programme": self.programme, "year": self.year, "shown": _before_the_public()}


@contextmanager
def one_moment() -> Iterator[None]:
    """Everything read within is of one moment, however long it takes and whatever happens meanwhile."""
    with transaction.atomic():
        if len(connection.savepoint_ids) == 0:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def streamed(sql: str, params: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    """The rows of a statement; the database keeps what was not fetched yet. Only inside `one_moment`."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, params)
        while rows := cursor.fetchmany(ROWS_AT_ONCE):
            yield from rows


def events(scope: Scope, *, by_case: bool) -> Iterator[EventRow]:
    """The events of `scope`: case by case in the order of each chain, or all in the order they were written."""
    order = "ORDER BY e.application_id, e.seq" if by_case else "ORDER BY e.id"
    for row in streamed(_EVENTS + order, scope.params):
        yield EventRow._make((*row[:8], _json(row[8]), _json(row[9]), *row[10:]))


def activities(scope: Scope) -> list[tuple[str, str]]:
    """(programme, step) of everything that happened in `scope`, also of steps that are not declared any more."""
    sql = """SELECT DISTINCT a.programme, e.step FROM workflows_event e
               JOIN workflows_application a ON a.id = e.application_id
              WHERE (%(programme)s = '' OR a.programme = %(programme)s) AND (%(year)s = 0 OR a.year = %(year)s)
              ORDER BY 1, 2"""
    with connection.cursor() as cursor:
        cursor.execute(sql, scope.params)
        return [(programme, step) for programme, step in cursor.fetchall()]


@dataclass(slots=True)
class Who:
    """Names of actors and firms: keyed hashes, the same in every log of this site, unless names are wanted."""

    scope: Scope
    known: dict[tuple[str, int], str] = field(default_factory=dict)

    def actor(self, pk: int) -> str:
        if not self.known:
            self._read()
        return self.known.get(("actor", pk)) or pseudonym("actor", pk)

    def behalf(self, row: EventRow) -> str:
        """For whom a substitute did it; mostly nobody."""
        absent = row.data.get(FOR)
        return self.actor(absent) if absent else ""

    def firm(self, pk: int, name: str) -> str:
        return name if self.scope.names else pseudonym("applicant", pk)

    def _read(self) -> None:
        """The names of all actors but experts, where they are wanted; the system is always called so."""
        people = (
            User.objects.filter(expert=None) if self.scope.names else User.objects.filter(email=SYSTEM_EMAIL)
        )
        for pk, name, email in people.values_list("pk", "name", "email"):
            self.known["actor", pk] = str(Role.SYSTEM) if email == SYSTEM_EMAIL else name or email
        self.known["", 0] = ""


def pseudonym(kind: str, pk: int) -> str:
    """What stands for somebody: the same each time, not to be traced back without the key of the site."""
    return f"{kind}-{blind_index(f'event-log:{kind}:{pk}').hex()[:16]}"


def role_of(row: EventRow) -> str:
    """In which role the step was taken, where its declaration knows only one."""
    declared = registry().get(row.programme)
    step = declared.steps.get(row.step) if declared else None
    if step is None:
        return ""
    return "applicant" if step.by <= APPLICANT_ROLES else next(iter(step.by)) if len(step.by) == 1 else ""


def recorded(row: EventRow) -> dict[str, int | str]:
    """The figures that the step's declaration records in its events; nothing that was typed by anybody."""
    return {name: row.data[name] for name in columns_of(row.programme, row.step) if name in row.data}


@cache
def columns_of(programme: str, step: str) -> tuple[str, ...]:
    declared = registry().get(programme)
    made = declared.steps.get(step) if declared else None
    return made.records if made else ()


@cache
def _before_the_public() -> list[str]:
    """`programme/source/target` of the steps into, within and out of a public notice."""
    return [
        f"{slug}/{source}/{target}"
        for slug, declared in registry().items()
        for source, target in _moves(declared)
        if any(declared.state(s).holder is Holder.PUBLIC for s in (source, target))
    ]


def _moves(declared: Programme) -> Iterator[tuple[str, str]]:
    for source, _, target in declared.edges():
        if source:
            yield source, target
    for state in declared.states:
        yield str(state), str(state)


def _json(value: Any) -> Any:
    """Django has psycopg give jsonb as text."""
    return json.loads(value) if isinstance(value, str) else value


def instant(moment: datetime) -> str:
    """An instant as both formats write it: UTC with microseconds."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
