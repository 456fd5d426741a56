"""Panels of the founder award: who sits, what they think of a firm, and how its session is held."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from random import Random

from workflows.demonstration.cases import Claim
from workflows.demonstration.cast import Cast
from workflows.demonstration.hearings import MINUTES_A_CASE, Hearing, Verdict, room
from workflows.demonstration.replay import Replay
from workflows.models import Expert, Round
from workflows.review.sessions import making
from workflows.review.sessions.places import conflicts_of

SEATS = 5
OPINIONS = {
    "pass": "企业经营真实、技术领先、成长性好，专家组一致同意通过。",
    "fail": "产品与所报业务收入关联不足，专家组不予通过。",
}


def verdict(fails: bool, random: Random) -> Verdict:
    """What a panel thinks of a firm, of a hundred points."""
    return Verdict(random.randrange(42, 50) if fails else random.randrange(78, 93))


def hearing(
    cast: Cast, round_: Round, claims: Sequence[tuple[Claim, Verdict]], start: datetime, *, seed: int
) -> Hearing:
    """A session that begins then, one firm after the other."""
    ends = start + timedelta(minutes=MINUTES_A_CASE * len(claims))
    slot = making.Slot(start.date(), "am", start, ends, room(cast))
    return Hearing(cast, round_, claims, Random(seed), slot, opinions=OPINIONS)  # noqa: S311 - a demonstration


def seat(held: Hearing, at: datetime) -> None:
    """The first of the enrolled experts who are tied to no case of the session; the first of them chairs."""
    session = held.session
    able = Expert.objects.enrolled().filter(user__isnull=False).select_related("user").order_by("code")
    able = able.exclude(seats__held_on=session.held_on, seats__half=session.half)
    found = list(able[: 4 * SEATS])
    tied = conflicts_of([session], [one.pk for one in found])
    panel = [one for one in found if one.pk not in tied][:SEATS]
    held.seat(panel, at, chair=panel[0])


def hold(replay: Replay, held: Hearing, before: Callable[[int, int], datetime]) -> None:
    """Put a session on the agenda from its making to its signatures.

    Args:
        before: the time on a day so many working days before the session, at that hour.
    """
    start = held.slot.starts_at
    assert start is not None
    prepare(replay, held, before)
    replay.on(start + timedelta(minutes=2), lambda _: held.hear(start + timedelta(minutes=2)))
    replay.on(start + timedelta(minutes=MINUTES_A_CASE * len(held.claims) + 5), held.close)


def prepare(replay: Replay, held: Hearing, before: Callable[[int, int], datetime]) -> None:
    """Put a session on the agenda from its making to its opening."""
    start = held.slot.starts_at
    assert start is not None
    replay.on(before(4, 14), held.make)
    replay.on(before(4, 15), lambda now: seat(held, now))
    replay.on(before(3, 9), held.answer)
    replay.on(before(1, 16), held.confirm)
    replay.on(start, held.open)


def first(held: Hearing, count: int) -> list[int]:
    """The first members of the panel, the chair among them."""
    return list(held.session.seats.order_by("pk").values_list("expert", flat=True)[:count])
