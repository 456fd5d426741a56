"""How long a page of the inbox, the counts and the searches take among 10,000 and among 1,000,000 cases.

    python -m benchmarks.worklist [--small 10000] [--large 1000000] [--rounds 200]

Works in a database of its own beside the one of DATABASE_URL, which it makes and drops. Cases are made set-based,
without their trail. Times are milliseconds of the page's own functions, by the clock and, where
the server runs here, the time that its process was on a processor: a busy machine does not count there.
Peers and floors run on the same rows: paging by OFFSET, the task ⋈ candidate join of BPM engines, GROUP BY, and the
same page as one hand-written statement. The page of the staff is asked for over HTTP's own layers, rendered, with 60
rows where the product shows 30.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from django.db import connection  # noqa: E402
from django.db.backends.utils import CursorWrapper  # noqa: E402
from django.db.models import Count, F, Q  # noqa: E402
from django.http import QueryDict  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import Membership, Organisation, Role, User  # noqa: E402
from benchmarks.lines import Line, at, over, told  # noqa: E402
from benchmarks.scratch import scratch, server_seconds, statements  # noqa: E402
from workflows import counters  # noqa: E402
from workflows.inbox import page_in  # noqa: E402
from workflows.models import Application, Round  # noqa: E402
from workflows.queries import desk_of, desk_places, kept_counts, waiting_for, waiting_places  # noqa: E402
from workflows.versions import publish_all  # noqa: E402
from workflows.web.desk.filters import Listing, listing  # noqa: E402

ROUNDS = 20
OFFICES = 4
PAGE = 50
PAGE_OF_STAFF = 60
INBOX = "inbox"
INBOX_GOAL = "99 of 100 within 6 ms of the database; median at most 1.3 × that of the few"
FLOOR, CANDIDATES, GROUP_BY, OFFSET = (
    "floor: one statement by hand", "peer: task × candidate", "peer: GROUP BY state", "peer: OFFSET, page 21",
)  # fmt: skip
COUNTS = "counts by state"
# Every twentieth part of the cases in one of these; most of an archive is closed.
STATES = ["closed"] * 11 + ["denied", "withdrawn", "submitted", "accepted", "accepted", "checked", "verified",
          "consolidated", "paid"]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Timed:
    """One thing measured at one size."""

    name: str
    cases: int
    p50_ms: float
    p99_ms: float
    # Time that the database's process was on a processor; None where it is on another machine.
    db_p50_ms: float | None = None
    db_p99_ms: float | None = None
    statements: int = 0


@dataclass(frozen=True, slots=True)
class Staff:
    """The people who ask: one clerk, one official, and one with two offices of each kind."""

    clerk: User
    official: User
    both: User


def staff() -> Staff:
    """Offices, rounds and people; one pair of offices for each quarter of the rounds."""
    pairs = [
        tuple(
            Organisation.objects.create(kind=kind, name=f"示例{kind}{n}")
            for kind in ("association", "authority")
        )
        for n in range(OFFICES)
    ]
    now = timezone.now()
    publish_all()
    for n in range(ROUNDS):
        handler, authority = pairs[n % OFFICES]
        Round.objects.create(
            programme="talent-tax-rebate", policy="2019", year=2010 + n, handler=handler, authority=authority,
            opens_at=now, closes_at=now + timedelta(days=30),
        )  # fmt: skip
    made = []
    for name, memberships in (
        ("clerk", [(Role.CLERK, pairs[0][0])]),
        ("official", [(Role.OFFICIAL, pairs[0][1])]),
        ("both", [*((Role.CLERK, h) for h, _ in pairs[:2]), *((Role.OFFICIAL, a) for _, a in pairs[1:3])]),
    ):
        user = User.objects.create_user(f"{name}@example.test", name=name)
        for role, office in memberships:
            Membership.objects.create(user=user, organisation=office, role=role)
        made.append(User.objects.get(pk=user.pk))
    return Staff(*made)


_EMPLOYERS = """INSERT INTO accounts_organisation
    (kind, name, legal_representative, industry, district, address, created_at)
    SELECT 'employer', (ARRAY['鹭岛','思明','湖里','集美','海沧','同安'])[1 + n %% 6] || '示例' || n
           || (ARRAY['软件','电子','生物'])[1 + n %% 3] || '有限公司', '', 'software', 'siming', '', now()
      FROM generate_series(%(first)s, %(last)s) n"""

_CASES = """
WITH firms AS (SELECT id, row_number() OVER (ORDER BY id) AS n FROM accounts_organisation WHERE kind = 'employer'),
     made AS (SELECT f.id AS applicant, r.id AS round, r.year, r.handler_id, r.authority_id,
                     (f.n * 7919 + r.id * 104729) AS mixed
                FROM firms f CROSS JOIN workflows_round r WHERE f.n BETWEEN %(first)s AND %(last)s)
