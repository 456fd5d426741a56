"""Who wants to know of a verdict: callbacks that run in the transaction that gives it.

Rooms above keep their own facts there ("every paper of this case is clean") and this room need not
know of them. Subscribe in `AppConfig.ready`.
"""

from collections.abc import Callable

from storage.models import Document

_callbacks: list[Callable[[Document], None]] = []


def subscribe(callback: Callable[[Document], None]) -> None:
    """Call `callback(document)` in the transaction of each verdict; what it raises undoes the verdict too.

    Subscribing twice calls once.
    """
    if callback not in _callbacks:
        _callbacks.append(callback)


def unsubscribe(callback: Callable[[Document], None]) -> None:
    """Call `callback` no longer."""
    _callbacks.remove(callback)


def announce(document: Document) -> None:
    """Tell every subscriber, in the caller's transaction, that `document` has its verdict."""
    for callback in _callbacks:
        callback(document)
