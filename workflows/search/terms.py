"""What was typed into a search, taken apart: words, quoted words, `keyword:value`, each with its place."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from config.words import T

# Chinese input methods type these; each stands for one character, so that places stay what they were.
_WIDTHS = str.maketrans(
    "：＞＜＝，“”「」＂－＠＊　．" + "".join(chr(0xFF10 + n) for n in range(10)),
    ':><=,"""""-@* .' + "0123456789",
)
_TERM = re.compile(
    r"""(?P<minus>-)?
        (?:(?P<key>[^\s:"<>=,]+):)?
        (?P<sign><=|>=|<|>|=)?
        (?P<value>"[^"]*"?|[^\s"]*)""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Term:
    """One condition as typed. `start` and `end` are its place; `key` is empty for plain words."""

    key: str
    sign: str
    value: str
    negated: bool
    quoted: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Problem:
    """A word that cannot be understood: which, where it stands, why, and what was perhaps meant."""

    word: str
    start: int
    end: int
    words: T
    # The word as it was perhaps meant, to put in its place.
    meant: str = ""


class Unreadable(Exception):  # noqa: N818 - told to the person as a Problem
    """A value that a keyword cannot read; carries the sentence, and what was perhaps meant instead of `said`."""

    def __init__(self, words: T, said: str = "", meant: str = "") -> None:
        super().__init__(words.en)
        self.words, self.said, self.meant = words, said, meant


def like(word: str, known: Iterable[str]) -> str:
    """The one of `known` that `word` is nearest to, or nothing."""
    names = {name.casefold(): name for name in known}
    found = get_close_matches(word.casefold(), names, n=1, cutoff=0.6)
    return names[found[0]] if found else ""


def no_such(what: T, word: str, known: Iterable[str]) -> Unreadable:
    """The refusal of a word that names nothing: “There is no state “chekced”; did you mean “checked”?”"""
    meant = like(word, known)
    if meant:
        words = T(
            "There is no {what} “{word}”; did you mean “{meant}”?",
            "没有“{word}”这个{what}，是否要找“{meant}”？",
        )
        return Unreadable(words.format(what=what, word=word, meant=meant), word, meant)
    return Unreadable(
        T("There is no {what} “{word}”.", "没有“{word}”这个{what}。").format(what=what, word=word)
    )


def terms_of(text: str) -> tuple[list[Term], list[Problem]]:
    """The terms of `text` in order, and what is broken in its writing.

    >>> [(t.key, t.sign, t.value, t.negated) for t in terms_of('-state:checked amount:>1e6 "two words"')[0]]
    [('state', '', 'checked', True), ('amount', '>', '1e6', False), ('', '', 'two words', False)]
    """
    plain = text.translate(_WIDTHS)
    terms, problems = [], []
    at = 0
    while at < len(plain):
        if plain[at].isspace():
            at += 1
            continue
        match = _TERM.match(plain, at)
        assert match is not None  # every part may be empty
        end = max(match.end(), at + 1)
        term, problem = _term(match, text[at:end], at, end)
        if problem is not None:
            problems.append(Problem(text[at:end], at, end, problem))
        else:
            terms.append(term)
        at = end
    return terms, problems


def _term(match: re.Match[str], word: str, start: int, end: int) -> tuple[Term, T | None]:
    value, key, sign = match["value"], (match["key"] or "").casefold(), match["sign"] or ""
    quoted = value.startswith('"')
    problem = None
    if quoted and (len(value) == 1 or not value.endswith('"')):
        problem = T("The quotation mark of {word} is not closed.", "{word} 的引号没有闭合。")
    elif key and not value.strip('"'):
        problem = T("“{word}” needs a value behind the colon.", "“{word}”的冒号后面要写内容。")
    elif not key and (sign or not value.strip('" ')):
        problem = T(
            "“{word}” stands alone: it says nothing to look for.", "“{word}”单独出现，没有要找的内容。"
        )
    if not quoted and ":" in value and key:
        problem = T("“{word}” has more than one colon.", "“{word}”有不止一个冒号。")
    bare = value.strip('"') if quoted else value
    return (
        Term(key, sign, bare, match["minus"] is not None, quoted, start, end),
        problem.format(word=word) if problem else None,
    )
