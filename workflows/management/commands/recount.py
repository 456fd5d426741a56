"""`manage.py recount`: make the counters of cases equal to the cases; `--check` only says whether they are."""

import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from workflows import counters


class Command(BaseCommand):
    """Exit status 0 when the counters agree (or were mended), 1 when `--check` finds a difference."""

    help = "Compare the counters by state with the cases, and mend them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing")
        parser.add_argument("--json", action="store_true", help="print JSON and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        check = options["check"]
        found = counters.drifts() if check else counters.recount()
        if options["json"]:
            answer = {"agree": not found, "mended": bool(found) and not check}
            self.stdout.write(json.dumps(answer | {"drifts": [asdict(drift) for drift in found]}))
        elif not found:
            self.stdout.write("The counters agree with the cases.")
        for drift in () if options["json"] else found:
            self.stdout.write(
                f"Round {drift.round}, {drift.state}: {drift.cases:+} cases, {drift.people:+} people, "
                f"{drift.amount_fen:+} fen {'missing' if check else 'added'}"
            )
        if check and found:
            self.stdout.flush()
            sys.exit(1)
