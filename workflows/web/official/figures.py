"""The figures behind the statistics of a round: counted from the rows, each in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, F, Q, Sum
from django.utils import timezone

from accounts.models import User
from config.words import T
from workflows.models import PaymentLine, Person, Result, Round
from workflows.queries import desk_counts, desk_of, people_columns
from workflows.web.official.sums import industry_words, post_words

# A sum counts as granted once an official has signed it.
SIGNED = ("approved", "noticed", "cleared", "paid", "closed")
AHEAD_DAYS = 21


@dataclass(frozen=True, slots=True)
class StateCount:
    """How many cases stand in a state, with the sum on their rosters."""

    slug: str
    label: T
    tone: str
    cases: int
    people: int
    amount_fen: int
    share: int


@dataclass(frozen=True, slots=True)
class Money:
    """Granted and paid under one heading; `share` of the largest, in hundredths, for the bar."""

    label: str
    employers: int
    people: int
    granted_fen: int
    paid_fen: int
    share: int


@dataclass(frozen=True, slots=True)
class Duration:
    """How long cases stood in one state: median and the ninth decile, in days."""

    label: T
    cases: int
    median_days: float
    ninth_days: float
    share: int


@dataclass(frozen=True, slots=True)
class DueDay:
    """How many cases are due on a day; None stands for all that is overdue."""

    day: date | None
    cases: int
    share: int


def hundredths(values: Sequence[float]) -> list[int]:
    """Each of `values` as hundredths of the largest; what is not nothing stays visible."""
    most = max(values, default=0)
    return [max(1, round(value * 100 / most)) if most and value else 0 for value in values]


def states_of(round_: Round, user: User) -> list[StateCount]:
    """Cases by state, in the order of the programme's declaration; from the counters."""
    rows: Any = desk_counts(user).filter(round=round_).order_by().values("state")
    sums = rows.annotate(n=Sum("cases"), p=Sum(people_columns(user)[0]), fen=Sum("amount_fen"))
    found = {r["state"]: r for r in sums if r["n"]}
    states = [state for state in round_.declaration.states if str(state) in found]
    shares = hundredths([found[str(s)]["n"] for s in states])
    counted = [(s, found[str(s)], share) for s, share in zip(states, shares, strict=True)]
    return [
        StateCount(str(s), s.label, s.tag, row["n"], row["p"] or 0, row["fen"] or 0, share)
        for s, row, share in counted
    ]


def by_industry(round_: Round, user: User) -> list[Money]:
    """Signed and paid sums by the employers' industry."""
    rows: Any = desk_of(user).filter(round=round_, state__in=SIGNED).order_by().values("industry")
    rows = rows.annotate(
        n=Count("pk"), p=Sum("rows_granted"), fen=Sum("amount_fen"), paid=Sum("paid_fen")
    ).order_by("-fen", "industry")
    return _money([(industry_words(r["industry"]), r) for r in rows])


def by_post(round_: Round, user: User) -> list[Money]:
    """Signed and paid sums by kind and level of post."""
    paid = Q(payment_line__state=PaymentLine.State.PAID)
    people = Person.objects.filter(
        application__in=desk_of(user).filter(round=round_, state__in=SIGNED),
        result=Result.GRANTED,
        revoked=False,
    )
    rows: Any = people.order_by().values(kind=F("post_kind"), level=F("post_level"))
    rows = rows.annotate(
        n=Count("application", distinct=True),
        p=Count("pk"),
        fen=Sum("award_fen"),
        paid=Sum("award_fen", filter=paid),
    ).order_by("-fen", "kind", "level")
    return _money([(post_words(r["kind"], r["level"]), r) for r in rows])


def _money(rows: list[tuple[str, dict[str, Any]]]) -> list[Money]:
    shares = hundredths([row["fen"] or 0 for _, row in rows])
    return [
        Money(label, row["n"], row["p"] or 0, row["fen"] or 0, row["paid"] or 0, share)
        for (label, row), share in zip(rows, shares, strict=True)
    ]


_STOOD = """
SELECT source, count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY days),
       percentile_cont(0.9) WITHIN GROUP (ORDER BY days)
  FROM (SELECT e.source, extract(epoch FROM e.at - lag(e.at) OVER (PARTITION BY e.application_id ORDER BY e.seq))
               / 86400 AS days
          FROM workflows_event e WHERE e.source <> e.target AND e.application_id = ANY(%s)) stood
 WHERE days IS NOT NULL GROUP BY source
"""


def durations(round_: Round, user: User) -> list[Duration]:
    """How long cases of the round stood in each state before they moved on, by the trail."""
    ids = list(desk_of(user).filter(round=round_).values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(_STOOD, [ids])
        found = {source: (n, float(median), float(ninth)) for source, n, median, ninth in cursor.fetchall()}
    states = [s for s in round_.declaration.states if str(s) in found]
    shares = hundredths([found[str(s)][1] for s in states])
    return [Duration(s.label, *found[str(s)], share) for s, share in zip(states, shares, strict=True)]


def deadlines_ahead(user: User) -> list[DueDay]:
    """Running deadlines of the person's offices: what is overdue, then day by day for three weeks."""
    today = timezone.localdate()
    # A correction stops the clock: its case is not due before it comes back.
    running: Any = desk_of(user).filter(due_on__lte=today + timedelta(days=AHEAD_DAYS), stopped_on=None)
    counts: dict[date, int] = dict(running.order_by().values_list("due_on").annotate(n=Count("pk")))
    over = sum(n for day, n in counts.items() if day < today)
    days: list[tuple[date | None, int]] = [(None, over)] if over else []
    days += sorted((day, n) for day, n in counts.items() if day >= today)
    shares = hundredths([n for _, n in days])
    return [DueDay(day, n, share) for (day, n), share in zip(days, shares, strict=True)]


def totals_of(round_: Round, user: User) -> dict[str, int]:
    """Employers, people, granted and paid of the round: the figures on top; from the counters."""
    people, granted = people_columns(user)
    found = desk_counts(user).filter(round=round_).aggregate(
        all_cases=Sum("cases"), all_people=Sum(people),
        all_granted=Sum(granted, filter=Q(state__in=SIGNED)),
        granted_fen=Sum("amount_fen", filter=Q(state__in=SIGNED)), all_paid_fen=Sum("paid_fen"),
    )  # fmt: skip
    return {name.removeprefix("all_"): value or 0 for name, value in found.items()}


def rounds_with_cases(user: User) -> list[Round]:
    """Rounds in which the person's offices have submitted cases, the newest first; from the counters."""
    used = (
        desk_counts(user).order_by().values("round").annotate(n=Sum("cases")).filter(n__gt=0).values("round")
    )
    return list(Round.objects.filter(pk__in=used).order_by("-year", "-pk"))
