"""The people on the demonstration's rosters: facts from which the decision table comes to a known result."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from workflows.demonstration.identities import Identities
from workflows.demonstration.income import FLOOR_YUAN, draw_excess, income_tax_fen
from workflows.roster_imports import months_between

GRANTED = ""
# How often the table refuses somebody, in per mille; R01 and R02 go by the firm, R06 by the policy.
REFUSALS = {"R03": 26, "R04": 22, "R05": 17, "R07": 13, "R08": 10}
SINCE_2021 = {"R06": 45}


def fate(random: Random, rates: dict[str, int]) -> str:
    """The rule by which somebody is refused; mostly none."""
    drawn = random.randrange(1000)
    for code, rate in rates.items():
        if drawn < rate:
            return code
        drawn -= rate
    return GRANTED


@dataclass(slots=True)
class Drawn:
    """A person with the facts of the roster, and what fits their pay to a total."""

    facts: dict[str, Any]
    fate: str
    excess: float
    deductions_yuan: int

    def earn(self, pay_fen: int, tax_fen: int) -> None:
        self.facts["pay_fen"], self.facts["tax_fen"] = pay_fen, tax_fen


def draw(
    identities: Identities, random: Random, *, year: int, window_ends: date, fate: str = GRANTED
) -> Drawn:
    """Somebody of whom the table of `year` says `fate`."""
    kind, number = identities.document()
    first_claimed = year - random.choice((0, 0, 1, 1, 2))
    hired_on = date(first_claimed, 1, 1) - timedelta(days=random.randrange(330, 3600))
    facts: dict[str, Any] = {
        "name": identities.name(),
        "id_kind": kind,
        "id_number": number,
        "post_kind": random.choice(("technical",) * 7 + ("management",) * 3),
        "post_level": random.choice(("senior", "middle", "middle")),
        "hired_on": hired_on,
        "still_employed": True,
        "first_claimed_year": first_claimed,
        "shares": 0,
        "other_award": False,
    }
    drawn = Drawn(facts, fate, draw_excess(random), random.choice((12_000, 24_000, 36_000, 48_000)))
    _refuse(drawn, random, year, window_ends)
    facts["tenure_months"] = months_between(facts["hired_on"], window_ends)
    pay_fen = facts.get("pay_fen") or (FLOOR_YUAN + int(drawn.excess * 10) * 100) * 100
    drawn.earn(pay_fen, income_tax_fen(pay_fen, drawn.deductions_yuan))
    return drawn


def _refuse(drawn: Drawn, random: Random, year: int, window_ends: date) -> None:
    facts = drawn.facts
    match drawn.fate:
        case "R03" if random.random() < 0.5:
            facts["still_employed"] = False
        case "R03":
            facts["hired_on"] = window_ends - timedelta(days=random.randrange(100, 330))
            facts["first_claimed_year"] = year
        case "R04":
            facts["pay_fen"] = random.randrange(1_900, 2_999) * 10_000
        case "R05":
            facts["post_level"] = "junior"
        case "R06" if random.random() < 0.5:
            facts["shares"] = random.choice(("0.0500", "0.1200", "0.3000"))
        case "R06":
            facts["post_kind"] = random.choice(("logistics", "official"))
        case "R07":
            facts["first_claimed_year"] = year - 3
            facts["hired_on"] = min(facts["hired_on"], date(year - 4, 6, 1))
        case "R08":
            facts["other_award"] = True
