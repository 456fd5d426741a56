"""The year 2019 as it went: every employer's way from draft to closed, played in the order of its days."""

from workflows import rounds
from workflows.demonstration.cast import Cast, ensure_employers
from workflows.demonstration.days import Days, at
from workflows.demonstration.papers import Press
from workflows.demonstration.replay import Replay
from workflows.demonstration.year_2019 import decision, intake, money, verification
from workflows.demonstration.year_2019.plan import CLOSES_ON, OPENS_ON, YEAR, plan
from workflows.demonstration.year_2019.year import Year
from workflows.models import Round

__all__ = ["CLOSES_ON", "OPENS_ON", "YEAR", "open_round", "play"]


def play(replay: Replay, round_: Round, cast: Cast, days: Days, press: Press) -> None:
    """Put the whole year on the agenda and play it."""
    planned = plan(days)
    names = [planned.identities.name() for _ in planned.courses]
    employers = ensure_employers([course.firm for course in planned.courses], names)
    year = Year(replay, round_, cast, days, planned, employers, press)
    intake.begin(year)
    for slot in planned.slots():
        verification.verify(year, slot)
        decision.decide(year, slot)
    money.pay(year)
    replay.run()


def open_round(cast: Cast) -> Round:
    """The call of 2019."""
    return rounds.open_round(
        "talent-tax-rebate", "2019", YEAR, handler=cast.association, authority=cast.authority,
        opens_at=at(OPENS_ON, 9), closes_at=at(CLOSES_ON, 18), budget_fen=1_200_000_000,
    )  # fmt: skip
