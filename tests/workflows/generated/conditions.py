"""What a guard's `Q` says of a case, in plain Python: read from the declaration, not from its SQL."""

import operator
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Expression, F, Q, Value
from django.db.models.expressions import CombinedExpression
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, TruncDate
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual

from accounts.models import User
from workflows.engine.guards import Asking, Guard

HERE = ZoneInfo("Asia/Shanghai")
TESTS = {
    "exact": lambda left, right: left == right,
    "isnull": lambda left, right: (left is None) == right,
    "gt": lambda left, right: left is not None and left > right,
    "gte": lambda left, right: left is not None and left >= right,
    "lt": lambda left, right: left is not None and left < right,
    "lte": lambda left, right: left is not None and left <= right,
    "in": lambda left, right: left in right,
}
# Comparisons of computed numbers.
COMPUTED = {GreaterThanOrEqual: operator.ge, LessThanOrEqual: operator.le}
SIGNS = {"+": operator.add, "-": operator.sub, "*": operator.mul}
Facts = Mapping[str, Any]


class NotInPython(LookupError):  # noqa: N818 - it names the cause
    """A condition that is said in SQL alone: the caller asks the database instead."""


def holds(guard: Guard, facts: Facts, actor: User, at: datetime) -> bool:
    """Whether the guard is met by `facts` (columns, and dictionaries for what stands behind a key).

    Raises:
        NotInPython: it is more than comparisons of columns.
    """
    return _truth(_condition(guard, actor, at), facts)


@lru_cache(maxsize=1)
def _conditions(at: datetime) -> dict[tuple[int, int], tuple[Guard, Q]]:
    return {}


def _condition(guard: Guard, actor: User, at: datetime) -> Q:
    """The guard's `Q`, made once for all cases that one person is asked about at one moment."""
    made = _conditions(at)
    if (key := (id(guard), actor.pk)) not in made:
        made[key] = guard, guard.q(Asking(actor, Value(at)))
    return made[key][1]


def columns(guard: Guard, actor: User, at: datetime) -> set[str]:
    """The columns of an application that the guard compares."""
    return {path.split("__")[0] for path, _ in _leaves(guard.q(Asking(actor, Value(at))))}


def answers(guard: Guard, actor: User, at: datetime, facts: Facts) -> dict[str, Any]:
    """What the guard wants the applicant to have answered: question → answer. `facts` are those of any case."""
    wanted = {}
    with suppress(NotInPython):
        for path, right in _leaves(guard.q(Asking(actor, Value(at)))):
            name, _, test = path.removeprefix("facts__").partition("__")
            if path.startswith("facts__") and test in {"", "gte", "lte"}:
                value = _value(right, facts) if isinstance(right, F) else _computed(right, facts)
                wanted[name] = int(value) if isinstance(value, Decimal) else value
    return wanted


def literals(guard: Guard, actor: User, at: datetime) -> dict[str, list[Any]]:
    """Column → the values that the guard compares it with."""
    found: dict[str, list[Any]] = {}
    with suppress(NotInPython):
        for path, right in _leaves(guard.q(Asking(actor, Value(at)))):
            if isinstance(right, str | tuple | list):
                found.setdefault(path.split("__")[0], []).extend([right] if isinstance(right, str) else right)
    return found


def _leaves(q: Q) -> Iterator[tuple[str, Any]]:
    for child in q.children:
        if isinstance(child, Q):
            yield from _leaves(child)
        elif isinstance(child, tuple):
            yield child
            if isinstance(child[1], F):
                yield child[1].name, None
        elif type(child) in COMPUTED and (key := _key_of(child.lhs)):
            yield f"facts__{key}__{child.lookup_name}", child.rhs
        else:
            raise NotInPython(type(child).__name__)


def _key_of(expression: Any) -> str:
    """The question whose answer an expression reads, if it reads just one."""
    if isinstance(expression, KeyTextTransform):
        return str(expression.key_name)
    if isinstance(expression, Cast | Coalesce):
        return _key_of(expression.get_source_expressions()[0])
    return ""


def _truth(q: Q, facts: Facts) -> bool:
    each = [_truth(c, facts) if isinstance(c, Q) else _compared(c, facts) for c in q.children]
    found = any(each) if q.connector == Q.OR else all(each)
    if q.connector == Q.XOR:
        raise NotInPython("XOR")
    return not found if q.negated else found


def _compared(leaf: Any, facts: Facts) -> bool:
    if not isinstance(leaf, tuple):
        if type(leaf) not in COMPUTED:
            raise NotInPython(type(leaf).__name__)
        return bool(COMPUTED[type(leaf)](_computed(leaf.lhs, facts), _computed(leaf.rhs, facts)))
    path, right = leaf
    *names, test = path.split("__") if path.split("__")[-1] in TESTS else [*path.split("__"), "exact"]
    left: Any = facts
    for name in names:
        # A question that was not answered stands in no column.
        left = None if left is None else left[name] if left is facts else left.get(name)
    return bool(TESTS[test](_key(left), _key(_value(right, facts))))


def _value(given: Any, facts: Facts) -> Any:
    """What stands on the right: a value, a column, the time or its day."""
    if isinstance(given, F):
        return facts[given.name]
    if isinstance(given, TruncDate):
        moment = _value(given.get_source_expressions()[0], facts)
        return moment.astimezone(HERE).date() if isinstance(moment, datetime) else moment
    if isinstance(given, Cast):
        return _value(given.get_source_expressions()[0], facts)
    if isinstance(given, Value):
        return given.value
    if isinstance(given, Expression):
        raise NotInPython(type(given).__name__)
    return given


def _computed(given: Any, facts: Facts) -> Any:
    """A number that the database works out."""
    if isinstance(given, KeyTextTransform):
        return facts["facts"].get(given.key_name)
    if isinstance(given, Coalesce):
        each = [_computed(one, facts) for one in given.get_source_expressions()]
        return next((one for one in each if one is not None), None)
    if isinstance(given, Cast):
        return Decimal(_computed(given.get_source_expressions()[0], facts))
    if isinstance(given, CombinedExpression):
        return SIGNS[given.connector](_computed(given.lhs, facts), _computed(given.rhs, facts))
    return _value(given, facts)


def _key(thing: Any) -> Any:
    """A row behind a key counts as its number."""
    return thing["id"] if isinstance(thing, dict) else thing


def kinds_of_values(field: Any, at: datetime) -> list[Any]:
    """A few values of a column: such as meet most guards, and such as do not."""
    day: date = at.astimezone(HERE).date()
    by_kind: dict[str, list[Any]] = {
        "BooleanField": [True, False],
        "DateField": [day.replace(year=day.year - 1), day.replace(year=day.year + 1), None],
        "DateTimeField": [at, None],
        "BigIntegerField": [0, 66_830],
        "PositiveIntegerField": [0, 1],
        # The five are the experts of a panel.
        "PositiveSmallIntegerField": [0, 1, 5],
        "IntegerField": [0, 1],
    }
    return by_kind.get(field.get_internal_type(), [None])
