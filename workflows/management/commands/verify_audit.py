"""`manage.py verify_audit`: prove every chain of events, or name the first broken link."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from workflows import checkpoints
from workflows.engine.verify import verify


class Command(BaseCommand):
    """Exit status 0 when everything holds, 1 when not."""

    help = "Prove the audit trail: hashes, sequences, states and checkpoints."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print JSON and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        proof, drifts = verify(), checkpoints.drifts()
        holds = proof.holds and not drifts
        if options["json"]:
            found = proof.as_json() | {"holds": holds, "checkpoints": [drift.as_json() for drift in drifts]}
            self.stdout.write(json.dumps(found, ensure_ascii=False))
        elif holds:
            self.stdout.write(f"All holds: {proof.applications} applications, {proof.events} events.")
        for fault in () if options["json"] else proof.faults:
            self.stdout.write(
                f"Application {fault.application}, event {fault.event} (no. {fault.seq} {fault.step}): {fault.fault}"
            )
        for drift in () if options["json"] else drifts:
            self.stdout.write(f"Checkpoint {drift.checkpoint}: the chains are not those that it anchored.")
        if not holds:
            self.stdout.flush()
            sys.exit(1)
