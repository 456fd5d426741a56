"""Find the conflicts of interest of every case that goes before a panel, or of some."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from workflows.models import Application, Expert
from workflows.review.recusal.finding import cases_to_watch, find_conflicts


class Command(BaseCommand):
    help = "Write down the conflicts between experts and cases that the rules of recusal find."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "numbers", nargs="*", help="numbers of cases; all that go before a panel otherwise"
        )
        parser.add_argument(
            "--expert", action="append", default=[], metavar="CODE", help="only these experts"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        numbers, codes = options["numbers"], options["expert"]
        cases = _known(Application, "number", numbers) if numbers else cases_to_watch()
        experts = _known(Expert, "code", codes) if codes else None
        began = time.perf_counter()
        found = find_conflicts(cases, experts)
        self.stdout.write(
            f"{found} new or changed conflicts on {len(cases)} cases, in {time.perf_counter() - began:.2f} s."
        )


def _known(model: Any, column: str, wanted: list[str]) -> list[int]:
    found = dict(model.objects.filter(**{f"{column}__in": wanted}).values_list(column, "pk"))
    missing = sorted(set(wanted) - found.keys())
    if missing:
        raise CommandError(f"There is no {model._meta.verbose_name} {', '.join(missing)}.")
    return sorted(found.values())
