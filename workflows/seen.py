"""Two people fill in one form at once: what each of them saw decides what may be overwritten.

A page carries for each field the fingerprint of the answer as it stood when the page was drawn. A field
that its reader left alone never overwrites; one that both changed is a collision, shown with both answers.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.utils.crypto import salted_hmac

SEEN = "{name}.was"


def fingerprint(typed: str) -> str:
    """A keyed digest of an answer: equal for equal answers, and nothing can be read from it."""
    return salted_hmac("workflows.seen", typed, algorithm="sha256").hexdigest()[:20]


def fingerprints(answers: Mapping[str, str], names: Collection[str]) -> dict[str, str]:
    """The hidden inputs of a page: name of the input → fingerprint of the answer as it is drawn."""
    return {SEEN.format(name=name): fingerprint(answers.get(name, "")) for name in names}


@dataclass(frozen=True, slots=True)
class Collision:
    """A field that somebody else has changed since the page was drawn, and its reader as well."""

    name: str
    theirs: str
    mine: str


def sorted_out(
    stored: Mapping[str, str], posted: Mapping[str, str], names: Collection[str]
) -> tuple[set[str], list[Collision]]:
    """Those of `names` that the post really changes, and those on which two people collide.

    A field without a fingerprint in the post counts as changed: who sends none overwrites knowingly.
    """
    changed, collisions = set(), []
    for name in names:
        seen, mine, now = posted.get(SEEN.format(name=name)), posted.get(name) or "", stored.get(name, "")
        if seen is None or fingerprint(now) == seen:
            changed.add(name)
        elif mine != now and fingerprint(mine) != seen:
            collisions.append(Collision(name, now, mine))
    return changed, collisions
