"""A search, from the text to the cases: every term must hold; what cannot be understood is told with its place."""

import re
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from config.words import T
from workflows.errors import SearchUnclear
from workflows.models import ApplicationQuerySet
from workflows.queries import desk_of
from workflows.search.keywords import BY_NAME, Asked, Found, employers, values_of
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
    """

    text: str
    q: Q
    problems: tuple[Problem, ...] = ()
    counted: Q | None = None
    states: frozenset[str] | None = None

    @property
    def is_clear(self) -> bool:
        return not self.problems


def parse(text: str, user: User) -> Search:
    """The meaning of `text` for `user`; never raises for what was typed.

    >>> parse("state:chekced", user).problems[0].words.en       # doctest: +SKIP
    'There is no state “chekced”; did you mean “checked”?'
    """
    text = text.replace("\0", "")
    if len(text) > LONGEST:
        return Search(text, Q(), (Problem("", LONGEST, len(text), TOO_LONG.format(most=LONGEST)),))
    terms, problems = terms_of(text)
    asked = Asked(user, timezone.localdate())
    q, counted, states = Q(), Q(), None
    countable = True
    for term in terms:
        try:
            found = _found(term, asked)
        except Unreadable as unreadable:
            word = text[term.start : term.end]
            problems.append(Problem(word, term.start, term.end, unreadable.words, unreadable.meant))
            continue
        q &= ~found.q if term.negated else found.q
        countable = countable and found.counted is not None
        if found.counted is not None:
            counted &= ~found.counted if term.negated else found.counted
        if found.states is not None and not term.negated:
            states = found.states if states is None else states & found.states
    problems.sort(key=lambda problem: problem.start)
    return Search(text, q, tuple(problems), counted if countable else None, states)


def matching(user: User, text: str) -> ApplicationQuerySet:
    """All cases of `user`'s desk that `text` asks for, however many; unordered.

    Raises:
        SearchUnclear: a word cannot be understood; nothing is guessed.
    """
    search = parse(text, user)
    if search.problems:
        first = search.problems[0]
        raise SearchUnclear(problem=first.words)
    return desk_of(user).filter(search.q)


def _found(term: Term, asked: Asked) -> Found:
    if not term.key:
        return Found(_words(term))
    keyword = BY_NAME.get(term.key)
    if keyword is None:
        meant = like(term.key, BY_NAME)
        words = MEANT_KEYWORD if meant else NO_KEYWORD
        raise Unreadable(words.format(word=term.key, meant=meant), meant)
    found = [keyword.read(value, term, asked) for value in values_of(keyword, term)]
    counted = [one.counted for one in found if one.counted is not None]
    states = [one.states for one in found if one.states is not None]
    return Found(
        reduce(or_, (one.q for one in found)),
        reduce(or_, counted) if len(counted) == len(found) else None,
        frozenset[str]().union(*states) if len(states) == len(found) else None,
    )


def _words(term: Term) -> Q:
    """Plain words: the beginning of a receipt number, a part of the employer's name, or of its code the beginning."""
    number = Q(number__startswith=term.value.upper())
    if _NUMBERED.fullmatch(term.value) and not term.quoted:
        return number
    return number | employers(term.value)
