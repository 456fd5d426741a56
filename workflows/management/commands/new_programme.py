"""A working starting file for a programme, and what to do next."""

import keyword
import re
from pathlib import Path
from string import Template
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from workflows import programmes
from workflows.programmes import registry

START = Path(__file__).parents[1] / "programme.txt"
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
LONGEST = 36
NEXT = """Written: {file}

Next:
  1. Register it: add "{name}" to MODULES in workflows/programmes/__init__.py.
  2. manage.py migrate            (writes the declared edges; there is no migration to make)
  3. manage.py check_programmes   (names file, line and mend of what cannot work)
  4. Change its words, parameters, questions and steps: docs/declare-a-programme.md goes through them.
"""


class Command(BaseCommand):
    """`new_programme NAME`: states, guide, form, paper and steps from stages, in both languages."""

    help = "Write a working starting file for a programme and say what to do next."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="name of the file, as storm_aid")
        parser.add_argument(
            "--code", default="", help="two to four letters before the receipt numbers, as SA"
        )
        parser.add_argument("--en", default="", help="its title in English")
        parser.add_argument("--zh", default="", help="its title in Chinese")
        parser.add_argument("--folder", default="", help="where to write it, instead of among the programmes")

    def handle(self, *_: Any, name: str, folder: str, **options: Any) -> None:
        """Write the file.

        Raises:
            CommandError: the name or the code cannot be used; says why and what to do.
        """
        _check_name(name)
        slug = name.replace("_", "-")
        file = Path(folder or programmes.__path__[0]) / f"{name}.py"
        if slug in registry() or file.exists() or file.with_suffix("").exists():
            raise CommandError(
                f"There is a programme {name} already. Choose another name, or change that one."
            )
        if not file.parent.is_dir():
            raise CommandError(f"There is no folder {file.parent}. Make it first, or leave --folder away.")
        en = options["en"] or name.replace("_", " ").capitalize()
        words = {
            "slug": slug,
            "code": _code(name, options["code"]),
            "model": "".join(part.capitalize() for part in name.split("_")),
            "year": timezone.localdate().year,
            "en": _title(en),
            "zh": _title(options["zh"] or f"{en}（中文名称待填）"),
        }
        file.write_text(Template(START.read_text(encoding="utf-8")).substitute(words), encoding="utf-8")
        self.stdout.write(NEXT.format(file=file, name=name))


def _check_name(name: str) -> None:
    if not NAME.fullmatch(name) or keyword.iskeyword(name) or len(name) > LONGEST:
        raise CommandError(
            f"“{name}” cannot be the name of a programme: use small letters, digits and single underscores, a letter "
            f"first, at most {LONGEST} signs, as storm_aid."
        )


def _code(name: str, wanted: str) -> str:
    code = wanted or "".join(part[0] for part in name.split("_")).upper()
    code = code if len(code) > 1 else name[:2].upper()
    if not re.fullmatch(r"[A-Z]{2,4}", code):
        raise CommandError(
            f"“{code}” cannot stand before receipt numbers: give two to four capitals with --code."
        )
    taken = {programme.code: slug for slug, programme in registry().items()}
    if code in taken:
        raise CommandError(f"{taken[code]} uses the code {code} already: give another with --code.")
    return code


def _title(words: str) -> str:
    """A title as it may stand between quotation marks of the file."""
    if re.search(r'["\\\n]', words):
        raise CommandError(
            "A title can hold neither a straight quotation mark nor a backslash nor a new line."
        )
    return words
