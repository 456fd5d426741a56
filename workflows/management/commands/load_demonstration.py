"""`manage.py load_demonstration`: a made-up world to look at and to try things in."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.errors import Refusal
from workflows.demonstration.load import load


class Command(BaseCommand):
    """Whole or not at all; run again, it makes what is missing and prints the accounts."""

    help = "Load the demonstration: accounts, the year 2019, and a round that is open now."
    # The declarations are proven before a version is published; the rest of the checks is of no use to this.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the accounts as JSON")
        parser.add_argument("--force", action="store_true", help="also where BAILU_DEMO is not set")

    def handle(self, *args: Any, **options: Any) -> None:
        if not (settings.DEMO or options["force"]):
            raise CommandError(
                "This database is not a demonstration: its accounts have a printed password. "
                "Set BAILU_DEMO=1, or say --force."
            )
        try:
            loaded = load()
        except Refusal as refusal:
            raise CommandError(refusal.sentence.en) from refusal
        if options["json"]:
            self.stdout.write(
                json.dumps(
                    {"accounts": loaded.accounts, "made": loaded.made, "seconds": loaded.seconds},
                    ensure_ascii=False,
                )
            )
            return
        for account in loaded.accounts:
            self.stdout.write(f"{account['role']:<18} {account['email']:<24} {account['password']}")
        self.stdout.write(f"Made: {', '.join(loaded.made) or 'nothing, all was there'} ({loaded.seconds} s)")
