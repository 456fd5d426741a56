"""Policy versions: each has every parameter that the decision table and the award read."""

from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import BigIntegerField, BooleanField, ExpressionWrapper, F, Field, Value

from config.words import T
from workflows.engine.amounts import amount_of
from workflows.engine.declare import Programme
from workflows.engine.prove.findings import Finding, found
from workflows.engine.prove.source import place_of
from workflows.engine.where import Where
from workflows.models import Application, Person

# What pages and explanations read of every version.
SHOWN = ("shown", "arithmetic")
FIELDS: "dict[str, Field[Any, Any]]" = {"condition": BooleanField(), "amount": BigIntegerField()}
# What is read, how, and what it gives.
Reading = tuple[str, Callable[[Any], Any], str]


def prove_versions(programme: Programme) -> Iterator[Finding]:
    """Run every rule, every cap and the award against every version, as SQL, without asking the database."""
    if not programme.policies:
        yield found(
            programme, "policy-missing", programme.where, "The programme has no policy version.",
            "Give `policies` at least one version.",
        )  # fmt: skip
    for key, terms in programme.policies.items():
        readings = list(_readings(programme, key))
        if not _all_compile(readings, terms):
            for what, read, kind in readings:
                try:
                    _compile((read(terms), kind))
                except Exception as error:
                    yield _finding(programme, key, what, _place(programme, read), error)
        yield from _of_case(programme, key, terms)
        for rule in programme.rules_in(key):
            try:
                _say(rule.words, terms)
            except (AttributeError, KeyError, IndexError) as error:
                yield _finding(programme, key, f"the words of rule {rule.code}", programme.where, error)


def _of_case(programme: Programme, key: str, terms: Any) -> Iterator[Finding]:
    """What is worked out of the case itself: its amount without a roster, and the caps."""
    if programme.amount is not None:
        try:
            Application.objects.annotate(given=amount_of(programme, key)).values(
                "given"
            ).query.sql_with_params()
        except Exception as error:
            yield _finding(programme, key, "the amount", _place(programme, programme.amount), error)
    for cap in programme.caps:
        try:
            cap.most(terms)
        except Exception as error:
            yield _finding(programme, key, f"the cap {cap.code}", _place(programme, cap.most), error)


def _readings(programme: Programme, key: str) -> Iterator[Reading]:
    for rule in programme.rules_in(key):
        yield f"rule {rule.code}", rule.when, "condition"
    if programme.award is not None:
        yield "the award", programme.award, "amount"
        for name in SHOWN:
            yield f"`{name}`", _reader(name), ""


def _reader(name: str) -> Callable[[Any], Any]:
    return lambda terms: getattr(terms, name)


def _all_compile(readings: list[Reading], terms: Any) -> bool:
    """Whether nothing is wrong with any under one version, found out in one statement; else each is looked at."""
    try:
        _compile(*((read(terms), kind) for _, read, kind in readings))
    except Exception:
        return False
    return True


def _compile(*given: tuple[Any, str]) -> None:
    """Compile what rules give as the table does, over people with their application's columns."""
    wanted = {
        f"_r{n}": ExpressionWrapper(expression, output_field=FIELDS[kind])
        for n, (expression, kind) in enumerate(given)
        if kind
    }
    if not wanted:
        return
    rows = Person.objects.order_by().alias(
        industry=F("application__industry"),
        district=F("application__district"),
        year=F("application__year"),
        duplicate=Value(False),
    )
    rows.annotate(**wanted).values(*wanted).query.sql_with_params()


def _say(words: T, terms: Any) -> None:
    """Fill in what a sentence reads of the version (`{p.max_years}`), and leave the rest."""
    for text in (words.en, words.zh):
        for part in text.split("{p.")[1:]:
            getattr(terms, part.partition("}")[0].partition(":")[0])


def _place(programme: Programme, read: Callable[[Any], Any]) -> Where:
    place = place_of(read)
    return programme.where if place is None or place.file == __file__ else place


def _finding(programme: Programme, key: str, what: str, where: Where, error: Exception) -> Finding:
    if isinstance(error, (AttributeError, KeyError)):
        name = getattr(error, "name", None) or str(error)
        return found(
            programme, "parameter-missing", where, f"Version {key} lacks {name}, which {what} reads.",
            f"Give version {key} the parameter {name}, or let {what} do without it.",
        )  # fmt: skip
    return found(
        programme, "rule-without-sql", where,
        f"Under version {key}, {what} does not compile: {type(error).__name__}: {error}.",
        "Give it a Q or an expression over the columns of a person.",
    )  # fmt: skip
