"""`manage.py annual_report`: the figures of a year, counted from the rows."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from workflows.reports import annual_report


class Command(BaseCommand):
    """Nothing of it is typed in: see `workflows.reports`."""

    help = "Count and print the figures of the annual report."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--year", type=int, required=True)
        parser.add_argument("--json", action="store_true", help="print JSON and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        counted = annual_report(options["year"], as_of=timezone.now())
        if options["json"]:
            report = {"year": options["year"], "figures": [line.as_json() for line in counted]}
            self.stdout.write(json.dumps(report, ensure_ascii=False, indent=1))
            return
        width = max(len(line.figure.words.en) for line in counted)
        for line in counted:
            shown = line.shown or "not known"
            self.stdout.write(f"{line.figure.words.en:<{width}}  {shown:>16}  {line.figure.words.zh}")
        self.stdout.write(f"As of {counted[0].as_of.isoformat(timespec='seconds')}")