INSERT INTO workflows_application ({columns})
SELECT {values} FROM made ORDER BY mixed %% 997
"""


@contextmanager
def without_upkeep(cursor: CursorWrapper) -> Iterator[None]:
    """The table of cases without its triggers, foreign keys and second indexes: they come back in one sweep each."""
    cursor.execute(
        """SELECT indexdef, indexrelid::regclass::text FROM pg_index JOIN pg_indexes
               ON indexname = indexrelid::regclass::text
            WHERE indrelid = 'workflows_application'::regclass AND NOT indisunique"""
    )
    indexes = cursor.fetchall()
    cursor.execute(
        """SELECT conname FROM pg_constraint WHERE conrelid = 'workflows_application'::regclass AND contype = 'f'"""
    )
    for (key,) in cursor.fetchall():
        cursor.execute(f'ALTER TABLE workflows_application DROP CONSTRAINT "{key}"')
    for _, name in indexes:
        cursor.execute(f"DROP INDEX {name}")
    cursor.execute("ALTER TABLE workflows_application DISABLE TRIGGER USER")
    yield
    cursor.execute("ALTER TABLE workflows_application ENABLE TRIGGER USER")
    for made, _ in indexes:
        cursor.execute(made)


def grow(to: int) -> float:
    """Fill up to `to` cases; returns the seconds that it took. Triggers rest, then the counters are mended."""
    began = time.perf_counter()
    have = Application.objects.count() // ROUNDS
    params: dict[str, Any] = {"first": have + 1, "last": to // ROUNDS, "states": STATES}
    state = f"(%(states)s::text[])[1 + made.mixed %% {len(STATES)}]"
    given = {
        "programme": "'talent-tax-rebate'", "policy": "'2019'", "year": "made.year", "round_id": "made.round",
        "applicant_id": "made.applicant", "handler_id": "made.handler_id", "authority_id": "made.authority_id",
        "created_by_id": f"{User.objects.values_list('pk', flat=True)[0]}", "state": state,
        "number": "'CS' || made.year || lpad(made.applicant::text, 9, '0')", "rows_total": "1 + made.mixed %% 9",
        "rows_granted": "1 + made.mixed %% 9", "amount_fen": "(made.mixed %% 1000) * (made.mixed %% 1000) * 100",
        "submitted_at": "now() - made.mixed %% 3000 * interval '1 day'",
        "due_on": f"CASE WHEN {state} IN ('closed', 'denied', 'withdrawn') THEN NULL "
                  "ELSE current_date - 30 + (made.mixed %% 120)::int END",
        "assigned_to_id": f"CASE WHEN made.mixed %% 5 = 0 THEN {User.objects.get(name='clerk').pk} END",
    }  # fmt: skip
    for field in Application._meta.concrete_fields:
        column = str(field.column)
        if not field.primary_key and not field.has_db_default() and column not in given:
            given[column] = f"%({column})s"
            params[column] = field.get_db_prep_save(field.get_default(), connection)
    with connection.cursor() as cursor, without_upkeep(cursor):
        cursor.execute(_EMPLOYERS, params)
        cursor.execute(_CASES.format(columns=", ".join(given), values=", ".join(given.values())), params)
    counters.recount()
    counters.fold()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return time.perf_counter() - began


def timed(ask: Callable[[int], object], rounds: int) -> tuple[float, float, float | None, float | None]:
    """Median and 99th percentile of `ask`, by the clock and in the server, in milliseconds; warmed up first."""
    for n in range(5):
        ask(n)
    connection.ensure_connection()
    clock = server_seconds(connection.connection)
    taken, served = [], []
    for n in range(rounds):
        before, began = clock(), time.perf_counter()
        ask(n)
        taken.append((time.perf_counter() - began) * 1000)
        served.append((clock() - before) * 1000)
    return *percentiles(taken), *(percentiles(served) if any(served) else (None, None))


def percentiles(taken: list[float]) -> tuple[float, float]:
    ordered = sorted(taken)
    return round(statistics.median(ordered), 2), round(
        ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))], 2
    )


def bare() -> Application:
    return Application.objects.select_related("applicant", "assigned_to").defer("answers", "sealed_answers")  # type: ignore[return-value]


def asked(people: Staff) -> dict[str, tuple[Callable[[int], object], int]]:
    """Name → what is asked, and the divisor of the rounds (slow peers are asked less often)."""
    rows: Any = bare()
    clerk, official, both = people.clerk, people.official, people.both
    cursors: dict[int, str] = {}

    def deep(_: int) -> object:
        # Each page goes on behind the last, through the whole list and again.
        page = page_in(waiting_places(both), rows, after=cursors.get(0, ""), rows=PAGE)
        cursors[0] = page.next or ""
        return page

    def offset(_: int) -> object:
        waits = desk_of(both).filter(waiting_for(both)).order_by(F("due_on").asc(nulls_last=True), "pk")
        return list(waits[PAGE * 20 : PAGE * 21].values_list("pk"))

    return {
        "inbox, first page, clerk": (lambda _: page_in(waiting_places(clerk), rows, rows=PAGE), 1),
        "inbox, first page, official": (lambda _: page_in(waiting_places(official), rows, rows=PAGE), 1),
        "inbox, four offices": (lambda _: page_in(waiting_places(both), rows, rows=PAGE), 1),
        "inbox, following pages": (deep, 1),
        "inbox, all cases of four offices": (lambda _: page_in(desk_places(both), rows, rows=PAGE), 1),
        COUNTS: (lambda _: kept_counts(clerk, Q()), 1),
        "search: state and year": (searched(clerk, "state:accepted year:2014"), 4),
        "search: overdue, mine, large": (searched(clerk, "is:overdue lead:@me amount:>1e5"), 4),
        "search: large sums": (searched(both, "amount:>9e5"), 4),
        "search: part of a rare name": (searched(both, "示例4242软"), 4),
        "search: part of a common name": (searched(both, "软件"), 4),
        "search: nothing found": (searched(both, "没有这样的单位"), 4),
        "search: number": (searched(clerk, "CS2014000000"), 4),
        GROUP_BY: (lambda _: grouped(clerk), 10),
        OFFSET: (offset, 10),
        CANDIDATES: (lambda _: candidates(both), 10),
        FLOOR: (lambda _: by_hand(clerk), 1),
    }


def searched(user: User, text: str) -> Callable[[int], object]:
    """The counts and the first page of a search, as the worklist asks them."""
    query = QueryDict(mutable=True)
    query["q"] = text
    return lambda _: listing(user, query).page("", "")


def grouped(user: User) -> object:
    return list(desk_of(user).order_by().values_list("state").annotate(n=Count("pk")))


def candidates(user: User) -> object:
    """The inbox as engines for business processes ask it: tasks joined with those who may take them."""
    offices = [m.organisation_id for m in user.memberships]
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT a.id FROM workflows_application a
                 JOIN accounts_membership m ON m.organisation_id IN (a.handler_id, a.authority_id)
                WHERE m.user_id = %s AND m.organisation_id = ANY(%s) AND a.number IS NOT NULL AND a.due_on IS NOT NULL
                ORDER BY a.due_on, a.id LIMIT %s""",
            [user.pk, offices, PAGE],
        )
        return cursor.fetchall()


