"""Addresses of many things of one kind: the pattern is looked up once, each number is only filled in."""

from collections.abc import Callable

from django.urls import reverse

# A number that stands in no address of ours, in place of the one that varies.
_PLACE = 9_000_000_000_000_001


def addresses(name: str, *rest: object) -> Callable[[int], str]:
    """What gives the address `name` of a thing by its number, as `reverse(name, args=[number, *rest])` would."""
    before, _, after = reverse(name, args=[_PLACE, *rest]).partition(str(_PLACE))
    return lambda number: f"{before}{number}{after}"
