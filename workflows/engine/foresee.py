"""What the decision table would say of somebody who is in no application yet: nothing is stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import BooleanField, Expression, ExpressionWrapper, Field, Value
from django.db.models.sql import Query
from django.db.models.sql.constants import SINGLE

from config.words import T
from workflows.engine.decide import explain
from workflows.engine.declare import Programme, Rule
from workflows.models import Person, Result

# What only an application can know; the table is asked as if none of it stood in the way.
NOT_KNOWN: dict[str, Any] = {
    "duplicate": False,
    "compared_at": None,
    "still_employed": True,
    "other_award": False,
    "shares": Decimal(0),
}
PERSON_COLUMNS: "dict[str, Field[Any, Any]]" = {f.attname: f for f in Person._meta.concrete_fields}


@dataclass(frozen=True, slots=True)
class Foreseen:
    """Every rule that would fire, the deciding one first, each with its reason; else the award."""

    fired: tuple[tuple[Rule, T], ...]
    award_fen: int
    arithmetic: T | None

    @property
    def is_granted(self) -> bool:
        return not self.fired


def foresee(programme: Programme, policy: str, facts: Mapping[str, Any]) -> Foreseen:
    """What the table of `policy` says of `facts` (the columns of a person, and industry, district, year).

    The rules' own conditions are evaluated by the database in one statement; no row is read or written.
    """
    parameters, rules = programme.policy(policy), programme.rules_in(policy)
    known = {**NOT_KNOWN, "record_tax_fen": facts.get("tax_fen"), **facts}
    wanted: dict[str, Expression] = {
        f"rule_{n}": ExpressionWrapper(rule.when(parameters), output_field=BooleanField())
        for n, rule in enumerate(rules)
    }
    if programme.award is not None:
        wanted["award"] = programme.award(parameters)
    found = _computed(wanted, known)
    fired = [rule for n, rule in enumerate(rules) if found[f"rule_{n}"] is True]
    award_fen = 0 if fired else int(found.get("award") or 0)
    person = _person(known)
    reasons = []
    for rule in fired:
        person.rule, person.result = rule.code, rule.result
        reasons.append((rule, explain(programme, policy, person)))
    if fired:
        return Foreseen(tuple(reasons), 0, None)
    person.rule, person.result, person.award_fen = "", Result.GRANTED, award_fen
    return Foreseen((), award_fen, explain(programme, policy, person))


def _computed(wanted: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """The value of each expression of `wanted` where the columns hold `known`; as `Q.check`, but NULL is not true."""
    query = Query(None)
    for name, value in known.items():
        query.add_annotation(_literal(name, value), name, select=False)
    for name, expression in wanted.items():
        query.add_annotation(expression, name)
    row = query.get_compiler(using="default").execute_sql(SINGLE)
    return dict(zip(wanted, row, strict=True))


def _literal(name: str, value: Any) -> Value:
    """A value of the type that the person's column has; what is no column of theirs has its own."""
    return Value(value, output_field=PERSON_COLUMNS[name]) if name in PERSON_COLUMNS else Value(value)


def _person(known: Mapping[str, Any]) -> Person:
    return Person(**{name: value for name, value in known.items() if name in PERSON_COLUMNS})