def by_hand(user: User) -> object:
    """The least that such a page needs."""
    office = user.memberships[0].organisation_id
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT a.id, a.number, a.state, a.due_on, o.name FROM (
                 SELECT x.* FROM unnest(ARRAY['submitted','accepted','checked','verified']) s(state)
                   CROSS JOIN LATERAL (
                   SELECT id FROM workflows_application WHERE handler_id = %s AND state = s.state AND number IS NOT NULL
                      AND due_on IS NOT NULL ORDER BY due_on, id LIMIT %s) x) found
                 JOIN workflows_application a USING (id) JOIN accounts_organisation o ON o.id = a.applicant_id
                ORDER BY a.due_on, a.id LIMIT %s""",
            [office, PAGE, PAGE],
        )
        return cursor.fetchall()


def measure(small: int, large: int, rounds: int) -> tuple[list[Timed], Line, int]:
    """Everything at both sizes, the page of the staff at the larger, and by how many the counters have drifted."""
    times = []
    people = staff()
    for cases in (small, large):
        at(f"making {cases:,} cases")
        grow(cases)
        for name, (ask, share) in asked(people).items():
            at(f"{cases:,} cases: {name}")
            times.append(
                Timed(name, cases, *timed(ask, max(10, rounds // share)), statements(partial(ask, 0)))
            )
    return times, staff_page(people.clerk, rounds // 4), len(counters.drifts())


def staff_page(clerk: User, rounds: int) -> Line:
    """The worklist as a clerk's browser asks for it: session, person, counts, 60 cases, the rendered page."""
    at("the page of the staff")
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(clerk)
    address = reverse("worklist")
    defaults: dict[str, Any] = Listing.page.__kwdefaults__ or {}
    defaults["rows"], shown = PAGE_OF_STAFF, defaults["rows"]

    def ask(_: int = 0) -> bytes:
        answer = client.get(address)
        if answer.status_code != 200:
            raise SystemExit(f"{address} answers {answer.status_code}")
        return bytes(answer.content)

    try:
        for _ in range(3):
            ask()
        rows = ask().rpartition(b"<tbody>")[2].count(b"<tr")
        if rows != PAGE_OF_STAFF:
            raise SystemExit(f"the page has {rows} rows")
        sent = statements(ask)
        there = server_seconds(connection.connection)
        clock, cpu = [], []
        for _ in range(max(rounds, 10)):
            began, client_s, server_s = time.perf_counter(), time.process_time(), there()
            ask()
            clock.append(time.perf_counter() - began)
            cpu.append(time.process_time() - client_s + there() - server_s)
    finally:
        defaults["rows"] = shown
    busy = statistics.median(cpu)
    return Line(
        f"staff list page, {PAGE_OF_STAFF} rows", statistics.median(clock), statements=sent,
        goal="at most 12 statements, 40 ms of server time", holds=sent <= 12 and busy <= 0.04,
        also=f"{busy * 1000:.0f} ms on the processors of web and database",
    )  # fmt: skip


