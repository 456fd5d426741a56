"""Notices and messages: nothing protected is published or sent in clear."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from itertools import count
from typing import Any

from django.db import models

from accounts.sealing import SealedField, sealed_fields
from workflows.engine.declare import Programme
from workflows.engine.prove.conditions import placeholders
from workflows.engine.prove.findings import Finding, found
from workflows.engine.prove.source import place_of, reached
from workflows.models import Application, Person

# Sealed columns, and those by which a sealed number is found again.
PROTECTED = frozenset({field.name for _, field in sealed_fields()} | {"id_index", "contact_tail_index"})
# Longer pieces of a marker than this are not there by chance.
PIECE = 4
_LINES = re.compile(r"INSERT\s+INTO\s+workflows_noticeline\b.*", re.IGNORECASE | re.DOTALL)


def prove_notices(programme: Programme) -> Iterator[Finding]:
    """Findings about what the public notice shows and what messages name."""
    yield from _category(programme)
    yield from _lines(programme)
    secret = PROTECTED | programme.form.sealed_names
    for step in programme.steps.values():
        for notify in step.tells:
            words = (notify.subject.en, notify.subject.zh, notify.body.en, notify.body.zh)
            for name in sorted(secret & set[str]().union(*map(placeholders, words))):
                yield found(
                    programme, "message-names-protected", step.where,
                    f"A message of {step.name} names {name}, which is sealed.",
                    "Take the placeholder out: messages go by e-mail, in clear.",
                )  # fmt: skip


def _category(programme: Programme) -> Iterator[Finding]:
    """Run the notice's category on a person whose sealed fields are marked, and look for the marks."""
    category = programme.notice.category if programme.notice else None
    if category is None:
        return
    where = place_of(category) or programme.where
    person, marks = _marked()
    try:
        shown = str(category(person))
    except Exception as error:
        yield found(
            programme, "notice-category-fails", where,
            f"The category of the public notice fails for a person: {type(error).__name__}: {error}.",
            "It must give a word for every person, whatever their facts.",
        )  # fmt: skip
        return
    for name in sorted(name for name, mark in marks.items() if _pieces(mark) & _pieces(shown)):
        yield found(
            programme, "notice-publishes-protected", where,
            f"The category of the public notice shows {name} of a person.",
            "Publish the name, the employer and a category: no number, no money, nothing that is sealed.",
        )  # fmt: skip


def _marked() -> tuple[Person, dict[str, str]]:
    """A person with their application, every protected or money column of which holds a mark."""
    marks: dict[str, str] = {}
    person, case = _filled(Person, marks), _filled(Application, marks)
    case.answers, case.sealed_answers = {}, f'{{"number": "{case.sealed_answers}"}}'
    person.application = case
    return person, marks


def _filled(model: type[models.Model], marks: dict[str, str]) -> Any:
    row = model()
    for field in model._meta.concrete_fields:
        if isinstance(field, SealedField):
            marks[field.name] = _mark(field.name, 18, marks)
            setattr(row, field.attname, marks[field.name])
        elif field.name.endswith("_fen"):
            marks[field.name] = _mark(field.name, 11, marks)
            setattr(row, field.attname, int(marks[field.name]))
        elif getattr(row, field.attname) is None and (value := _plain(field)) is not None:
            setattr(row, field.attname, value)
    return row


def _mark(name: str, digits: int, others: Mapping[str, str]) -> str:
    """A number that shares no piece with the others, always the same for the same columns."""
    known = set[str]().union(*map(_pieces, others.values()))
    for n in count():
        number = str(int(sha256(f"{name}{n}".encode()).hexdigest(), 16))[:digits]
        if not _pieces(number) & known:
            return number
    raise AssertionError("unreachable")


def _plain(field: "models.Field[Any, Any]") -> Any:
    """Some value of the kind that a column holds."""
    kinds: tuple[tuple[type, Any], ...] = (
        (models.DateTimeField, datetime(2019, 9, 2, tzinfo=UTC)),
        (models.DateField, date(2019, 9, 2)),
        (models.DecimalField, Decimal(0)),
        (models.BooleanField, True),
        (models.IntegerField, 1),
        (models.CharField, "x"),
    )
    return next((value for kind, value in kinds if isinstance(field, kind)), None)


def _pieces(text: str) -> set[str]:
    return {text[n : n + PIECE] for n in range(len(text) - PIECE + 1)}


def _lines(programme: Programme) -> Iterator[Finding]:
    """The SQL with which an effect writes the lines of a notice reads no protected column."""
    for step in programme.steps.values():
        for function in reached(step.effect):
            for sql in _notice_sql(function):
                for name in sorted(PROTECTED & set(re.findall(r"\.(\w+)", sql))):
                    where = place_of(function) or step.where
                    yield found(
                        programme, "notice-publishes-protected", where,
                        f"The notice of {step.name} copies {name} into its lines.",
                        "Publish the name, the employer and a category: no number, no money, nothing that is sealed.",
                    )  # fmt: skip


def _notice_sql(function: Callable[..., Any]) -> Iterable[str]:
    code = function.__code__
    near = [function.__globals__.get(name) for name in code.co_names]
    return [
        match.group()
        for text in (*code.co_consts, *near)
        if isinstance(text, str) and (match := _LINES.search(text))
    ]
