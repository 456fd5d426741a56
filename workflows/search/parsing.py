"""A search, from the text to the cases: every term must hold; what cannot be understood is told with its place."""

import re
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Self

from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from config.words import T
from workflows.errors import SearchUnclear
from workflows.models import ApplicationQuerySet
from workflows.queries import desk_of
from workflows.search.keywords import BY_NAME, Asked, Found, employers, every_state, values_of
from workflows.search.terms import Problem, Term, Unreadable, like, terms_of

LONGEST = 500
_NUMBERED = re.compile(r"[A-Za-z]{1,4}\d+[\w-]*")
NO_KEYWORD = T(
    "There is no keyword “{word}”. Put the words between quotation marks to look for them as they are.",
    "没有“{word}”这个关键词。要按原样查找，请加引号。",
)
MEANT_KEYWORD = T(
    "There is no keyword “{word}”; did you mean “{meant}”?", "没有“{word}”这个关键词，是否要用“{meant}”？"
)
TOO_LONG = T("A search has at most {most} characters.", "搜索最多 {most} 个字符。")


@dataclass(frozen=True, slots=True)
class Search:
    """What a text asks for.

    Attributes:
        q: the condition on cases; where something is unclear, of what is clear.
        problems: what cannot be understood; nothing should be shown or done then.
        counted: the same condition on the counters, None where they cannot answer it.
        states: the only states that can match, None for all.
        beside: what `q` says beyond `states`: a condition said twice would mislead the planner.
    """

    text: str
    q: Q
    beside: Q = field(default_factory=Q)
    problems: tuple[Problem, ...] = ()
    counted: Q | None = None
    states: frozenset[str] | None = None

    @property
    def is_clear(self) -> bool:
        return not self.problems

    @property
    def mended(self) -> str:
        """The text with what was perhaps meant in the place of what cannot be understood; empty where nothing is."""
        text, changed = self.text, False
        for problem in reversed(self.problems):
            if problem.meant:
                text, changed = text[: problem.start] + problem.meant + text[problem.end :], True
        return text if changed else ""

    def checked(self) -> Self:
        """Itself.

        Raises:
            SearchUnclear: a word cannot be understood; names the first.
        """
        if self.problems:
            raise SearchUnclear(problem=self.problems[0].words)
        return self


def parse(text: str, user: User) -> Search:
    """The meaning of `text` for `user`; never raises for what was typed.

    >>> parse("state:chekced", user).problems[0].words.en       # doctest: +SKIP
    'There is no state “chekced”; did you mean “checked”?'
    """
    text = text.replace("\0", "")
    if len(text) > LONGEST:
        return Search(text, Q(), problems=(Problem("", LONGEST, len(text), TOO_LONG.format(most=LONGEST)),))
    terms, problems = terms_of(text)
    asked = Asked(user, timezone.localdate())
    q, beside, counted, states = Q(), Q(), Q(), None
    countable = True
    for term in terms:
        try:
            found = _found(term, asked)
        except Unreadable as unreadable:
            problems.append(_told(unreadable, term, text))
            continue
        q &= ~found.q if term.negated else found.q
        if found.states is None or found.states != found.whole:
            beside &= ~found.q if term.negated else found.q
        countable = countable and found.counted is not None
        if found.counted is not None:
            counted &= ~found.counted if term.negated else found.counted
        possible = _possible(found, negated=term.negated)
        states = possible if states is None else states if possible is None else states & possible
    problems.sort(key=lambda problem: problem.start)
    return Search(text, q, beside, tuple(problems), counted if countable else None, states)


# Keywords that are read without asking the database, and that the counters can answer.
_COUNTABLE = ("is", "state", "programme", "year", "round")


def countable(text: str, user: User) -> Q | None:
    """`text` as a condition on the counters; None where they cannot answer it. Asks the database nothing."""
    terms, problems = terms_of(text)
    keywords = [BY_NAME.get(term.key) for term in terms]
    if problems or not all(keyword and keyword.name in _COUNTABLE for keyword in keywords):
        return None
    search = parse(text, user)
    return search.counted if search.is_clear else None


def matching(user: User, text: str) -> ApplicationQuerySet:
    """All cases of `user`'s desk that `text` asks for, however many; unordered.

    Raises:
        SearchUnclear: a word cannot be understood; nothing is guessed.
    """
    return desk_of(user).filter(parse(text, user).checked().q)


def _told(unreadable: Unreadable, term: Term, text: str) -> Problem:
    word, meant = text[term.start : term.end], unreadable.meant
    if " " in meant:
        meant = f'"{meant}"'
    said = unreadable.said if meant and unreadable.said in word else ""
    return Problem(word, term.start, term.end, unreadable.words, word.replace(said, meant, 1) if said else "")


def _possible(found: Found, *, negated: bool) -> frozenset[str] | None:
    """The states in which the cases of a term can stand; None where it says nothing of that."""
    if not negated:
        return found.states
    return every_state() - found.whole if found.whole else None


def _found(term: Term, asked: Asked) -> Found:
    if not term.key:
        return Found(_words(term))
    keyword = BY_NAME.get(term.key)
    if keyword is None:
        meant = like(term.key, BY_NAME)
        words = MEANT_KEYWORD if meant else NO_KEYWORD
        raise Unreadable(words.format(word=term.key, meant=meant), term.key, meant)
    found = [keyword.read(value, term, asked) for value in values_of(keyword, term)]
    counted = [one.counted for one in found if one.counted is not None]
    states = [one.states for one in found if one.states is not None]
    return Found(
        reduce(or_, (one.q for one in found)),
        reduce(or_, counted) if len(counted) == len(found) else None,
        frozenset[str]().union(*states) if len(states) == len(found) else None,
        frozenset[str]().union(*(one.whole for one in found)),
    )


def _words(term: Term) -> Q:
    """Plain words: the beginning of a receipt number, a part of the employer's name, or of its code the beginning."""
    number = Q(number__startswith=term.value.upper())
    if _NUMBERED.fullmatch(term.value) and not term.quoted:
        return number
    return number | employers(term.value)
