"""`manage.py simulate`: a year's real people through the decision table of another policy version."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from config.errors import Refusal
from workflows.programmes import registry
from workflows.simulating import Simulation, simulate


class Command(BaseCommand):
    """Nothing is written; the version need not be published."""

    help = "Who would win, who would lose, and what it would cost, if a year were decided by another version."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """`--version` is the policy version here, and not Django's."""
        return super().create_parser(prog_name, subcommand, conflict_handler="resolve", **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "programme", nargs="?", help="may be left out where one programme alone has the version"
        )
        parser.add_argument("--year", type=int, required=True)
        parser.add_argument(
            "--version", dest="policy", required=True, metavar="KEY", help="the policy version"
        )
        parser.add_argument("--list", type=int, default=20, dest="listed", help="how many people to name")
        parser.add_argument(
            "--names-for", default="", metavar="EMAIL", help="show names to that member of staff"
        )
        parser.add_argument("--json", action="store_true", help="print JSON and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        viewer = User.objects.filter(email=options["names_for"], is_active=True).first()
        if options["names_for"] and viewer is None:
            raise CommandError(f"There is no active account {options['names_for']}.")
        try:
            found = simulate(
                options["programme"] or _only(options["policy"]),
                options["year"],
                options["policy"],
                listed=max(0, options["listed"]),
                viewer=viewer,
            )
        except Refusal as refusal:
            raise CommandError(refusal.sentence.en) from refusal
        if options["json"]:
            self.stdout.write(json.dumps(found.as_json(), ensure_ascii=False))
            return
        for line in _lines(found):
            self.stdout.write(line)


def _only(key: str) -> str:
    having = [slug for slug, programme in registry().items() if key in programme.policies]
    if len(having) != 1:
        known = ", ".join(having or registry())
        raise CommandError(f"Name the programme, before --year: one of {known}.")
    return having[0]


def _lines(found: Simulation) -> list[str]:
    total = found.total
    lines = [
        f"{found.programme} {found.year}: decided under {', '.join(found.ran_on)}, here by {found.version}",
        f"{found.counts.capitalize()} {total.people}: granted {total.granted_before} → {total.granted_after} "
        f"(win {total.win}, lose {total.lose}, another amount {total.other_amount}), held {total.held_after}",
        f"Cost CNY {_yuan(total.before_fen)} → {_yuan(total.after_fen)}, difference {_yuan(total.difference_fen)}",
        "",
        f"{'industry':<18}{found.counts:>8}{'before':>8}{'after':>8}{'win':>6}{'lose':>6}{'difference':>18}",
    ]
    for name, tally in found.by_industry.items():
        lines.append(
            f"{name:<18}{tally.people:>8}{tally.granted_before:>8}{tally.granted_after:>8}{tally.win:>6}"
            f"{tally.lose:>6}{_yuan(tally.difference_fen):>18}"
        )
    lines += ["", f"{'rule':<18}{'before':>8}{'after':>8}"]
    lines += [
        f"{rule or 'granted':<18}{before:>8}{after:>8}" for rule, (before, after) in found.by_rule.items()
    ]
    if found.changed:
        lines += ["", "Largest differences:"]
    for one in found.changed:
        was, would = (f"{result or 'undecided'} {rule}".strip() for result, rule in
                      ((one.was, one.was_rule), (one.would, one.would_rule)))  # fmt: skip
        lines.append(
            f"  {one.case}  {one.name}  {was} {_yuan(one.was_fen)} → {would} {_yuan(one.would_fen)}  {one.applicant}"
        )
    return lines


def _yuan(fen: int) -> str:
    return f"{fen / 100:,.2f}"
