"""Declarations as data: conditions, expressions and plain values in a form that no run and no process changes.

`bound` leaves the words out, `words_of` keeps nothing else. What it cannot write down it refuses, so that no
address of an object and no order of a set slips into a hash.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from functools import singledispatch
from typing import Any

from django.db.models import F, Model, Q, QuerySet
from django.db.models import Field as ModelField
from django.db.models.expressions import BaseExpression, Col, Subquery
from django.db.models.sql import Query
from django.db.models.sql.where import NothingNode, WhereNode

from accounts.models import User
from config.words import T

# Neither policy nor word: where a declaration stands in its file, where its page is, what people may type for it.
NOT_SAID = frozenset(
    {"where", "hides", "order", "stage", "place", "to_policy", "model", "policies", "aliases"}
)


class TheActor(int):
    """Stands for the id of whoever asks, in a condition that depends on them."""


def the_actor() -> User:
    """Stands for whoever asks: no account has this id, and it holds no role."""
    actor = User(pk=TheActor(0))
    actor.__dict__["memberships"] = []
    return actor


def canonical(data: Any) -> str:
    """`data` as JSON text, the same for the same data: sorted keys, no white space."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


@singledispatch
def bound(value: Any) -> Any:
    """`value` as JSON data without its words.

    Raises:
        TypeError: it holds something that has no stable form.
    """
    if is_dataclass(value) and not isinstance(value, type):
        return attributes(value)
    if callable(value):
        return {"call": name_of(value)}
    raise TypeError(f"{type(value).__name__} has no stable form: {value!r}")


@bound.register(type(None))
def _none(_: None) -> None:
    return None


@bound.register
def _words(_: T) -> None:
    return None


@bound.register
def _text(value: str) -> str:
    return str(value)


@bound.register(bool)
@bound.register(int)
def _number(value: int) -> int:
    return value


@bound.register
def _actor(_: TheActor) -> Any:
    return {"of": "actor"}


@bound.register(float)
@bound.register(Decimal)
@bound.register(date)
@bound.register(time)
@bound.register(timedelta)
def _written(value: Any) -> Any:
    return {type(value).__name__: str(value)}


@bound.register
def _mapping(value: Mapping) -> Any:  # type: ignore[type-arg]
    return {str(key): bound(of) for key, of in value.items()}


@bound.register(set)
@bound.register(frozenset)
def _unordered(value: "frozenset[Any]") -> Any:
    return sorted((bound(one) for one in value), key=canonical)


@bound.register(list)
@bound.register(tuple)
def _ordered(value: Sequence[Any]) -> Any:
    return [bound(one) for one in value]


@bound.register
def _class(value: type) -> Any:
    return value.__name__


def attributes(value: Any, *, defaults: bool = False, without: Iterable[str] = ()) -> dict[str, Any]:
    """The attributes of a dataclass without words; those that stand at their default only with `defaults`.

    So an attribute that a later release adds changes no definition that was published before.
    """
    left_out = NOT_SAID | set(without)
    return {
        f.name: bound(of)
        for f in fields(value)
        if f.name not in left_out
        and not isinstance(of := getattr(value, f.name), T)
        and (defaults or of != _default(f))
    }


def _default(attribute: "Field[Any]") -> Any:
    if attribute.default is not MISSING:
        return attribute.default
    return MISSING if attribute.default_factory is MISSING else attribute.default_factory()


def name_of(function: Callable[..., Any]) -> str:
    """The bare name of a function: moving it to another module changes nothing that it does."""
    if parts := getattr(function, "parts", ()):
        return " + ".join(name_of(part) for part in parts)
    name: str = getattr(function, "__name__", type(function).__name__)
    return name


def words_of(value: Any) -> Any:
    """Only the words of `value`, in the places where they stand; None where there are none."""
    if isinstance(value, T):
        return {"en": value.en, "zh": value.zh}
    if isinstance(value, Mapping):
        return _kept((str(key), words_of(of)) for key, of in value.items())
    if isinstance(value, list | tuple):
        found = [words_of(one) for one in value]
        return found if any(one is not None for one in found) else None
    if is_dataclass(value) and not isinstance(value, type):
        return _kept(
            (f.name, words_of(getattr(value, f.name))) for f in fields(value) if f.name not in NOT_SAID
        )
    return None


def _kept(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any] | None:
    return {key: of for key, of in pairs if of is not None} or None


@bound.register(Q)
@bound.register(WhereNode)
def _tree(value: Q | WhereNode) -> Any:
    """A condition as its author wrote it, independent of the SQL it becomes."""
    return _junction(value.connector, value.negated, [_leaf(child) for child in value.children])


@bound.register
def _nothing(_: NothingNode) -> Any:
    return ["nothing"]


@bound.register
def _query(value: Query) -> Any:
    assert value.model is not None
    return {"rows": value.model._meta.label, "where": bound(value.where)}


@bound.register
def _rows(value: QuerySet) -> Any:  # type: ignore[type-arg]
    return bound(value.query)


@bound.register
def _asked(value: Subquery) -> Any:
    """`Exists` and its kind: Django keeps the query that they were made with, not the arguments."""
    return [type(value).__name__, bound(value.query)]


@bound.register
def _column(value: Col) -> Any:
    return {"column": value.target.attname, "of": value.alias}


@bound.register
def _named(value: F) -> Any:
    return {type(value).__name__: value.name}  # type: ignore[attr-defined]


def _junction(connector: str, negated: bool, parts: list[Any]) -> Any:
    joined = parts[0] if len(parts) == 1 else [connector, *parts]
    return ["NOT", joined] if negated else joined


def _leaf(child: Any) -> Any:
    return [child[0], bound(child[1])] if isinstance(child, tuple) else bound(child)


@bound.register
def _expression(value: BaseExpression) -> Any:
    """Its class and the arguments it was made with, those at their default left out."""
    args, kwargs = value._constructor_args  # type: ignore[attr-defined]
    found = [_argument(arg) for arg in args]
    named = {key: _argument(arg) for key, arg in kwargs.items() if arg is not None}
    return [type(value).__name__, *found, *([named] if named else [])]


def _argument(value: Any) -> Any:
    if isinstance(value, ModelField):
        return {"field": type(value).__name__}
    if isinstance(value, type) and issubclass(value, Model):
        return value._meta.label
    if isinstance(value, tuple) and len(value) == 2 and isinstance(value[0], str):
        return _leaf(value)
    return bound(value)
