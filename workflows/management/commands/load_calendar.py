"""`manage.py load_calendar`: the working-day calendar, official years and, where asked for, provisional ones."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from workflows.engine.deadlines import load_calendar
from workflows.models import CalendarDay


class Command(BaseCommand):
    """Run it after an update of `chinesecalendar`: what was provisional becomes official."""

    help = "Fill the working-day calendar with every year that the official notices cover."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--provisional", type=int, default=0, metavar="YEAR",
            help="also the years up to this one as Monday to Friday; promises made with them say so",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        written = load_calendar(provisional_until=options["provisional"])
        last = CalendarDay.objects.order_by("day").last()
        official = CalendarDay.objects.filter(provisional=False).order_by("day").last()
        self.stdout.write(
            f"{written} days written; known until {last and last.day}, officially until {official and official.day}."
        )
