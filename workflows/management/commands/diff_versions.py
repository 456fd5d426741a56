"""`manage.py diff_versions`: what one policy version changes against another."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.errors import Refusal
from workflows.engine.canonical import canonical
from workflows.engine.differences import Difference
from workflows.versions import compared

MARKS = {"added": "+", "removed": "-", "changed": "~"}
WIDTH = 72


class Command(BaseCommand):
    """A published version is read as it was published, any other as it is declared now."""

    help = "Show states, edges, steps, fields, papers, rules and parameters that differ between two versions."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("programme")
        parser.add_argument("old")
        parser.add_argument("new")
        parser.add_argument("--json", action="store_true", help="print JSON and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = compared(options["programme"], options["old"], options["new"])
        except Refusal as refusal:
            raise CommandError(refusal.sentence.en) from refusal
        if options["json"]:
            answer = {name: options[name] for name in ("programme", "old", "new")}
            differences = [one.as_json() for one in found]
            self.stdout.write(json.dumps({**answer, "differences": differences}, ensure_ascii=False))
            return
        section = ""
        for one in found:
            if one.section != section:
                section = one.section
                self.stdout.write(section.replace("_", " "))
            self.stdout.write(f"  {MARKS[one.change]} {one.name:<32} {_said(one)}".rstrip())
        self.stdout.write(f"{len(found)} differences between {options['old']} and {options['new']}.")


def _said(one: Difference) -> str:
    if one.change == "added":
        return _short(one.after)
    if one.change == "removed":
        return _short(one.before)
    return f"{_short(one.before)}  →  {_short(one.after)}"


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else canonical(value)
    return text if len(text) <= WIDTH else f"{text[: WIDTH - 1]}…"
