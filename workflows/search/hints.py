"""What the search understands, for the help beside it and for what is offered while typing."""

from dataclasses import dataclass

from django.utils import timezone

from accounts.models import User
from config.words import T
from workflows.search.keywords import IS, KEYWORDS, Asked


@dataclass(frozen=True, slots=True)
class Hint:
    """One keyword in the help: its name, its other names, what it means, examples."""

    name: str
    also: tuple[str, ...]
    words: T
    examples: tuple[str, ...]
    # Values that are the same in every programme, each with its meaning.
    values: tuple[tuple[str, T], ...] = ()


def hints() -> list[Hint]:
    """Every keyword, in the order of the help."""
    kinds = tuple((kind.name, kind.words) for kind in IS)
    return [Hint(k.name, k.also, k.words, k.examples, kinds if k.name == "is" else ()) for k in KEYWORDS]


def offers(user: User) -> list[tuple[str, T]]:
    """What can be typed next: each keyword, and each value that has a name, with its meaning."""
    asked = Asked(user, timezone.localdate())
    found = [(f"{keyword.name}:", keyword.words) for keyword in KEYWORDS]
    for keyword in KEYWORDS:
        found += [(f"{keyword.name}:{value}", words) for value, words in keyword.offers(asked)]
    return found
