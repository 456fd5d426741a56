"""Panels of software filing: five experts drawn by public numbers, invited, heard, concluded, signed."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from random import Random

from workflows.demonstration.cases import Claim
from workflows.demonstration.cast import Cast
from workflows.demonstration.hearings import MINUTES_A_CASE, Hearing, Verdict, room
from workflows.demonstration.replay import Replay
from workflows.models import Round
from workflows.review.sessions import making

OPINIONS = {"pass": "材料齐全，数据有审计报告支持，自主开发属实，同意备案。"}
# So many of five find that a condition is not reached.
VETOING = 4


def verdict(why: str = "") -> Verdict:
    """What a panel thinks of a filing; `why` a condition is not reached, where it is not."""
    return Verdict(46, vetoes=VETOING, why=why) if why else Verdict(88)


def hearing(
    cast: Cast, round_: Round, claims: Sequence[tuple[Claim, str]], start: datetime, *, declining: int = 0
) -> Hearing:
    """A session that begins then, one filing after the other, each with what is wrong with it."""
    ends = start + timedelta(minutes=MINUTES_A_CASE * len(claims))
    slot = making.Slot(start.date(), "am", start, ends, room(cast, 2))
    return Hearing(
        cast, round_, [(claim, verdict(why)) for claim, why in claims], Random(start.toordinal()), slot,  # noqa: S311
        declining, opinions=OPINIONS, veto="condition", by_lottery=True,
    )  # fmt: skip


def hold(replay: Replay, held: Hearing, before: Callable[..., datetime]) -> None:
    """Put a session on the agenda: made, its pool frozen, drawn when the numbers are out, answered, held, signed.

    Args:
        before: the time on a day so many working days before the session, at that hour and minute.
    """
    start = held.slot.starts_at
    assert start is not None
    for days, hour, what in (
        (6, 14, held.make), (6, 15, held.announce), (3, 10, held.draw), (3, 14, held.answer), (1, 16, held.confirm),
    ):  # fmt: skip
        replay.on(before(days, hour), what)
    replay.on(start, held.open)
    replay.on(start + timedelta(minutes=2), lambda _: held.hear(start + timedelta(minutes=2)))
    replay.on(start + timedelta(minutes=MINUTES_A_CASE * len(held.claims) + 5), held.close)
