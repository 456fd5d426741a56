"""`manage.py draw_panel freeze|commit|reveal|draw|replace|paper`: draw a panel so that anybody can check it."""

import json
import os
import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.errors import Refusal
from workflows.review.draw.announcement import freeze
from workflows.review.draw.drawing import REASONS, Draw, Leaving, certificate, sha256_of
from workflows.review.draw.moments import moment
from workflows.review.draw.paper import pdf_of
from workflows.review.draw.reading import announcement_of, draw_of, read_reveals, seed_of
from workflows.review.draw.seeds import CommitReveal, commitment_of, new_secret


class Command(BaseCommand):
    """Files in, JSON out: what is published goes to the output, its hash to the error output. Nothing is stored."""

    help = "Draw a panel verifiably: freeze the pool, fix the seed, draw, replace; tools/replay_draw.py checks it."
    requires_system_checks = []  # It needs neither the database nor the site.

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verb = verbs.add_parser("freeze", help="freeze pool, quotas and seed; print the announcement")
        verb.add_argument("file", type=Path, help="title, number, panel, rules, pool, excluded, seed as JSON")
        verb = verbs.add_parser("commit", help="an official commits to a secret")
        verb.add_argument("file", type=Path, help="the announcement")
        verb.add_argument("--official", required=True, help="their name, as announced")
        verb.add_argument("--keep", type=Path, required=True, help="a new file for the secret, theirs alone")
        verb = verbs.add_parser("reveal", help="an official reveals their secret, after all have committed")
        verb.add_argument("file", type=Path, help="the file that commit kept")
        verb = verbs.add_parser("draw", help="draw the panel; print the certificate")
        verb.add_argument("file", type=Path, help="the announcement")
        verb.add_argument("--announced", default="", help="the published hash; refuse any other announcement")
        seed = verb.add_mutually_exclusive_group(required=True)
        seed.add_argument("--seed", type=Path, help='{"numbers": {source: [numbers]}} as JSON')
        seed.add_argument(
            "--reveal", type=Path, action="append", help="what reveal printed, once for each official"
        )
        verb = verbs.add_parser("replace", help="draw the successor of a member; print the certificate")
        verb.add_argument("file", type=Path, help="the certificate so far")
        verb.add_argument("--out", required=True, metavar="CODE", help="who leaves")
        verb.add_argument("--reason", required=True, choices=REASONS)
        verb.add_argument("--words", default="", help="the reason in words")
        verb = verbs.add_parser("paper", help="the certificate as a PDF")
        verb.add_argument("file", type=Path, help="the certificate")
        verb.add_argument("--to", type=Path, required=True, help="the PDF to write")
        verb.add_argument("--language", choices=("zh", "en"), default="zh")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, f"_{options['verb']}")(_read(options["file"]), options)
        except Refusal as refusal:
            raise CommandError(refusal.sentence.en) from refusal

    def _freeze(self, data: Any, options: dict[str, Any]) -> None:
        now = datetime.now(UTC)
        announcement = freeze(announcement_of(data, frozen_at=now, salt=secrets.token_hex(16)))
        self._print(announcement.as_json(), f"Publish this hash now: {announcement.sha256}")

    def _commit(self, data: Any, options: dict[str, Any]) -> None:
        announcement, official = announcement_of(data), options["official"]
        method = announcement.method
        if not isinstance(method, CommitReveal) or official not in method.officials:
            raise CommandError(f"“{official}” is not among the officials of this announcement.")
        secret = new_secret()
        commitment = commitment_of(announcement.sha256, official, secret)
        said = {"official": official, "commitment": commitment, "committed_at": moment(datetime.now(UTC))}
        _keep(options["keep"], said | {"secret": secret})
        self._print(said, f"The secret is in {options['keep']}; show it to nobody before all have committed.")

    def _reveal(self, data: Any, options: dict[str, Any]) -> None:
        said = data | {"revealed_at": moment(datetime.now(UTC))}
        read_reveals([said])
        self._print(said)

    def _draw(self, data: Any, options: dict[str, Any]) -> None:
        announcement = freeze(announcement_of(data))
        if options["announced"] and options["announced"].lower() != announcement.sha256:
            raise CommandError(f"This is not what was announced: its hash is {announcement.sha256}.")
        seed = (
            seed_of(_read(options["seed"]))
            if options["seed"]
            else read_reveals([*map(_read, options["reveal"])])
        )
        self._certificate(Draw(announcement, seed, datetime.now(UTC)))

    def _replace(self, data: Any, options: dict[str, Any]) -> None:
        before = draw_of(data)
        leaving = Leaving(options["out"], options["reason"], datetime.now(UTC), options["words"])
        self._certificate(
            Draw(before.announcement, before.seed, before.drawn_at, (*before.leavings, leaving))
        )

    def _paper(self, data: Any, options: dict[str, Any]) -> None:
        draw_of(data)
        try:
            options["to"].write_bytes(pdf_of(data, options["language"]))
        except OSError as error:
            raise CommandError(f"{options['to']} cannot be written: {error}") from error

    def _certificate(self, draw: Draw) -> None:
        found = certificate(draw)
        self._print(found, f"Panel: {', '.join(found['panel'])}\nCertificate: {sha256_of(found)}")

    def _print(self, data: Any, note: str = "") -> None:
        self.stdout.write(json.dumps(data, ensure_ascii=False, indent=1))
        if note:
            self.stderr.write(note)


def _read(file: Path) -> Any:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CommandError(f"{file} cannot be read as JSON: {error}") from error
    if not isinstance(found, dict):
        raise CommandError(f"{file} does not hold a JSON object.")
    return found


def _keep(file: Path, data: Any) -> None:
    try:
        with os.fdopen(
            os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
        ) as kept:
            json.dump(data, kept, ensure_ascii=False)
    except FileExistsError as error:
        raise CommandError(f"{file} exists already; a secret is never written over.") from error
