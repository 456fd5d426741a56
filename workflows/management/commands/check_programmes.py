"""`manage.py check_programmes [PROGRAMME] [--json]`: prove every declaration before cases run on it."""

import json
import sys
from time import perf_counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from workflows.engine.declare import Programme
from workflows.engine.prove import Finding, is_migrated, prove, prove_in_database
from workflows.programmes import registry


class Command(BaseCommand):
    """Exit status 0 when all is proven, 1 with findings."""

    help = "Prove the declarations of programmes: each finding names the file, the line and what to do."
    requires_system_checks = []  # It is the check.

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("programme", nargs="?", default="", help="only this one, by its slug")
        parser.add_argument("--json", action="store_true", help="print JSON and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        if not is_migrated():
            raise CommandError("The database has no tables yet: run manage.py migrate, then this again.")
        proven = [_proven(programme) for programme in _chosen(options["programme"])]
        findings = [finding for _, _, some in proven for finding in some]
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(proven), ensure_ascii=False))
        else:
            for line in _table(proven):
                self.stdout.write(line)
        if findings:
            self.stdout.flush()
            sys.exit(1)


Proven = tuple[Programme, float, list[Finding]]


def _chosen(slug: str) -> list[Programme]:
    known = registry()
    if slug and slug not in known:
        raise CommandError(f"There is no programme “{slug}”. There are: {', '.join(known)}.")
    return [known[slug]] if slug else list(known.values())


def _proven(programme: Programme) -> Proven:
    started = perf_counter()
    findings = prove(programme)
    took_ms = (perf_counter() - started) * 1000
    return programme, took_ms, findings + prove_in_database(programme)


def _as_json(proven: list[Proven]) -> dict[str, Any]:
    return {
        "holds": not any(findings for _, _, findings in proven),
        "programmes": [
            {
                "programme": programme.slug,
                "milliseconds": round(took_ms, 1),
                "findings": [finding.as_json() for finding in findings],
            }
            for programme, took_ms, findings in proven
        ],
    }


def _table(proven: list[Proven]) -> list[str]:
    lines = []
    for programme, took_ms, findings in proven:
        size = f"{len(programme.states)} states, {len(programme.steps)} steps"
        says = f"{len(findings)} findings" if findings else "proven"
        lines.append(f"{programme.slug}: {says} ({size}, {took_ms:.1f} ms)")
        places = [f"{finding.file}:{finding.line}" for finding in findings]
        wide = max(map(len, places), default=0)
        codes = max((len(finding.code) for finding in findings), default=0)
        for place, finding in zip(places, findings, strict=True):
            lines.append(f"  {place:{wide}}  {finding.code:{codes}}  {finding.words} {finding.mend}")
    return lines
