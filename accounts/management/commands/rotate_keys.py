"""`manage.py rotate_keys`: bring every sealed value under the first key of FIELD_KEYS."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.rotation import CHUNK_ROWS, rotate_all
from accounts.sealing import UnknownKey


class Command(BaseCommand):
    """Put the new key first and keep the old one behind it; run this; then take the old one away."""

    help = "Seal every personal number anew under the first key of FIELD_KEYS. Can be stopped and run again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the counts as JSON and nothing else")
        parser.add_argument("--chunk", type=int, default=CHUNK_ROWS, help="rows in one transaction")

    def handle(self, *args: Any, **options: Any) -> None:
        resealed: dict[str, int] = {}
        try:
            for rotated in rotate_all(chunk_rows=options["chunk"]):
                resealed[rotated.column] = rotated.resealed
                if not options["json"]:
                    self.stdout.write(f"{rotated.column}: {rotated.resealed}")
        except UnknownKey as error:
            raise CommandError(
                f"{error}. Nothing of this chunk was changed; add the key and run it again."
            ) from error
        if options["json"]:
            self.stdout.write(json.dumps({"resealed": resealed, "total": sum(resealed.values())}))
