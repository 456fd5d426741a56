"""One page of a worklist, earliest deadline first, at the same price among ten cases and among a million.

Each pair of office and state is a stretch of an index in the order of deadlines. A page takes its first rows from
each stretch (LATERAL) and merges them; the next page goes on behind the last row (keyset), never by counting off.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any

from django.db import connection
from django.db.models import BooleanField, F, Q
from django.db.models.expressions import RawSQL

from workflows.models import Application, ApplicationQuerySet
from workflows.queries import Place

PAGE_ROWS = 30
_CURSOR = re.compile(r"(none|\d{4}-\d\d-\d\d)\.(\d{1,18})")
_TABLE = Application._meta.db_table
_SPOT = "(%s::bigint, %s::varchar, %s::varchar[])"


@dataclass(frozen=True, slots=True)
class Page:
    """Some cases in the order of their deadlines; the cursors are None where there is no further page."""

    rows: list[Application]
    next: str | None
    previous: str | None


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page begins: behind a case (or before it, going back) in the order (due_on, id), no deadline last."""

    day: date | None
    pk: int
    back: bool

    @property
    def dated(self) -> "RawSQL | None":
        """The cases with a deadline on the wanted side; None where there are none, a plain True where all are."""
        if self.day is None:
            return _TRUE if self.back else None
        sign = "<" if self.back else ">"
        return _raw(f'("{_TABLE}"."due_on", "{_TABLE}"."id") {sign} (%s, %s)', self.day, self.pk)

    @property
    def undated(self) -> "RawSQL | None":
        if self.day is not None:
            return None if self.back else _TRUE
        return _raw(f'"{_TABLE}"."id" {"<" if self.back else ">"} %s', self.pk)


def _raw(sql: str, *params: Any) -> RawSQL:
    # Row comparison: the index goes straight to the place, which OR would not. Nothing of a request is in the text.
    return RawSQL(sql, params, output_field=BooleanField())  # noqa: S611


_TRUE = _raw("TRUE")


def read_cursor(after: str, before: str) -> Cursor | None:
    """The cursor of a page's address; one that cannot be read is none."""
    text, back = (before, True) if _CURSOR.fullmatch(before) else (after, False)
    match = _CURSOR.fullmatch(text)
    if not match:
        return None
    try:
        day = None if match[1] == "none" else date.fromisoformat(match[1])
    except ValueError:
        return None
    return Cursor(day, int(match[2]), back)


def cursor(case: Application) -> str:
    """The place of a case in the order of the worklist."""
    return f"{case.due_on.isoformat() if case.due_on else 'none'}.{case.pk}"


def page_of(cases: ApplicationQuerySet, *, after: str = "", before: str = "", rows: int = PAGE_ROWS) -> Page:
    """The cases that follow the cursor `after` or precede `before`, where they are few enough to be sorted."""
    at = read_cursor(after, before)
    back = at is not None and at.back
    if at is not None:
        dated, undated = Q(due_on__isnull=False), Q(due_on=None)
        sides = [(dated, at.dated), (undated, at.undated)]
        q = Q(pk__lt=0)
        for side, beyond in sides:
            if beyond is not None:
                q |= side & Q(beyond)
        cases = cases.filter(q)
    order = (F("due_on").desc(nulls_first=True), "-pk") if back else (F("due_on").asc(nulls_last=True), "pk")
    return _page(list(cases.order_by(*order)[: rows + 1]), at, rows)


def page_in(
    places: Sequence[Place],
    cases: ApplicationQuerySet,
    narrowed: Q | None = None,
    *,
    after: str = "",
    before: str = "",
    rows: int = PAGE_ROWS,
) -> Page:
    """The page of those cases that stand in `places`, under a further condition; two statements.

    Args:
        cases: how the rows are read (what is joined, what is deferred); not a filter.
        narrowed: a condition on the cases; it should let many pass, or each stretch is walked to its end.
    """
    at = read_cursor(after, before)
    ids = _ids(places, narrowed or Q(), at, rows + 1)
    found = cases.filter(pk__any=ids).in_bulk() if ids else {}
    return _page([found[pk] for pk in ids if pk in found], at, rows)