def judged(times: list[Timed], drift: int) -> list[Line]:
    """What was measured among the many, beside its floor, its peer and its like among the few."""
    few, many = ({t.name: t for t in times if t.cases == cases} for cases in sorted({t.cases for t in times}))

    def seconds(name: str) -> float:
        return many[name].p50_ms / 1000

    lines = []
    for name, taken in many.items():
        title = f"{name}, {taken.cases:,} cases"
        there, slowest = taken.db_p50_ms or taken.p50_ms, taken.db_p99_ms or taken.p99_ms
        grown = over(there, few[name].db_p50_ms or few[name].p50_ms or 0.01)
        also = (
            f"database {there} ms, 99 of 100 within {slowest} ms; {grown} × that of {few[name].cases:,} cases"
        )
        if name == COUNTS:
            lines.append(
                Line(title, seconds(name), None, seconds(GROUP_BY), None, None, taken.statements,
                     "at most 1 ms of the database, no drift",
                     there <= 1 and not drift, f"{also}; {drift} counters drifted")
            )  # fmt: skip
        elif name.startswith(INBOX):
            # The hand-written page is that of one clerk.
            floor = many[FLOOR] if "clerk" in name else None
            lines.append(
                Line(
                    title, seconds(name), floor.p50_ms / 1000 if floor else None, seconds(CANDIDATES),
                    over(taken.p50_ms, floor.p50_ms) if floor else None,
                    over(there, floor.db_p50_ms or floor.p50_ms) if floor else None,
                    taken.statements, INBOX_GOAL, slowest <= 6 and grown <= 1.3, also,
                )
            )  # fmt: skip
        elif not name.startswith(("peer", "floor")):
            lines.append(Line(title, seconds(name), statements=taken.statements, also=also))
    return lines


def table(lines: list[Timed]) -> str:
    """Both sizes side by side, with the ratio of their medians."""
    by_name: dict[str, list[Timed]] = {}
    for line in lines:
        by_name.setdefault(line.name, []).append(line)
    heads = "".join(f"{head:>9}" for head in ("p50", "db p50", "db p99") * 2)
    said = [f"{'milliseconds':34}{heads}{'ratio':>7}"]
    for name, (few, many) in by_name.items():
        ratio = (many.db_p50_ms or many.p50_ms) / (few.db_p50_ms or few.p50_ms or 1)
        columns = (few.p50_ms, few.db_p50_ms, few.db_p99_ms, many.p50_ms, many.db_p50_ms, many.db_p99_ms)
        cells = "".join(f"{'' if cell is None else cell:>9}" for cell in columns)
        said.append(f"{name:34}{cells}{ratio:>7.2f}")
    return "\n".join(said)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", type=int, default=10_000)
    parser.add_argument("--large", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=200)
    given = parser.parse_args()
    with scratch("worklist"):
        times, page, drift = measure(given.small, given.large, given.rounds)
    sys.stderr.write(table(times) + "\n")
    told([*judged(times, drift), page])


if __name__ == "__main__":
    main()
