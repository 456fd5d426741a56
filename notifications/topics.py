"""Who delivers what: topic of an outbox row → the function that brings about its effect.

    @topic("case.moved")
    def tell_applicant(payload: dict[str, Any], key: str) -> None: ...

    @topic("case.approved", batch=True)
    def tell_applicants(rows: list[tuple[str, dict[str, Any]]]) -> None: ...   # (key, payload), up to 500

A handler runs inside the transaction that marks its rows delivered: what it writes to the database happens
exactly once. What it does elsewhere happens at least once, and the receiver drops a second copy by the key.
A handler that raises is tried again later; a batch that raises is tried again row by row.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, Literal, overload

from config.words import T

Payload = dict[str, Any]
Handle = Callable[[Payload, str], None]
HandleMany = Callable[[list[tuple[str, Payload]]], None]
Around = Callable[[], AbstractContextManager[Any]]


class UnknownTopic(LookupError):  # noqa: N818 - named for its cause
    """No handler is registered for a row's topic in this process."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A registered handler; `around` is entered once for a run of rows, such as a mail connection."""

    name: str
    batch: bool
    handle: Callable[..., None]
    around: Around = nullcontext

    def deliver(self, rows: list[tuple[str, Payload]]) -> None:
        """Bring about the effect of `rows`; more than one only where the topic takes batches."""
        if self.batch:
            self.handle(rows)
            return
        for key, payload in rows:
            self.handle(payload, key)


_topics: dict[str, Topic] = {}
_optional: dict[str, T] = {}


@overload
def topic(name: str, *, around: Around = nullcontext) -> Callable[[Handle], Handle]: ...
@overload
def topic(
    name: str, *, batch: Literal[True], around: Around = nullcontext
) -> Callable[[HandleMany], HandleMany]: ...
def topic(name: str, *, batch: bool = False, around: Around = nullcontext) -> Callable[[Any], Any]:
    """Register the decorated function as the one that delivers rows of the topic `name`.

    Raises:
        ValueError: another function delivers this topic.
    """

    def register(handle: Callable[..., None]) -> Callable[..., None]:
        known = _topics.get(name)
        if known and known.handle.__qualname__ != handle.__qualname__:
            raise ValueError(f"topic {name!r} is delivered by {known.handle.__qualname__}")
        _topics[name] = Topic(name=name, batch=batch, handle=handle, around=around)
        return handle

    return register


def topic_named(name: str) -> Topic:
    """The handler of `name`.

    Raises:
        UnknownTopic: there is none.
    """
    try:
        return _topics[name]
    except KeyError as error:
        raise UnknownTopic(name) from error


def optional_mail(name: str, words: T) -> None:
    """Let people switch off the e-mails that `tell` sends under the topic `name`; `words` name it to them."""
    _optional[name] = words


def optional_mails() -> dict[str, T]:
    """Topic → its words, for the page of preferences, in the order of registration."""
    return dict(_optional)
