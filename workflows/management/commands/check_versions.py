"""`manage.py check_versions`: is what the programmes declare still what was published?"""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from workflows.checks import said_of
from workflows.models import PolicyVersion
from workflows.versions import drifts


class Command(BaseCommand):
    """Exit status 0 when every published version is declared as it was published, words aside; 1 when not."""

    help = "Compare the declarations with the published policy versions."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print JSON and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        found = drifts()
        holds = not any(drift.binds for drift in found)
        published = PolicyVersion.objects.count()
        if options["json"]:
            answer = {"holds": holds, "published": published, "drifts": [drift.as_json() for drift in found]}
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
        else:
            for drift in found:
                self.stdout.write(said_of(drift))
            if holds:
                self.stdout.write(f"All {published} published versions are declared as they were published.")
        if not holds:
            self.stdout.flush()
            sys.exit(1)
