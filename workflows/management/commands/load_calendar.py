"""`manage.py load_calendar`: the working-day calendar, official years and, where asked for, provisional ones."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from workflows import calendars
from workflows.models import CalendarChange, CalendarDay

LAST_YEAR = 2099


class Command(BaseCommand):
    """Run it after an update of `chinesecalendar`: what was provisional becomes official; limits move."""

    help = "Fill the working-day calendar with every year that the official notices cover."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--provisional", type=int, default=0, metavar="YEAR",
            help="also the years up to this one as Monday to Friday; promises made with them say so",
        )  # fmt: skip
        parser.add_argument("--json", action="store_true", help="print JSON and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["provisional"] > LAST_YEAR:
            raise CommandError(f"{options['provisional']} is too far ahead: at most {LAST_YEAR}.")
        before = set(CalendarDay.objects.values_list("day", "working", "provisional"))
        change = calendars.load(provisional_until=options["provisional"])
        after = set(CalendarDay.objects.values_list("day", "working", "provisional"))
        written = len(after - before)
        last = CalendarDay.objects.order_by("day").last()
        official = CalendarDay.objects.filter(provisional=False).order_by("day").last()
        moves = _moves(change) if change else []
        if options["json"]:
            found = {
                "days_written": written,
                "known_until": last and last.day.isoformat(),
                "official_until": official and official.day.isoformat(),
                "change": change and change.pk,
                "moved": [move for move in moves if move["was_on"] != move["now_on"]],
                "kept": [move for move in moves if move["was_on"] == move["now_on"]],
            }
            self.stdout.write(json.dumps(found, ensure_ascii=False))
            return
        self.stdout.write(
            f"{written} days written; known until {last and last.day}, officially until {official and official.day}."
        )
        for move in moves:
            kept = move["was_on"] == move["now_on"]
            self.stdout.write(
                f"{move['number']} {move['kind']} {move['step']}: {move['was_on']} "
                + (f"kept (counted: {move['counted_on']})" if kept else f"→ {move['now_on']}")
            )


def _moves(change: CalendarChange) -> list[dict[str, Any]]:
    """The limits that a change moved or kept, with old and new day, in the order of the cases."""
    rows = change.moves.order_by("application", "pk").values(
        "application__number", "application", "kind", "step", "was_on", "counted_on", "now_on"
    )
    return [
        {
            "application": row["application"],
            "number": row["application__number"],
            "kind": row["kind"],
            "step": row["step"],
            **{name: row[name].isoformat() for name in ("was_on", "counted_on", "now_on")},
        }
        for row in rows.iterator(chunk_size=2000)
    ]
