"""What a second upload changes."""

from collections.abc import Hashable, Iterable
from typing import Any, NamedTuple


class Difference(NamedTuple):
    """Keys: new ones, those whose fingerprint differs, those that are gone, those that are the same."""

    added: list[Any]
    changed: list[Any]
    removed: list[Any]
    same: list[Any]


def compare(old: Iterable[tuple[Hashable, Any]], new: Iterable[tuple[Hashable, Any]]) -> Difference:
    """How `new` differs from `old`; both are (key, fingerprint). Keys come in the order of their file.

    >>> compare([("a", 1), ("b", 1)], [("b", 2), ("c", 1)])
    Difference(added=['c'], changed=['b'], removed=['a'], same=[])
    """
    before, after = dict(old), dict(new)
    return Difference(
        added=[key for key in after if key not in before],
        changed=[key for key, print_ in after.items() if key in before and before[key] != print_],
        removed=[key for key in before if key not in after],
        same=[key for key, print_ in after.items() if key in before and before[key] == print_],
    )
