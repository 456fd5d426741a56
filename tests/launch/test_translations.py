"""Catalogues are compiled without the gettext programs."""

import gettext
import os
from pathlib import Path

import pytest

from launch.translations import compile_catalogue, stale

CATALOGUE = r"""
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=1; plural=0;\n"

msgid "Submit"
msgstr "提交"

msgctxt "verb"
msgid "Open"
msgstr "打开"

msgid "%(n)s person"
msgid_plural "%(n)s people"
msgstr[0] "%(n)s 人"

#, fuzzy
msgid "Refuse"
msgstr "也许是拒绝"

msgid "Not translated"
msgstr ""

#~ msgid "Gone"
#~ msgstr "没有了"
"""


@pytest.fixture
def po(tmp_path: Path) -> Path:
    po = tmp_path / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    po.parent.mkdir(parents=True)
    po.write_text(CATALOGUE.lstrip(), encoding="utf-8")
    return po


def test_compiled_catalogue_translates(po: Path) -> None:
    with compile_catalogue(po).open("rb") as file:
        words = gettext.GNUTranslations(file)
    assert words.gettext("Submit") == "提交"
    assert words.pgettext("verb", "Open") == "打开"
    assert words.ngettext("%(n)s person", "%(n)s people", 3) == "%(n)s 人"
    assert words.gettext("Refuse") == "Refuse"
    assert words.gettext("Not translated") == "Not translated"
    assert words.gettext("Gone") == "Gone"


def test_only_what_has_changed_is_stale(po: Path, tmp_path: Path) -> None:
    assert stale(tmp_path) == [po]
    compiled = compile_catalogue(po)
    assert stale(tmp_path) == []
    os.utime(po, (compiled.stat().st_mtime + 1, compiled.stat().st_mtime + 1))
    assert stale(tmp_path) == [po]
