"""From which policy version to which something is declared; the order is that of `Programme.policies`."""


def versions_between(order: tuple[str, ...], since: str, until: str, what: str) -> tuple[str, ...] | None:
    """The versions from `since` to `until`, both included; None where these are all.

    Raises:
        ValueError: a version is not declared, or the two are the wrong way round; names `what`.
    """
    if not since and not until:
        return None
    for key in (since, until):
        if key and key not in order:
            raise ValueError(f"{what}: there is no policy version {key!r}, only {', '.join(order)}")
    first = order.index(since) if since else 0
    last = order.index(until) if until else len(order) - 1
    if first > last:
        raise ValueError(f"{what}: since {since!r} comes after until {until!r}")
    found = order[first : last + 1]
    return None if found == order else found


def holds_in(
    policy: str, order: tuple[str, ...], since: str, until: str, what: str = "a declaration"
) -> bool:
    """Whether what is declared from `since` to `until` is part of `policy`."""
    found = versions_between(order, since, until, what)
    return found is None or policy in found
