"""Guards: each has its sentence in both languages, and a form that the database understands."""

from collections.abc import Iterator
from string import Formatter
from typing import Any

from django.core.exceptions import FieldError
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.db.models.functions import Now
from django.db.models.sql.datastructures import Join
from django.db.models.sql.query import Query

from accounts.models import User
from config.words import T
from workflows.engine.declare import Programme, Step
from workflows.engine.guards import Asking, Guard
from workflows.engine.prove.findings import Finding, found
from workflows.models import Application

COLUMNS = frozenset(
    name for field in Application._meta.concrete_fields for name in (field.name, field.attname)
) | {"pk"}


def prove_guards(programme: Programme) -> Iterator[Finding]:
    """Findings about the guards of all steps, each guard once."""
    guards = {id(guard): (step, guard) for step in programme.steps.values() for guard in step.when}
    for step, guard in guards.values():
        yield from _sentence(programme, step, guard)
    if _all_compile([guard for _, guard in guards.values()]):
        return
    for step, guard in guards.values():
        yield from _sql(programme, step, guard)


def _all_compile(guards: list[Guard]) -> bool:
    """Whether nothing is wrong with any, found out in one statement; else each is looked at."""
    try:
        conditions = [guard.q(Asking(_nobody(), Now())) for guard in guards]
        return all(isinstance(q, Q) and q for q in conditions) and not _fault(*conditions)
    except Exception:
        return False


def _sentence(programme: Programme, step: Step, guard: Guard) -> Iterator[Finding]:
    missing = [language for language, words in _languages(guard.words) if not words.strip()]
    if missing:
        yield found(
            programme, "guard-without-sentence", guard.where,
            f"A guard of {step.name} has no sentence in {' and '.join(missing)}.",
            "Say in `words`, in both languages, what is not met.",
        )  # fmt: skip
    unknown = sorted({n for _, words in _languages(guard.words) for n in placeholders(words)} - COLUMNS)
    if unknown:
        yield found(
            programme, "guard-names-no-column", guard.where,
            f"The sentence of a guard of {step.name} names {', '.join(unknown)}, no column of an application.",
            "Use columns of the application as placeholders.",
        )  # fmt: skip
    # What the English sentence names is read from the database for both.
    extra = sorted((placeholders(guard.words.zh) - placeholders(guard.words.en)) & COLUMNS)
    if extra:
        yield found(
            programme, "guard-names-no-column", guard.where,
            f"The Chinese sentence of a guard of {step.name} names {', '.join(extra)}, the English one does not.",
            "Name the same columns in both languages.",
        )  # fmt: skip


def _sql(programme: Programme, step: Step, guard: Guard) -> Iterator[Finding]:
    try:
        q = guard.q(Asking(_nobody(), Now()))
        if not isinstance(q, Q):
            fault = f"gives {type(q).__name__}, not a Q"
        elif not q:
            fault = "is an empty Q, which nothing fails"
        else:
            fault = _fault(q)
    except Exception as error:
        fault = f"does not compile: {type(error).__name__}: {error}"
    if fault:
        yield found(
            programme, "guard-without-sql", guard.where, f"A guard of {step.name} {fault}.",
            "Give `holds` a Q on columns of the application, or a function of who asks that gives one.",
        )  # fmt: skip


def _fault(*conditions: Q) -> str:
    """What is wrong with conditions on applications, or nothing. Asks no database."""
    fine = {f"_g{n}": ExpressionWrapper(q, output_field=BooleanField()) for n, q in enumerate(conditions)}
    rows = Application.objects.annotate(**fine).values(*fine)
    try:
        rows.query.sql_with_params()
    except FieldError as error:
        return f"does not compile: {error}"
    many = sorted(_multiplying(rows.query))
    return f"joins {', '.join(many)}, so that one case becomes several rows: use Exists" if many else ""


def _multiplying(query: Query) -> set[str]:
    """Tables that are joined with several rows for one case."""
    return {
        str(join.table_name)
        for join in query.alias_map.values()
        if isinstance(join, Join) and _is_many(join.join_field)
    }


def _is_many(field: Any) -> bool:
    return bool(field.one_to_many or field.many_to_many)


def _languages(words: T) -> tuple[tuple[str, str], ...]:
    return (("English", words.en), ("Chinese", words.zh))


def placeholders(words: str) -> set[str]:
    """The names between braces, without what is read of them."""
    names = (name for _, name, _, _ in Formatter().parse(words) if name is not None)
    return {name.replace("[", ".").partition(".")[0] for name in names}


def _nobody() -> User:
    """A person whom no row knows, and who asks the database nothing."""
    person = User(pk=0)
    person.__dict__["memberships"] = []
    return person
