"""The proofs as a Django system check, tag `programmes`: a wrong declaration stops the start."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Warning

from workflows.engine.prove import Finding, is_migrated, prove, prove_in_database
from workflows.programmes import registry

TAG = "programmes"


def check_programmes(*, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Every finding: an error where the declaration is wrong, a warning where the database does not fit it (yet).

    The database is asked only where `--database` names it, and not before its first migration.
    """
    programmes = list(registry().values())
    messages: list[CheckMessage] = [_message(Error, f) for p in programmes for f in prove(p)]
    if databases and "default" in databases and is_migrated():
        messages += [_message(Warning, f) for p in programmes for f in prove_in_database(p)]
    return messages


def _message(level: type[Error] | type[Warning], finding: Finding) -> CheckMessage:
    return level(
        finding.words, hint=finding.mend, obj=f"{finding.file}:{finding.line} ({finding.programme})",
        id=f"{TAG}.{finding.code}",
    )  # fmt: skip
