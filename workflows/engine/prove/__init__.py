"""Proof before use: whatever can be known to be wrong of a declaration is found before a case runs on it."""

from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import replace

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from workflows.engine.declare import Programme
from workflows.engine.prove.blinds import prove_blind
from workflows.engine.prove.budget import prove_benchmarks
from workflows.engine.prove.case_fields import prove_codes, prove_fields
from workflows.engine.prove.certificates import prove_certificates
from workflows.engine.prove.conditions import prove_guards
from workflows.engine.prove.effects import prove_effects
from workflows.engine.prove.findings import Finding
from workflows.engine.prove.limits import prove_calendar, prove_limits
from workflows.engine.prove.loops import prove_loops
from workflows.engine.prove.notices import prove_notices
from workflows.engine.prove.people import prove_people
from workflows.engine.prove.ratios import prove_ratios
from workflows.engine.prove.staffing import prove_staffing
from workflows.engine.prove.states import prove_graph, prove_states
from workflows.engine.prove.versions import prove_versions
from workflows.engine.prove.words import prove_words

__all__ = ["Finding", "is_migrated", "prove", "prove_in_database"]

Family = Callable[[Programme], Iterator[Finding]]
# What the declaration alone tells; the database is not asked.
DECLARED: tuple[Family, ...] = (
    prove_states, prove_guards, prove_words, prove_versions, prove_limits, prove_notices, prove_effects,
    prove_ratios, prove_benchmarks, prove_certificates, prove_blind, prove_fields,
)  # fmt: skip
# The same, of the graph that each policy version has.
OF_VERSION: tuple[Family, ...] = (prove_graph, prove_loops, prove_people)
# What the calendar, the rounds, the people and the fields of a database tell.
IN_DATABASE: tuple[Family, ...] = (prove_calendar, prove_staffing, prove_codes)


def prove(programme: Programme) -> list[Finding]:
    """Every finding about a declaration, in the order of its lines; empty when all is proven. Asks no database."""
    found = [finding for family in DECLARED for finding in family(programme)]
    return _ordered([*found, *_of_versions(programme)])


def prove_in_database(programme: Programme) -> list[Finding]:
    """Every finding about a declaration with the calendar, the rounds, the people and the fields of the database."""
    return _ordered([finding for family in IN_DATABASE for finding in family(programme)])


def is_migrated() -> bool:
    """Whether the database has all tables and columns that this release reads."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _of_versions(programme: Programme) -> Iterator[Finding]:
    """What is wrong with the graph of a version; it is named where another version does without the mistake."""
    graphs: dict[frozenset[str], list[str]] = {}
    for key in programme.policies:
        graphs.setdefault(frozenset(programme.steps_in(key)), []).append(key)
    found: dict[Finding, list[str]] = {}
    for keys in graphs.values():
        version = programme if len(graphs) == 1 else _version(programme, keys[0])
        for finding in (finding for family in OF_VERSION for finding in family(version)):
            found.setdefault(finding, []).extend(keys)
    for finding, keys in found.items():
        everywhere = len(keys) == len(programme.policies)
        words = finding.words if everywhere else f"Under {', '.join(keys)}: {finding.words}"
        yield replace(finding, words=words)


def _version(programme: Programme, policy: str) -> Programme:
    """The programme as one policy version has it."""
    version = copy(programme)
    version.steps, version.states, version.due = (
        programme.steps_in(policy), programme.states_in(policy), {},
    )  # fmt: skip
    return version


def _ordered(findings: list[Finding]) -> list[Finding]:
    return sorted(dict.fromkeys(findings), key=lambda finding: finding.place)
