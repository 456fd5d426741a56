"""`manage.py publish_version`: keep what a policy version declares, for good."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from config.errors import Refusal
from workflows.versions import publish


class Command(BaseCommand):
    """Once published a version cannot change; publishing it again says that it is there."""

    help = "Publish a policy version of a programme: its definition is kept with its SHA-256."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("programme", help="the programme's slug, as in talent-tax-rebate")
        parser.add_argument("key", help="the policy version, as in 2021")
        parser.add_argument(
            "--by", default="", help="e-mail of the account that publishes; else the operator"
        )
        parser.add_argument("--note", default="", help="why, in a sentence")
        parser.add_argument("--json", action="store_true", help="print JSON and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        by = User.objects.filter(email=options["by"], is_active=True).first() if options["by"] else None
        if options["by"] and by is None:
            raise CommandError(f"There is no active account {options['by']}.")
        try:
            version, new = publish(options["programme"], options["key"], by=by, note=options["note"])
        except Refusal as refusal:
            raise CommandError(refusal.sentence.en) from refusal
        if options["json"]:
            found = {
                "programme": version.programme, "key": version.key, "number": version.number, "sha256": version.sha256,
                "published_at": version.published_at.isoformat(), "published_now": new,
            }  # fmt: skip
            self.stdout.write(json.dumps(found, ensure_ascii=False))
            return
        said = "Published" if new else "Published before, and unchanged"
        self.stdout.write(f"{said}: {version.programme} {version.key} (no. {version.number})")
        self.stdout.write(f"SHA-256 {version.sha256}, {version.published_at.isoformat(timespec='seconds')}")
