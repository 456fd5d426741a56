"""The decision table, applied to every person of any number of applications in one statement."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import (
    BigIntegerField,
    Case,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.expressions import RawSQL

from config.words import T
from workflows.engine.declare import Programme, Rule
from workflows.engine.guards import filled
from workflows.models import Application, Person, Result

BY_HAND = "H00"
BY_HAND_WORDS = T(en="A clerk has put this person on hold.", zh="经办人员已将此人暂缓。")
# Applications in these states do not count when looking for the same person elsewhere.
NOT_COUNTED = ("draft", "withdrawn", "refused")


def same_person_elsewhere() -> Exists:
    """Whether the same person stands in another submitted application of the programme and year."""
    return Exists(
        Person.objects.filter(
            id_index=OuterRef("id_index"),
            application__programme=OuterRef("application__programme"),
            application__year=OuterRef("application__year"),
        )
        .exclude(application=OuterRef("application"))
        .exclude(application__state__in=NOT_COUNTED)
        .exclude(id_index=b"")
    )


def facts_of(people: QuerySet[Person]) -> QuerySet[Person]:
    """`people` with what the decision table knows of them beside their own columns."""
    return people.order_by().alias(
        industry=F("application__industry"),
        district=F("application__district"),
        year=F("application__year"),
        duplicate=same_person_elsewhere(),
    )


def decide(programme: Programme, policy: str, people: QuerySet[Person]) -> int:
    """Apply the table to `people`, all of one programme and policy; returns how many decisions changed.

    A person whose row has errors stays undecided. A hold that was released is passed over. Frozen and
    revoked people keep what was decided.
    """
    sql, params = decided_sql(programme, policy, people.filter(frozen=False, revoked=False), holds=True)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""WITH {sql} UPDATE workflows_person p SET rule = s.fired, result = s.outcome, award_fen = s.award
                  FROM decided s WHERE p.id = s.id
                   AND (p.rule, p.result, p.award_fen) IS DISTINCT FROM (s.fired, s.outcome, s.award)""",  # noqa: S608
            params,
        )
        return int(cursor.rowcount)


def foretell(programme: Programme, policy: str, people: QuerySet[Person]) -> dict[int, tuple[str, str, int]]:
    """What the table would say of `people` by what they themselves declare: person id → (rule, result, award in fen).

    For applicants before anything is decided: no hold is foretold, since a hold tells of other employers'
    applications and of the tax bureau's record.
    """
    sql, params = decided_sql(programme, policy, people, holds=False)
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {sql} SELECT id, fired, outcome, award FROM decided", params)  # noqa: S608
        return {pk: (fired, outcome, award) for pk, fired, outcome, award in cursor.fetchall()}


def decided_sql(
    programme: Programme, policy: str, people: QuerySet[Person], *, holds: bool
) -> tuple[str, tuple[Any, ...]]:
    """Common table expressions, the last called `decided`: id, fired (the rule's code or empty), outcome, award.

    The row of the table that fires is looked for once a person: materialized, or PostgreSQL would copy
    the whole table, with its look for duplicates, into each of the three columns.
    """
    table = _table(programme, policy, holds=holds)
    rows = _joined(programme, people).annotate(
        nth=RawSQL(*table.nth),  # noqa: S611 - what the ORM made of our own declaration
        grant=RawSQL(*table.grant),  # noqa: S611
    )
    sql, params = rows.values("id", "nth", "grant").query.sql_with_params()
    return (
        f"""found AS MATERIALIZED ({sql}),
            decided AS (SELECT id, (%s::text[])[nth] AS fired, (%s::text[])[nth] AS outcome,
                               CASE WHEN nth = %s THEN "grant" ELSE 0 END AS award FROM found)""",  # noqa: S608
        (*params, table.codes, table.results, len(table.codes)),
    )


class Table(NamedTuple):
    """A decision table as SQL over `_joined` people: which row fires, and what is granted where none does."""

    parameters: Any
    rules: tuple[Rule, ...]
    nth: tuple[str, tuple[Any, ...]]
    grant: tuple[str, tuple[Any, ...]]
    codes: list[str]
    results: list[str]


