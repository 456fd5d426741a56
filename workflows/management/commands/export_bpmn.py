"""`manage.py export_bpmn`: a programme as BPMN 2.0, with its drawing."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from workflows.diagram.bpmn import export
from workflows.programmes import registry


class Command(BaseCommand):
    """Prints the file, or writes it."""

    help = "Write a programme as BPMN 2.0 with its drawing, for bpmn.io and other modellers."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("programme", help="the slug of the programme")
        parser.add_argument("--out", type=Path, metavar="FILE", help="the file to write; printed otherwise")
        parser.add_argument("--language", choices=("zh-hans", "en"), default="zh-hans")

    def handle(self, *args: Any, **options: Any) -> None:
        slug, out = options["programme"], options["out"]
        if slug not in registry():
            raise CommandError(f"There is no programme {slug!r}. There are: {', '.join(registry())}.")
        made = export(registry()[slug], options["language"])
        if out is None:
            self.stdout.write(made.decode(), ending="")
            return
        if not out.absolute().parent.is_dir():
            raise CommandError(
                f"There is no folder {out.absolute().parent}. Make it first, or name another file."
            )
        out.write_bytes(made)
        self.stdout.write(f"{out}: {len(made)} bytes.")
