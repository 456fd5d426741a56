"""Is a text in the language of its page? Interface words are known, data is known, the rest is suspicious."""

import gc
import json
import re
from collections.abc import Iterable, Iterator
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

import polib

from config.words import T
from launch.places import ROOT
from tests.e2e.site import Site

ROOMS = ("accounts", "config", "forms", "notifications", "storage", "workflows")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*(?:![rs])?(?::[^}]*)?\}")
# Two English words in a row; names, codes and addresses are one word or have capitals.
SENTENCE = re.compile(r"(?<![\w@.…-])[A-Za-z][a-z]{2,},? [a-z]{2,}(?![\w@])")
# Columns that hold the words of one language beside the other's are no data of a page in the other one.
WORDS_OF_A_LANGUAGE = re.compile(r"_(zh|en)$")


def normal(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def interface() -> list[tuple[str, str]]:
    """(English, Chinese) of every word of the interface: the catalogue's, and every `T` of the project."""
    pairs = []
    for entry in polib.pofile(str(ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po")):
        if entry.obsolete:
            continue
        chinese = entry.msgstr or next(iter(entry.msgstr_plural.values()), "")
        pairs += [(english, chinese) for english in (entry.msgid, entry.msgid_plural) if english]
    for room in ROOMS:
        package = import_module(room)
        for found in walk_packages(package.__path__, f"{room}."):
            if not re.search(r"\.(migrations|management|wsgi)\b", found.name):
                import_module(found.name)
    pairs += [(words.en, words.zh) for words in gc.get_objects() if type(words) is T]
    return [(normal(english), normal(chinese)) for english, chinese in pairs]


def data_of(site: Site) -> set[str]:
    """Every Chinese or English text that people (or the demonstration) put into the database."""
    columns = site.sql(
        """SELECT c.table_name, c.column_name, c.data_type FROM information_schema.columns c
             JOIN information_schema.tables t USING (table_schema, table_name)
            WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'
              AND c.data_type IN ('text', 'character varying', 'jsonb')
              AND c.table_name !~ '^(django_|cache|auth_|account_|mfa_|viewflow_)'"""
    )
    found: set[str] = set()
    for table, column, kind in columns:
        if WORDS_OF_A_LANGUAGE.search(column):
            continue
        rows = site.sql(f'SELECT DISTINCT "{column}"::text FROM "{table}" WHERE length("{column}"::text) > 1')
        for (value,) in rows:
            found |= set(texts_in(json.loads(value)) if kind == "jsonb" else [value])
    return {normal(text) for text in found}


def texts_in(value: Any) -> Iterator[str]:
    """The texts of a JSON value, but for those that stand there in one language beside the other."""
    if isinstance(value, str):
        yield value
        # The lines of a budget are a list, kept as one answer.
        if value.startswith("[["):
            yield from texts_in(json.loads(value))
    elif isinstance(value, list):
        for one in value:
            yield from texts_in(one)
    elif isinstance(value, dict):
        for key, one in value.items():
            if key not in {"en", "zh"} and not WORDS_OF_A_LANGUAGE.search(key):
                yield from texts_in(one)


class Words:
    """What may stand on a page of each language."""

    def __init__(self, site: Site) -> None:
        self.site = site
        pairs = [pair for pair in interface() if pair[0] != pair[1]]
        self.chinese = {chinese for _, chinese in pairs if CHINESE.search(chinese)}
        both = {english for english, chinese in pairs if english == chinese}
        self.english = {english for english, chinese in pairs if chinese and len(english) > 2} - both
        self.patterns = [
            re.compile(PLACEHOLDER.sub("(.+?)", re.escape(english).replace(r"\{", "{").replace(r"\}", "}")))
            for english in self.english
            if PLACEHOLDER.search(english)
            and len(re.findall(r"[A-Za-z]{3,}", PLACEHOLDER.sub("", english))) > 1
        ]
        self.learn()

    def learn(self, typed: Iterable[str] = ()) -> None:
        """Take in what has come into the database since, and what was `typed` and is sealed there."""
        self.data = (data_of(self.site) | set(typed)) - self.chinese - self.english
        self.longest = max(map(len, self.data), default=0)

    def foreign(self, text: str, language: str) -> str:
        """What of `text` is not in `language`; empty where all is."""
        text = normal(text)
        if language == "en":
            return self._chinese_in(text) if CHINESE.search(text) else ""
        return self._english_in(text)

    def _chinese_in(self, text: str) -> str:
        if text in self.chinese:
            return text
        rest, at = [], 0
        while at < len(text):
            # The longest piece of data that begins here; masked names keep their first character.
            for end in range(min(len(text), at + self.longest), at + 1, -1):
                if text[at:end] in self.data:
                    at = end
                    break
            else:
                rest.append(text[at])
                at += 1
        left = re.sub(r"[\u4e00-\u9fff][*＊]+[\u4e00-\u9fff]?", "", "".join(rest))
        return left if CHINESE.search(left) else ""

    def _english_in(self, text: str) -> str:
        if text in self.data:
            return ""
        if text in self.english:
            return text
        if not SENTENCE.search(text):
            return ""
        if any(pattern.fullmatch(text) for pattern in self.patterns):
            return text
        return "" if any(part in self.data for part in re.split(r" · |：|；", text)) else text
