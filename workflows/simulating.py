"""A year's real people under another policy version: who would win, who would lose, what it would cost.

The decision table is evaluated over the people as they stand, in two statements that write nothing. Where a programme
has no roster, what its amount would be is worked out for each case instead.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Case, Count, F, Q, Sum, Value, When
from django.db.models.functions import Abs

from accounts.models import STAFF_ROLES, User
from config.errors import Refusal
from config.words import T
from workflows.engine.amounts import amount_of
from workflows.engine.decide import NOT_COUNTED, decided_sql
from workflows.engine.declare import Programme
from workflows.models import Application, Person, Result
from workflows.rules import readable_by
from workflows.versions import declared_version

# Where a case is no longer decided, the table is what was decided; a revoked person was found to be none of it.
_COMPARED = """compared AS (
    SELECT p.id, p.application_id, p.name, a.industry, p.result AS was, p.rule AS was_rule, p.award_fen AS was_fen,
           s.outcome AS would, s.fired AS would_rule, s.award AS would_fen
      FROM decided s JOIN workflows_person p ON p.id = s.id JOIN workflows_application a ON a.id = p.application_id)"""
_COUNTED = """SELECT industry, was, was_rule, would, would_rule, count(*), sum(was_fen)::bigint, sum(would_fen)::bigint,
       count(*) FILTER (WHERE was_fen <> would_fen) FROM compared GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5"""
_NAMED = """SELECT c.id, c.application_id, a.number, o.name, c.name, c.was, c.was_rule, c.was_fen,
       c.would, c.would_rule, c.would_fen
  FROM compared c JOIN workflows_application a ON a.id = c.application_id
  JOIN accounts_organisation o ON o.id = a.applicant_id
 WHERE c.was_fen <> c.would_fen OR (c.was = 'granted') <> (c.would = 'granted')
 ORDER BY abs(c.would_fen - c.was_fen) DESC, c.id LIMIT %s"""


# How a case without an amount stands among the rules.
_NO_RULE = {str(Result.GRANTED): "", str(Result.REFUSED): "no amount"}


class NobodyDecided(Refusal):
    code = "nobody_decided"
    status = 409
    words = T(
        en="Nobody was decided for “{programme}” in {year}: there is nothing to simulate.",
        zh="“{programme}”{year} 年度没有审核过的人员，无可测算。",
    )


class NoTable(Refusal):
    code = "no_table"
    status = 422
    words = T(
        en="“{programme}” neither decides people by a table nor works out amounts: there is nothing to simulate.",
        zh="“{programme}”既不按规则表审核人员，也不计算金额，无可测算。",
    )


@dataclass
class Tally:
    """People granted and money, before and after, and how many change."""

    people: int = 0
    granted_before: int = 0
    granted_after: int = 0
    held_after: int = 0
    win: int = 0
    lose: int = 0
    other_amount: int = 0
    before_fen: int = 0
    after_fen: int = 0

    @property
    def difference_fen(self) -> int:
        return self.after_fen - self.before_fen

    def add(self, row: "Row") -> None:
        was, would = row.was == Result.GRANTED, row.would == Result.GRANTED
        self.people += row.people
        self.granted_before += row.people * was
        self.granted_after += row.people * would
        self.held_after += row.people * (row.would == Result.HELD)
        self.win += row.people * (would and not was)
        self.lose += row.people * (was and not would)
        self.other_amount += row.changed * (was and would)
        self.before_fen += row.before_fen
        self.after_fen += row.after_fen

    def as_json(self) -> dict[str, int]:
        return {**vars(self), "difference_fen": self.difference_fen}


@dataclass(frozen=True, slots=True)
class Row:
    """People who stand alike: industry, what was decided by which rule, what would be."""

    industry: str
    was: str
    was_rule: str
    would: str
    would_rule: str
    people: int
    before_fen: int
    after_fen: int
    changed: int


@dataclass(frozen=True, slots=True)
class Changed:
    """One person for whom it would be otherwise; the name is masked unless it was asked for by a role."""

    case: str
    applicant: str
    name: str
    was: str
    was_rule: str
    was_fen: int
    would: str
    would_rule: str
    would_fen: int


@dataclass
class Simulation:
    """What a version would have made of a year."""

    programme: str
    year: int
    version: str
    ran_on: tuple[str, ...]
    # What the tallies count: "people", or "cases" where there is no roster.
    counts: str = "people"
    total: Tally = field(default_factory=Tally)
    by_industry: dict[str, Tally] = field(default_factory=dict)
    # Rule → people it decides before and after; "" is a grant.
    by_rule: dict[str, tuple[int, int]] = field(default_factory=dict)
    changed: list[Changed] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {
            "programme": self.programme, "year": self.year, "version": self.version, "ran_on": list(self.ran_on),
            "counts": self.counts,
            "total": self.total.as_json(),
            "by_industry": {name: tally.as_json() for name, tally in self.by_industry.items()},
            "by_rule": {rule or "granted": {"before": b, "after": a} for rule, (b, a) in self.by_rule.items()},
            "changed": [{name: getattr(one, name) for name in Changed.__slots__} for one in self.changed],
        }  # fmt: skip


def simulate(
    slug: str, year: int, version: str, *, listed: int = 20, viewer: User | None = None
) -> Simulation:
    """Every person of a year's submitted cases through the table of `version`; nothing is written.

    Args:
        listed: how many people are named, those with the largest difference first.
        viewer: for whom names are shown, in the cases that they may read as staff; masked for everybody else.

    Raises:
        UnknownProgramme, UnknownVersion, NoTable, NobodyDecided: there is nothing to run.
    """
    programme = declared_version(slug, version)
    by_people = programme.roster is not None and programme.award is not None
    if not by_people and (programme.roster is not None or programme.amount is None):
        raise NoTable(programme=programme.title)
    cases = Application.objects.filter(programme=slug, year=year).exclude(state__in=NOT_COUNTED)
    ran_on = tuple(cases.order_by("policy").values_list("policy", flat=True).distinct())
    found = Simulation(slug, year, version, ran_on, "people" if by_people else "cases")
    if by_people:
        people = Person.objects.filter(application__in=cases, revoked=False)
        rows, named = _asked(programme, version, people, listed)
    else:
        rows, named = _asked_of_cases(programme, version, cases, listed)
    if not rows:
        raise NobodyDecided(programme=programme.title, year=year)
    _tally(found, programme, rows)
    found.changed = _changed(named, _readable(named, viewer))
    return found


def _asked(programme: Programme, version: str, people: Any, listed: int) -> tuple[list[Row], list[Any]]:
    sql, params = decided_sql(programme, version, people, holds=True)
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {sql}, {_COMPARED} {_COUNTED}", params)
        rows = [Row(*row) for row in cursor.fetchall()]
        cursor.execute(f"WITH {sql}, {_COMPARED} {_NAMED}", (*params, listed))
        return rows, cursor.fetchall()


def _asked_of_cases(
    programme: Programme, version: str, cases: Any, listed: int
) -> tuple[list[Row], list[Any]]:
    """The same of cases whose amount is worked out from their answers; there is no rule, but there may be no amount."""
    standing = cases.order_by().annotate(after_fen=amount_of(programme, version))
    standing = standing.annotate(was=_outcome("amount_fen"), would=_outcome("after_fen"))
    otherwise = ~Q(after_fen=F("amount_fen"))
    counted = (
        standing.values("industry", "was", "would")
        .annotate(
            n=Count("pk"),
            was_sum=Sum("amount_fen"),
            would_sum=Sum("after_fen"),
            changed=Count("pk", filter=otherwise),
        )
        .order_by("industry", "was", "would")
        .values_list("industry", "was", "would", "n", "was_sum", "would_sum", "changed")
    )
    rows = [
        Row(industry, was, _NO_RULE[was], would, _NO_RULE[would], *figures)
        for industry, was, would, *figures in counted
    ]
    named = (
        standing.filter(otherwise)
        .annotate(apart=Abs(F("after_fen") - F("amount_fen")))
        .order_by("-apart", "pk")
        .values_list("pk", "number", "applicant__name", "was", "amount_fen", "would", "after_fen")[:listed]
    )
    return rows, [
        (pk, pk, number, applicant, "", was, _NO_RULE[was], was_fen, would, _NO_RULE[would], would_fen)
        for pk, number, applicant, was, was_fen, would, would_fen in named
    ]


def _outcome(column: str) -> Case:
    return Case(
        When(**{f"{column}__gt": 0}, then=Value(str(Result.GRANTED))), default=Value(str(Result.REFUSED))
    )


def _tally(found: Simulation, programme: Programme, rows: Iterable[Row]) -> None:
    order = ["", *(rule.code for rule in programme.decisions)]
    rules: dict[str, list[int]] = {}
    for row in rows:
        found.total.add(row)
        found.by_industry.setdefault(row.industry, Tally()).add(row)
        rules.setdefault(row.was_rule, [0, 0])[0] += row.people
        rules.setdefault(row.would_rule, [0, 0])[1] += row.people
    known = sorted(rules, key=lambda rule: (order.index(rule) if rule in order else len(order), rule))
    found.by_rule = {rule: (rules[rule][0], rules[rule][1]) for rule in known}


def _readable(named: list[Any], viewer: User | None) -> set[int]:
    if viewer is None or not viewer.has_role(*STAFF_ROLES):
        return set()
    return set(readable_by(viewer).filter(pk__any=[row[1] for row in named]).values_list("pk", flat=True))


def _changed(named: list[Any], readable: set[int]) -> list[Changed]:
    return [
        Changed(number or f"#{case}", applicant, name if case in readable else _masked(name), *rest)
        for _, case, number, applicant, name, *rest in named
    ]


def _masked(name: str) -> str:
    return f"{name[:1]}{'＊' * max(1, len(name) - 1)}" if name else ""
