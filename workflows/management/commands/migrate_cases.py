"""`manage.py migrate_cases`: take running cases from one policy version to another, or take them back."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from config.errors import Refusal
from workflows.migrating import NotMigratable, Plan, migrate, plan, take_back
from workflows.models import Application


class Command(BaseCommand):
    """All of the cases or none. `--dry-run` only shows it, and ends with 1 where something stands against it."""

    help = "Take running cases from one policy version to another; --take-back undoes it for those that did not move."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("programme")
        parser.add_argument("--from", dest="old", default="", help="the policy version of the cases")
        parser.add_argument("--to", dest="new", default="", help="a published policy version")
        parser.add_argument(
            "--round", type=int, default=None, metavar="YEAR", help="only the round of that year"
        )
        parser.add_argument("--case", nargs="*", default=None, metavar="NUMBER", help="only these cases")
        parser.add_argument(
            "--map", nargs="*", default=[], metavar="STATE=STATE", help="where a state goes to"
        )
        parser.add_argument("--reason", default="", help="why: every event keeps it")
        parser.add_argument("--by", default="", help="e-mail of the account that orders it")
        parser.add_argument("--dry-run", action="store_true", help="only show it")
        parser.add_argument("--take-back", type=int, default=None, metavar="ID", help="take a migration back")
        parser.add_argument("--json", action="store_true", help="print JSON and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["take_back"] is not None:
                self._back(options)
            else:
                self._there(options)
        except NotMigratable as refusal:
            self._show(refusal.plan, options, file=self.stderr)
            raise CommandError(refusal.sentence.en) from refusal
        except Refusal as refusal:
            raise CommandError(refusal.sentence.en) from refusal

    def _there(self, options: dict[str, Any]) -> None:
        if not options["old"] or not options["new"]:
            raise CommandError("Name both versions: --from OLD --to NEW.")
        made = plan(
            options["programme"], options["old"], options["new"], states=_states(options["map"]),
            year=options["round"], cases=_cases(options["case"]),
        )  # fmt: skip
        if options["dry_run"]:
            self._show(made, options, file=self.stdout)
            if made.blocked:
                raise SystemExit(1)
            return
        kept = migrate(made, reason=options["reason"], by=_by(options["by"]))
        if options["json"]:
            self.stdout.write(json.dumps({**made.as_json(), "migration": kept.pk}, ensure_ascii=False))
            return
        self._show(made, options, file=self.stdout)
        self.stdout.write(f"Migration {kept.pk}: {kept.cases} cases moved. To undo: --take-back {kept.pk}")

    def _back(self, options: dict[str, Any]) -> None:
        done = take_back(
            options["programme"], options["take_back"], reason=options["reason"], by=_by(options["by"])
        )
        if options["json"]:
            self.stdout.write(json.dumps(done.as_json(), ensure_ascii=False))
            return
        self.stdout.write(f"{done.cases} cases taken back.")
        if done.stayed:
            self.stdout.write(f"{len(done.stayed)} have moved since and stay: {', '.join(done.stayed)}")

    def _show(self, made: Plan, options: dict[str, Any], *, file: Any) -> None:
        if options["json"]:
            file.write(json.dumps(made.as_json(), ensure_ascii=False))
            return
        for group in made.groups:
            where = f"{group.state} ({group.resume})" if group.resume else group.state
            to = f"{group.target} ({group.resume_target})" if group.resume_target else group.target
            said = f"blocked: {group.why.en} {', '.join(made.named(group))}" if group.why else ""
            file.write(f"{where:<28} → {to:<28} {len(group.ids):>7}  {said}".rstrip())
        blocked = sum(len(group.ids) for group in made.blocked)
        file.write(
            f"{made.total} running cases, {blocked} blocked; {made.finished} finished ones stay on {made.old}."
        )


def _states(pairs: list[str]) -> dict[str, str]:
    wrong = [pair for pair in pairs if pair.count("=") != 1]
    if wrong:
        raise CommandError(f"--map {wrong[0]}: say STATE=STATE, as in checked=accepted.")
    return dict(pair.split("=") for pair in pairs)


def _cases(numbers: list[str] | None) -> list[int] | None:
    if numbers is None:
        return None
    found = dict(Application.objects.filter(number__in=numbers).values_list("number", "pk"))
    unknown = [number for number in numbers if number not in found]
    if unknown:
        raise CommandError(f"There is no case {', '.join(unknown)}.")
    return list(found.values())


def _by(email: str) -> User | None:
    if not email:
        return None
    found = User.objects.filter(email=email, is_active=True).first()
    if found is None:
        raise CommandError(f"There is no active account {email}.")
    return found
