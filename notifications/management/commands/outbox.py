"""Show how delivery stands, and try again what was given up."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models.functions import Now

from notifications.models import OutboxRow
from notifications.outbox import nudge
from notifications.queries import outbox_state


class Command(BaseCommand):
    help = "Show what waits in the outbox and what was given up; --retry delivers the latter again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--retry", action="store_true", help="make rows that were given up due again")
        parser.add_argument("--json", action="store_true", help="print JSON and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the counts and up to fifty rows that were given up; exit 1 while there are any."""
        if options["retry"]:
            OutboxRow.objects.given_up().update(
                given_up_at=None, attempts=0, due_at=Now(), claimed_until=None
            )
            nudge()
        state = outbox_state()
        rows = list(
            OutboxRow.objects.given_up()
            .order_by("-given_up_at")
            .values("topic", "key", "attempts", "last_error")[:50]
        )
        if options["json"]:
            self.stdout.write(json.dumps({**asdict(state), "rows": rows}, cls=DjangoJSONEncoder))
        else:
            self.stdout.write(
                f"due: {state.due}  oldest: {state.oldest_due_at or '-'}  given up: {state.given_up}"
            )
            for row in rows:
                self.stdout.write("{topic}  {key}  {attempts} attempts  {last_error}".format(**row))
        if rows:
            raise SystemExit(1)
