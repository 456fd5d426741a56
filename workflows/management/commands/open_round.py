"""`manage.py open_round`: a call of a programme, on a published policy version."""

from argparse import ArgumentTypeError
from datetime import datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import Organisation, OrganisationKind
from config.errors import Refusal
from workflows.models import Round
from workflows.rounds import open_round


class Command(BaseCommand):
    """Applicants may apply from the first moment of `--opens` to the last of `--closes`, at the office's clock."""

    help = "Open a round of a programme: from when to when, by which office, out of which budget."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("programme", help="the programme's slug, as in storm-aid")
        parser.add_argument("policy", help="a published policy version, as in 2026")
        parser.add_argument("--opens", type=day, required=True, help="first day, as in 2026-09-01")
        parser.add_argument("--closes", type=day, required=True, help="last day")
        parser.add_argument("--year", type=int, help="the year it is for; else that of its first day")
        parser.add_argument(
            "--handler", default="", help="name of the office that handles it; needless where there is one"
        )
        parser.add_argument(
            "--authority", default="", help="name of the authority that decides; needless where there is one"
        )
        parser.add_argument("--budget", type=fen, help="in yuan; without it nothing limits the round")

    def handle(self, *args: Any, **options: Any) -> None:
        """Open it.

        Raises:
            CommandError: the version is not published, the window is reversed, or an office is not known.
        """
        slug, year = options["programme"], options["year"] or options["opens"].year
        if Round.objects.filter(programme=slug, year=year).exists():
            raise CommandError(f"{slug} has a round of {year} already. Choose another year.")
        try:
            made = open_round(
                slug, options["policy"], year,
                handler=_office("association", options["handler"], "--handler"),
                authority=_office("authority", options["authority"], "--authority"),
                opens_at=_moment(options["opens"], time.min), closes_at=_moment(options["closes"], time.max),
                budget_fen=options["budget"],
            )  # fmt: skip
        except Refusal as refusal:
            raise CommandError(refusal.sentence.en) from refusal
        self.stdout.write(
            f"Open: round {made.pk}, {made.title.en}, {options['opens']} to {options['closes']}."
        )
        self.stdout.write(f"The call is public at /calls/{made.pk}/.")


def day(text: str) -> datetime:
    """A day of the command line.

    Raises:
        ArgumentTypeError: it is none.
    """
    try:
        return datetime.strptime(text, "%Y-%m-%d")  # noqa: DTZ007 - a day, not a moment
    except ValueError:
        raise ArgumentTypeError(f"“{text}” is not a day: write it as 2026-09-01") from None


def fen(text: str) -> int:
    """A sum in yuan, in fen.

    Raises:
        ArgumentTypeError: it is no sum of money.
    """
    try:
        amount = Decimal(text.replace(",", "")) * 100
        whole = int(amount)
    except (InvalidOperation, OverflowError, ValueError):
        whole, amount = 0, Decimal(0)
    if whole <= 0 or whole != amount or whole >= 2**63:
        raise ArgumentTypeError(f"“{text}” is not a sum: write yuan with at most two places, as 1000000")
    return whole


def _moment(of: datetime, at: time) -> datetime:
    return timezone.make_aware(datetime.combine(of, at))


def _office(kind: str, name: str, option: str) -> Organisation:
    offices = Organisation.objects.filter(kind=kind).order_by("name")
    # An authority may handle a round itself.
    named = Organisation.objects.exclude(kind=OrganisationKind.EMPLOYER).filter(name=name)
    found = list(named if name else offices)
    if len(found) == 1:
        return found[0]
    known = ", ".join(offices.values_list("name", flat=True)[:10]) or "none yet: createstaff makes them"
    said = f"There is no office “{name}”" if name else f"Say which {kind} by {option}"
    raise CommandError(f"{said}. Known: {known}.")
