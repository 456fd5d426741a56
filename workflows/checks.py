"""What Django's own system check says of this room's database: a published version that is declared otherwise."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Warning
from django.db import connections

from workflows.models import PolicyVersion
from workflows.versions import Drift, drifts


def said_of(drift: Drift) -> str:
    """The finding in a sentence."""
    name = f"Policy version {drift.policy} of {drift.programme} is published"
    if drift.missing:
        return f"{name}, but not declared any more: its cases cannot go on."
    if not drift.binds:
        return f"{name}; words, or the SQL that conditions become, have changed since. That is allowed."
    changes = ", ".join(f"{c.section} {c.name} {c.change}" for c in drift.changes[:5])
    more = f" and {len(drift.changes) - 5} more" if len(drift.changes) > 5 else ""
    return f"{name} and cannot change, but its declaration has: {changes}{more}."


def versions_as_published(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Runs with `check --database` and before `migrate`: a release that changes a published version stops there."""
    found: list[CheckMessage] = []
    for using in databases or ():
        if PolicyVersion._meta.db_table not in connections[using].introspection.table_names():
            continue
        for drift in drifts(using):
            if drift.binds:
                hint = "Undo the change, or declare it as a new version."
                # Whoever tries things in a demonstration is told, and not stopped.
                kind, code = (Warning, "W001") if settings.DEMO else (Error, "E001")
                found.append(kind(said_of(drift), hint=hint, id=f"workflows.{code}"))
            else:
                found.append(Info(said_of(drift), id="workflows.I001"))
    return found
