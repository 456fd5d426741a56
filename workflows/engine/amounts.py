"""The amount of a case without a roster: an expression over what was answered, worked out by the database."""

from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import BigIntegerField, Case, DecimalField, Expression, Func, Q, Value, When
from django.db.models.expressions import Combinable
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce, Greatest, Least
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual

if TYPE_CHECKING:
    from workflows.engine.declare import Programme


def answer(name: str) -> Cast:
    """The number that was answered in the field `name` (money in fen), 0 where there is none.

    >>> Programme(..., amount=lambda terms: at_most(share(answer("loss_fen"), terms.rate), terms.most_fen))
    """
    return Cast(Coalesce(KT(f"facts__{name}"), Value("0")), DecimalField(max_digits=20, decimal_places=4))


def yes(name: str) -> Case:
    """1 where the field `name` was answered with yes, else 0."""
    return Case(
        When(**{f"facts__{name}": True}, then=Value(1)), default=Value(0), output_field=DecimalField()
    )


def share(of: Combinable, rate: Decimal) -> Combinable:
    """`rate` (0.30 for 30 %) of an amount; rounding to whole fen, half up, is done once at the end."""
    return of * Value(rate, output_field=DecimalField(max_digits=12, decimal_places=6))


def reaches(of: Combinable, least: Combinable | Decimal | int) -> Q:
    """That a number is `least` or more: `reaches(answer("staff"), terms.staff)`."""
    return Q(GreaterThanOrEqual(of, _number(least)))


def stays_within(of: Combinable, most: Combinable | Decimal | int) -> Q:
    """That a number is `most` or less."""
    return Q(LessThanOrEqual(of, _number(most)))


def _number(value: Combinable | Decimal | int) -> Combinable:
    return Value(Decimal(value)) if isinstance(value, Decimal | int) else value


def at_most(of: Combinable, most_fen: int) -> Least:
    """The smaller of an amount and a fixed limit."""
    return Least(of, Value(Decimal(most_fen)))


def amount_of(programme: "Programme", policy: str) -> Expression:
    """The programme's amount under a policy version, in whole fen, rounded half up and never below zero."""
    assert programme.amount is not None
    rounded = Func(programme.amount(programme.policy(policy)), function="ROUND")
    return Cast(Greatest(rounded, Value(Decimal(0))), BigIntegerField())
