"""A programme under one policy version as canonical JSON: what it binds itself to, and what it says.

`binds` decides cases: states, edges, steps with roles and guards, fields, papers, the decision table, the award,
parameters. A published version keeps it word for word. `reads` is what people read: labels, sentences, hints,
the SQL of every condition, and the steps that are housekeeping; a misprint in it may be mended.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, is_dataclass
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

from django.db.models import Q
from django.db.models.functions import Now

from forms.roster import Column
from forms.schema import Field
from workflows.engine.canonical import attributes, bound, canonical, the_actor, words_of
from workflows.engine.decide import facts_of
from workflows.engine.declare import Programme, Same, State, Step
from workflows.engine.guards import Asking, Guard
from workflows.models import Application, Person

FORMAT = 1
# Declared by hand below; every other attribute of a programme binds as it is.
TAKEN_APART = frozenset(
    {"slug", "code", "states", "policies", "form", "papers", "roster", "decisions", "award", "steps", "pre_check",
     "guide", "due", "tables", "amount", "about"}
)  # fmt: skip
OF_A_VERSION = ("since", "until")
# Who has a case on the desk decides nothing about it.
HOUSEKEEPING_COLUMNS = frozenset({"assigned_to"})
_known: "WeakKeyDictionary[Programme, dict[str, Definition]]" = WeakKeyDictionary()


@dataclass(frozen=True)
class Definition:
    """What a programme declares under one policy version."""

    programme: str
    policy: str
    binds: dict[str, Any]
    reads: dict[str, Any]

    @cached_property
    def canonical(self) -> str:
        """The JSON text that is published: sorted keys, no white space, the same in every process."""
        return canonical(
            {
                "format": FORMAT,
                "programme": self.programme,
                "policy": self.policy,
                "binds": self.binds,
                "reads": self.reads,
            }
        )

    @cached_property
    def sha256(self) -> str:
        """The hash of `canonical`, 64 hexadecimal digits."""
        return hashlib.sha256(self.canonical.encode()).hexdigest()


def definition(programme: Programme, policy: str) -> Definition:
    """What `programme` declares under `policy`; taken apart once a process.

    Raises:
        KeyError: the programme has no such version.
        TypeError: something in it has no stable form.
    """
    known = _known.setdefault(programme, {})
    if policy not in known:
        known[policy] = Definition(
            programme.slug, policy, _binds(programme, policy), _reads(programme, policy)
        )
    return known[policy]


def _binds(programme: Programme, policy: str) -> dict[str, Any]:
    parameters = programme.policy(policy)
    states, rules = programme.states_in(policy), programme.rules_in(policy)
    award = bound(programme.award(parameters)) if programme.award else None
    return {
        "states": {str(state): _state(state) for state in states},
        "edges": {f"{source} → {target}": step for source, step, target in _edges(programme, policy)},
        "steps": {name: entry for name, entry in _steps(programme, policy).items() if decides(entry)},
        "fields": {field.name: _asked(field) for field in programme.form.fields()},
        "roster": {column.name: _asked(column) for column in programme.roster.columns}
        if programme.roster
        else {},
        "papers": {
            paper.slug: attributes(paper, without=("slug", *OF_A_VERSION))
            for paper in programme.papers_in(policy)
        },
        "rules": {
            rule.code: {"when": bound(rule.when(parameters)), "result": str(rule.result)} for rule in rules
        },
        "order_of_rules": [rule.code for rule in rules],
        "award": award,
        "amount": bound(programme.amount(parameters)) if programme.amount else None,
        "parameters": _parameters(parameters),
        "programme": {
            "code": programme.code,
            "promised_days": programme.guide.promised_days,
            **attributes(programme, without=TAKEN_APART),
        },
    }


def _edges(programme: Programme, policy: str) -> list[tuple[str, str, str]]:
    """One row an edge; steps that share one are named together."""
    found: dict[tuple[str, str], list[str]] = {}
    for source, step, target in programme.edges(policy):
        found.setdefault((str(source), str(target)), []).append(step)
    return [(source, ", ".join(sorted(set(steps))), target) for (source, target), steps in found.items()]


def _state(state: State) -> dict[str, Any]:
    return {"outcome": state.outcome, "stops_clock": state.stops_clock, "excluded": state.excluded}


def decides(entry: Mapping[str, Any]) -> bool:
    """Whether a step, as `binds` has it, is policy: it moves a case, does something or must be given a reason.

    Claiming, handing over, showing a number, giving out a dossier are housekeeping.
    """
    return (
        entry["target"] != Same.__name__
        or bool(entry.get("effect") or entry.get("needs_reason"))
        or not HOUSEKEEPING_COLUMNS.issuperset(entry.get("sets", ()))
    )


def deciding(binds: Mapping[str, Any]) -> dict[str, Any]:
    """`binds` of a version that was published when housekeeping still stood among its steps, without it."""
    return {**binds, "steps": {name: entry for name, entry in binds["steps"].items() if decides(entry)}}


def _steps(programme: Programme, policy: str) -> dict[str, dict[str, Any]]:
    states = programme.states_in(policy)
    return {name: _step(step, states, policy) for name, step in programme.steps_in(policy).items()}


def _step(step: Step, states: tuple[State, ...], policy: str) -> dict[str, Any]:
    """Its sources are those that the version has: steps of all versions name the states of all."""
    kept = attributes(step, without=("name", "when", "sources", *OF_A_VERSION))
    return kept | {
        "sources": [str(source) for source in step.sources if source in states],
        "when": {_code(n, guard): bound(guard.q_in(policy, _asking())) for n, guard in enumerate(step.when)},
    }


def _code(n: int, guard: Guard) -> str:
    return guard.code or f"guard {n + 1}"


def _asking() -> Asking:
    return Asking(the_actor(), Now())


def _asked(question: Field | Column) -> dict[str, Any]:
    """A field or a column: its kind with what the kind is told, whether it must be answered, and when it is asked."""
    kind = {"is": question.kind.slug, **attributes(question.kind)}
    return {**attributes(question, without=("name", "autocomplete", "aliases")), "kind": kind}


def _parameters(parameters: Any) -> dict[str, Any]:
    if is_dataclass(parameters):
        return attributes(parameters, defaults=True)
    found: dict[str, Any] = bound(vars(parameters))
    return found


def _reads(programme: Programme, policy: str) -> dict[str, Any]:
    parameters = programme.policy(policy)
    return {
        "programme": words_of(programme.title),
        "guide": words_of(programme.guide),
        "notice": words_of(programme.notice),
        "states": {
            str(s): {
                "label": words_of(s.label),
                "holder": words_of(s.holder),
                "on_path": s.on_path,
                "near": str(s.near),
            }
            for s in programme.states_in(policy)
        },
        "steps": {name: _step_words(step, policy) for name, step in programme.steps_in(policy).items()},
        "housekeeping": {
            name: entry for name, entry in _steps(programme, policy).items() if not decides(entry)
        },
        "form": words_of(programme.form),
        "roster": words_of(programme.roster),
        "pre_check": words_of(programme.pre_check),
        **({"about": bound(programme.about.said)} if programme.about else {}),
        "papers": {paper.slug: words_of(paper) for paper in programme.papers_in(policy)},
        "rules": {
            rule.code: {**(words_of(rule) or {}), "sql": _sql_of_person(rule.when(parameters))}
            for rule in programme.rules_in(policy)
        },
    }


def _step_words(step: Step, policy: str) -> dict[str, Any]:
    guards = {
        _code(n, guard): {
            "words": words_of(guard.words_in(policy)),
            "mend": guard.mend,
            "sql": _sql_of_case(guard.q_in(policy, _asking())),
        }
        for n, guard in enumerate(step.when)
    }
    return {**(words_of(step) or {}), "when": guards}


def _sql_of_case(q: Q) -> str:
    """The statement with its placeholders; the values stand in the tree."""
    sql: str = Application.objects.filter(q).order_by().values("pk").query.sql_with_params()[0]
    return sql


def _sql_of_person(q: Q) -> str:
    sql: str = facts_of(Person.objects.all()).filter(q).values("pk").query.sql_with_params()[0]
    return sql
