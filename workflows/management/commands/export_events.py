"""`manage.py export_events`: what happened, as a log that process-mining programs read."""

import hashlib
import json
import os
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from workflows.event_log import ocel, xes
from workflows.event_log.rows import Scope, one_moment
from workflows.programmes import registry

WRITERS = {"ocel": ocel.write, "xes": xes.write}


class Command(BaseCommand):
    """The file appears whole or not at all. Memory does not grow with the number of events."""

    help = "Write the event log as OCEL 2.0 JSON or as XES. Actors and firms are pseudonyms unless --names is given."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--format", choices=sorted(WRITERS), required=True)
        parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="the file to write")
        parser.add_argument("--programme", default="", help="one programme only, by its slug")
        parser.add_argument("--year", type=int, default=0, help="one policy year only")
        parser.add_argument(
            "--names", action="store_true", help="real names of actors and firms: for auditors only"
        )
        parser.add_argument("--json", action="store_true", help="print JSON and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        slug, out = options["programme"], options["out"]
        if slug and slug not in registry():
            raise CommandError(f"There is no programme {slug!r}. There are: {', '.join(registry())}.")
        if not out.absolute().parent.is_dir():
            raise CommandError(
                f"There is no folder {out.absolute().parent}. Make it first, or name another file."
            )
        scope = Scope(slug, options["year"], options["names"])
        counted = _written(options["format"], out, scope)
        answer = {"file": str(out), "format": options["format"], "sha256": _sha256(out), **counted}
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
            return
        self.stdout.write(
            f"{out}: {counted['application']} cases, {counted['events']} events, {counted['activities']} activities."
        )


def _written(kind: str, out: Path, scope: Scope) -> Counter[str]:
    """Write beside the file, then put it in its place in one move."""
    handle, name = tempfile.mkstemp(dir=out.absolute().parent, prefix=f".{out.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file, one_moment():
            counted = WRITERS[kind](file, scope)
        Path(name).chmod(0o640)
        Path(name).replace(out)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return counted


def _sha256(out: Path) -> str:
    with out.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
