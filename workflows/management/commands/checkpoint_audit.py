"""`manage.py checkpoint_audit`: anchor the tips of all chains of events in one hash."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from workflows import checkpoints


class Command(BaseCommand):
    """What it prints, kept elsewhere (on paper, with a notary), proves later that no chain was made anew."""

    help = "Take a checkpoint of the audit trail and print its hash."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print JSON and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        taken = checkpoints.take()
        if options["json"]:
            made = None if taken is None else {
                "checkpoint": taken.pk, "at": taken.at.isoformat(), "applications": taken.applications,
                "events": taken.events, "tips_sha256": taken.tips_sha256,
            }  # fmt: skip
            self.stdout.write(json.dumps({"taken": made}))
        elif taken is None:
            self.stdout.write("Nothing has happened since the last checkpoint.")
        else:
            self.stdout.write(
                f"{taken.at.isoformat(timespec='seconds')}  {taken.tips_sha256}  "
                f"{taken.applications} applications, {taken.events} events"
            )