def _page(found: list[Application], at: Cursor | None, rows: int) -> Page:
    kept, more = found[:rows], len(found) > rows
    if at is not None and at.back:
        kept = kept[::-1]
        return Page(kept, cursor(kept[-1]) if kept else None, cursor(kept[0]) if kept and more else None)
    return Page(
        kept,
        cursor(kept[-1]) if kept and more else None,
        cursor(kept[0]) if kept and at is not None else None,
    )


def _ids(places: Sequence[Place], narrowed: Q, at: Cursor | None, rows: int) -> list[int]:
    """The ids of the page, in the direction of reading. What has no deadline is asked for where the rest is too few."""
    back = at is not None and at.back
    found: list[int] = []
    for side in _sides(at):
        if len(found) < rows and places:
            found += _read(places, narrowed & side, back, rows - len(found))
    return found


def _sides(at: Cursor | None) -> list[Q]:
    """Which cases the page is read from, one after the other; a first page takes both kinds in one sweep."""
    if at is None:
        return [Q()]
    parts = [(Q(due_on__isnull=False), at.dated), (Q(due_on=None), at.undated)]
    return [side & Q(beyond) for side, beyond in (parts[::-1] if at.back else parts) if beyond is not None]


def _read(places: Sequence[Place], narrowed: Q, back: bool, rows: int) -> list[int]:
    sql, params = _stretches(places, narrowed, back, rows)
    order = "due_on DESC, id DESC" if back else "due_on, id"
    with connection.cursor() as db:
        db.execute(f"SELECT id FROM ({sql}) stretches ORDER BY {order} LIMIT {rows}", params)  # noqa: S608
        return [pk for (pk,) in db.fetchall()]


def _stretches(places: Sequence[Place], narrowed: Q, back: bool, rows: int) -> tuple[str, list[Any]]:
    """The first rows of each stretch; a case that stands in two of them counts once.

    Places that ask for programmes alone are one query for each column, however many they are: the time goes into
    planning, not into reading.
    """
    sqls, params = [], []
    named: dict[str, list[Any]] = {}
    arms = []
    for place in places:
        if place.programmes is None or place.when is not None:
            spots = "SELECT office, state FROM unnest(%s::bigint[]) office, unnest(%s::varchar[]) state"
            when = Q() if place.when is None else place.when
            if place.programmes is not None:
                when &= Q(programme__in=sorted(place.programmes))
            arms.append((place.column, spots, [list(place.offices), list(place.states)], when))
        else:
            held = named.setdefault(place.column, [])
            for office, state in product(place.offices, place.states):
                held += [office, state, sorted(place.programmes)]
    for column, held in named.items():
        listed = ", ".join([_SPOT] * (len(held) // 3))
        spots = f"SELECT * FROM (VALUES {listed}) held (office, state, programmes)"  # noqa: S608
        arms.append((column, spots, held, Q(_raw(f'"{_TABLE}"."programme" = ANY(spot.programmes)'))))
    for column, spots, given, when in arms:
        spot = f'"{_TABLE}"."{column}" = spot.office AND "{_TABLE}"."state" = spot.state'
        inner = Application.objects.filter(narrowed, _raw(spot), when, number__isnull=False)
        inner = inner.order_by("-due_on", "-pk") if back else inner.order_by("due_on", "pk")
        sql, inside = inner.values("pk", "due_on")[:rows].query.sql_with_params()
        sqls.append(f"SELECT x.id, x.due_on FROM ({spots}) spot CROSS JOIN LATERAL ({sql}) x (id, due_on)")  # noqa: S608
        params += [*given, *inside]
    return " UNION ".join(sqls), params
