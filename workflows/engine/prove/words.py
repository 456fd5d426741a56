"""Words: whatever a programme says, it says in both languages."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from config.words import T
from forms.fields.base import Kind
from workflows.engine.declare import Programme, State
from workflows.engine.guards import Guard
from workflows.engine.prove.conditions import placeholders
from workflows.engine.prove.findings import Finding, found
from workflows.engine.prove.source import file_of_module, tree
from workflows.engine.where import Where

HAN = re.compile(r"[㐀-鿿]")
LATIN_WORDS = re.compile(r"[A-Za-z]{2,} +[A-Za-z]{2,}")
# What a step's words can name; `reason` and the applicant are no columns.
TOLD = frozenset({"number", "due_on", "promised_on", "amount_fen", "paid_fen", "rows_granted", "notice_ends_on",
                  "inspected_on", "inspection_points", "inspection_vetoes",
                  "applicant", "reason"})  # fmt: skip
# May be empty in both languages.
OPTIONAL = frozenset({"hint"})


def prove_words(programme: Programme) -> Iterator[Finding]:
    """Every sentence that is missing in one language, or says something else there; guards have their own proof."""
    for path, words, owner in _all_words(programme, (), programme.where, set()):
        fault = _fault(path, words)
        if fault:
            at = _line_of(programme, words, owner)
            yield found(programme, "words-missing", at, f"{_spoken(path)}: {fault}.", "Write both languages.")
    for step in programme.steps.values():
        for notify in step.tells:
            unknown = sorted(
                {n for t in (notify.subject, notify.body) for w in (t.en, t.zh) for n in placeholders(w)}
                - TOLD
            )
            if unknown:
                yield found(
                    programme, "message-names-nothing", step.where,
                    f"A message of {step.name} names {', '.join(unknown)}, which no message is told.",
                    f"Use some of {', '.join(sorted(TOLD))}.",
                )  # fmt: skip


def _fault(path: tuple[str, ...], words: T) -> str:
    lacking = [name for name, text in (("English", words.en), ("Chinese", words.zh)) if not text.strip()]
    if len(lacking) == 2:
        return "" if path[-1] in OPTIONAL else "no words in either language"
    if lacking:
        return f"no words in {lacking[0]}"
    if HAN.search(words.en) and not re.search("[A-Za-z]", words.en):
        return f"the English words are Chinese: “{words.en}”"
    if LATIN_WORDS.search(words.zh) and not HAN.search(words.zh):
        return f"the Chinese words are English: “{words.zh}”"
    if path[-1] != "arithmetic" and placeholders(words.en) ^ placeholders(words.zh):
        odd = ", ".join(sorted(placeholders(words.en) ^ placeholders(words.zh)))
        return f"only one language names {odd}"
    return ""


def _all_words(
    thing: Any, path: tuple[str, ...], owner: Where, seen: set[int]
) -> Iterator[tuple[tuple[str, ...], T, Where]]:
    """Every T of a declaration with the way to it and the nearest place that is known."""
    if id(thing) in seen or (isinstance(thing, (str, bytes, int, type)) and not isinstance(thing, State)):
        return
    seen.add(id(thing))
    if isinstance(thing, T):
        yield path, thing, owner
    elif not isinstance(thing, Guard):
        owner = getattr(thing, "where", owner)
        for name, part in _parts(thing):
            yield from _all_words(part, (*path, name), owner, seen)


def _parts(thing: Any) -> Iterable[tuple[str, Any]]:
    if isinstance(thing, State):
        return [("label", thing.label), ("holder", thing.holder)]
    if isinstance(thing, Mapping):
        return [(str(key), part) for key, part in thing.items()]
    if isinstance(thing, (tuple, list)):
        return [(_name(part) or str(n), part) for n, part in enumerate(thing, start=1)]
    if is_dataclass(thing):
        parts = [(f.name, getattr(thing, f.name)) for f in fields(thing) if f.name not in ("effect", "model")]
        return [*parts, ("unit", thing.unit)] if isinstance(thing, Kind) and thing.unit else parts
    return []


def _name(thing: Any) -> str:
    if isinstance(thing, State):
        return str(thing)
    for attribute in ("slug", "name", "code", "value"):
        name = getattr(thing, attribute, "")
        if isinstance(name, str) and name:
            return name
    return ""


def _spoken(path: tuple[str, ...]) -> str:
    return " · ".join(path)


def _line_of(programme: Programme, words: T, owner: Where) -> Where:
    """The line of `T(…)` with these very words in the files of the programme; else where its owner stands."""
    for file in dict.fromkeys((owner.file, programme.where.file, *_parts_of(programme.where.file))):
        for node in ast.walk(tree(file)):
            if isinstance(node, ast.Call) and _texts(node) == [words.en, words.zh]:
                return Where(file, node.lineno)
    return owner


def _texts(call: ast.Call) -> list[object]:
    by_name = {k.arg: k.value for k in call.keywords}
    given = [*call.args, *(by_name[name] for name in ("en", "zh") if name in by_name)]
    return [part.value for part in given if isinstance(part, ast.Constant)] if len(given) == 2 else []


def _parts_of(file: str) -> Iterator[str]:
    """The other files of programmes that `file` takes its declarations from."""
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("workflows."):
            yield file_of_module(node.module or "")
