"""Every word of the interface in both languages."""

import ast
import re
import string
from pathlib import Path

import polib
import pytest

from launch.places import ROOT
from tests.test_architecture import modules, tree_of

CATALOGUE = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
CHINESE = re.compile(r"[\u4e00-\u9fff]")
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
FIELD = re.compile(r"\{\w+\}")
# Marks of a half-width keyboard between Chinese characters.
HALF_WIDTH = re.compile(r"[\u4e00-\u9fff][,;:!?]|[\u4e00-\u9fff]\.(\s|$)")
# Said the same in both languages: signs, and names that are nobody's words.
SAME = re.compile(r"^[\W\d_]*$|^[A-Z0-9 ()./-]+$")


@pytest.fixture(scope="module")
def entries() -> list[polib.POEntry]:
    return [entry for entry in polib.pofile(str(CATALOGUE)) if not entry.obsolete]


def chinese_of(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def test_every_msgid_is_translated(entries):
    assert len(entries) > 500
    assert [entry.msgid for entry in entries if entry.fuzzy or not all(chinese_of(entry))] == []


def test_translations_are_chinese(entries):
    assert [
        entry.msgid
        for entry in entries
        if not SAME.match(PLACEHOLDER.sub("", entry.msgid))
        and not all(CHINESE.search(words) for words in chinese_of(entry))
    ] == []


def test_translations_keep_their_placeholders(entries):
    def names(words: str) -> set[str]:
        return set(PLACEHOLDER.findall(words))

    assert [
        entry.msgid
        for entry in entries
        for words in chinese_of(entry)
        if names(words) != (names(entry.msgid_plural or entry.msgid) | (names(words) & names(entry.msgid)))
    ] == []


def test_translations_use_full_width_marks(entries):
    assert [words for entry in entries for words in chinese_of(entry) if HALF_WIDTH.search(words)] == []


def own_words() -> list[tuple[Path, int, str, str]]:
    """Every `T` that is written out: where, English, Chinese."""
    found = []
    for file in modules():
        for node in ast.walk(tree_of(file)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "T":
                given = dict(zip(("en", "zh"), node.args, strict=False)) | {
                    k.arg: k.value for k in node.keywords
                }
                if all(isinstance(value, ast.Constant) for value in given.values()) and len(given) == 2:
                    english, chinese = given["en"].value, given["zh"].value
                    found.append((file, node.lineno, english, chinese))
    return found


def test_own_words_are_said_in_both_languages():
    wrong = [
        f"{file}:{line} {english}"
        for file, line, english, chinese in own_words()
        if CHINESE.search(english)
        or not (CHINESE.search(chinese) or SAME.match(FIELD.sub("", chinese)) or english == chinese)
    ]

    assert wrong == []


def test_own_words_fill_in_the_same_values():
    def names(words: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(words) if name}

    # A number may be a digit in one language and a word in the other, never a name.
    wrong = [
        f"{file}:{line} {english}"
        for file, line, english, chinese in own_words()
        if "{" in english + chinese and names(english) != names(chinese)
    ]

    assert wrong == []


def test_own_words_use_full_width_marks():
    assert [f"{file}:{line}" for file, line, _, chinese in own_words() if HALF_WIDTH.search(chinese)] == []


def test_templates_speak_through_the_catalogue():
    """No Chinese character stands in a template; what it says is translated."""
    # The way to the other language speaks that language; and where nothing works, no catalogue does.
    other_language = re.compile(r'lang="zh-Hans"[^<]*<')
    wrong = [
        f"{file.relative_to(ROOT)}:{number}"
        for room in ("config", "accounts", "forms", "storage", "notifications", "workflows")
        for file in sorted((ROOT / room).rglob("templates/**/*.html"))
        if file.name != "500.html"
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if CHINESE.search(other_language.sub("", line))
    ]

    assert wrong == []


def test_scripts_say_nothing_of_their_own():
    """What a script says stands in the page, in the page's language."""
    wrong = [
        f"{file.relative_to(ROOT)}:{number}"
        for file in sorted((ROOT / "config" / "static").rglob("*.js"))
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if CHINESE.search(line.partition("//")[0])
    ]

    assert wrong == []