def _table(programme: Programme, policy: str, *, holds: bool) -> Table:
    """The table of a policy version; compiling it takes longer than the statement, so it is kept."""
    parameters = programme.policy(policy)
    known = programme.tables.get((policy, holds))
    if known is None or known.parameters is not parameters or known.rules is not programme.decisions:
        known = programme.tables[policy, holds] = _compile(programme, policy, parameters, holds=holds)
    return known


def _compile(programme: Programme, policy: str, parameters: Any, *, holds: bool) -> Table:
    whens: list[tuple[Q, str, str]] = [(~Q(problems=[]), "", Result.UNDECIDED)]
    if holds:
        whens.append((Q(held_by_hand=True), BY_HAND, Result.HELD))
    for rule in programme.rules_in(policy):
        # A hold that a clerk released, a refusal that an appeal took away: the table goes on below.
        q = rule.when(parameters) & ~Q(released__contains=[rule.code])
        if holds or rule.result != Result.HELD:
            whens.append((q, rule.code, rule.result))
    nth = Case(
        *(When(q, then=Value(n)) for n, (q, _, _) in enumerate(whens, start=1)),
        default=Value(len(whens) + 1),
        output_field=IntegerField(),
    )
    assert programme.award is not None
    award = ExpressionWrapper(programme.award(parameters), output_field=BigIntegerField())
    rows = (
        facts_of(_joined(programme, Person.objects.all()))
        .annotate(nth=nth, grant=award)
        .values("nth", "grant")
    )
    compiler = rows.query.get_compiler(using=rows.db)
    compiler.pre_sql_setup()
    (_, (nth_sql, nth_params), _), (_, (grant_sql, grant_params), _) = compiler.select
    return Table(
        parameters,
        programme.decisions,
        (nth_sql, tuple(nth_params)),
        (grant_sql, tuple(grant_params)),
        [*(code for _, code, _ in whens), ""],
        [*(str(result) for _, _, result in whens), str(Result.GRANTED)],
    )


def _joined(programme: Programme, people: QuerySet[Person]) -> QuerySet[Person]:
    """`people` with their cases joined, under the names that a compiled table has for both."""
    return people.order_by().filter(application__programme=programme.slug)


def explain(programme: Programme, policy: str, person: Person) -> T:
    """Why the person's decision is what it is, with the figures it rests on."""
    rule = programme.rule(person.rule)
    if person.revoked:
        return T(en="Revoked after an objection.", zh="异议成立，已撤销。")
    if person.rule == BY_HAND:
        return BY_HAND_WORDS
    if person.problems:
        return T(en="The row has errors: correct them first.", zh="此行有错误，请先改正。")
    if person.result == Result.GRANTED:
        return _arithmetic(programme, policy, person)
    return (
        _words(rule, programme.policy(policy), person) if rule else T(en="Not yet decided.", zh="尚未审核。")
    )


def _words(rule: Rule, parameters: Any, person: Person) -> T:
    values = {
        "name": person.name,
        "pay_fen": person.pay_fen,
        "tax_fen": person.tax_fen,
        "record_tax_fen": person.record_tax_fen,
        "difference_fen": abs((person.tax_fen or 0) - (person.record_tax_fen or 0)),
        "tenure_months": person.tenure_months,
        "first_claimed_year": person.first_claimed_year,
        "shares_percent": f"{(person.shares or 0) * 100:.2f}",
        "p": parameters,
        "min_pay_fen": getattr(parameters, "min_pay_fen", None),
    }
    return filled(rule.words, values)


def _arithmetic(programme: Programme, policy: str, person: Person) -> T:
    parameters = programme.policy(policy)
    words: T = parameters.arithmetic
    return filled(words, {"tax_fen": person.tax_fen, "award_fen": person.award_fen})


def applications_with_the_same_people(cases: Iterable[int]) -> list[int]:
    """Other submitted applications of the same programme and year in which a person of `cases` stands too."""
    ids = list(cases)
    mine = Person.objects.filter(application_id__any=ids).exclude(id_index=b"").values("id_index")
    first = Application.objects.filter(pk__any=ids).values("programme", "year")[:1].get()
    return list(
        Application.objects.filter(
            people__id_index__in=mine, programme=first["programme"], year=first["year"]
        )
        .exclude(pk__in=ids)
        .exclude(state__in=NOT_COUNTED)
        .values_list("pk", flat=True)
        .distinct()
    )
