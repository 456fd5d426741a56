"""What a guard's `Q` says of a case, in plain Python: read from the declaration, not from its SQL."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Expression, F, Q, Value
from django.db.models.functions import Cast, TruncDate

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
Facts = Mapping[str, Any]


class NotInPython(LookupError):  # noqa: N818 - it names the cause
    """A condition that is said in SQL alone: the caller asks the database instead."""


def holds(guard: Guard, facts: Facts, actor: User, at: datetime) -> bool:
    """Whether the guard is met by `facts` (columns, and dictionaries for what stands behind a key).

    Raises:
        NotInPython: it is more than comparisons of columns.
    """
    return _truth(guard.q(Asking(actor, Value(at))), facts)


def columns(guard: Guard, actor: User, at: datetime) -> set[str]:
    """The columns of an application that the guard compares."""
    return {path.split("__")[0] for path, _ in _leaves(guard.q(Asking(actor, Value(at))))}


def answers(guard: Guard, actor: User, at: datetime) -> dict[str, Any]:
    """What the guard wants the applicant to have answered: question → answer."""
    wanted = {}
    with suppress(NotInPython):
        for path, right in _leaves(guard.q(Asking(actor, Value(at)))):
            name = path.removeprefix("facts__")
            if name != path and "__" not in name:
                wanted[name] = right
    return wanted


def _leaves(q: Q) -> Iterator[tuple[str, Any]]:
    for child in q.children:
        if isinstance(child, Q):
            yield from _leaves(child)
        elif isinstance(child, tuple):
            yield child
            if isinstance(child[1], F):
                yield child[1].name, None
        else:
            raise NotInPython(type(child).__name__)


def _truth(q: Q, facts: Facts) -> bool:
    each = [_truth(c, facts) if isinstance(c, Q) else _compared(c, facts) for c in q.children]
    found = any(each) if q.connector == Q.OR else all(each)
    if q.connector == Q.XOR:
        raise NotInPython("XOR")
    return not found if q.negated else found


def _compared(leaf: Any, facts: Facts) -> bool:
    if not isinstance(leaf, tuple):
        raise NotInPython(type(leaf).__name__)
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
        "IntegerField": [0, 1],
    }
    return by_kind.get(field.get_internal_type(), [None])
