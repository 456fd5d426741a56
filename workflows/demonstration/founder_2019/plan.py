"""Which firms claim the founder award of 2019, with what revenue, and what becomes of each."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from accounts.models import Industry
from workflows.demonstration.firms import DISTRICTS, STYLE_A, STYLE_B, TRADES, Firm
from workflows.demonstration.identities import made_up_credit_code

YEAR = SEED = 2019
AWARDED_FEN = 1_474_110_000
SECTORS = {Industry.SOFTWARE: 7, Industry.ELECTRONICS: 1, Industry.BIOMEDICINE: 5, Industry.NEW_MATERIALS: 1}
# Those who fail: at which point, and of which sector.
FAILING = {
    "share": Industry.SOFTWARE,
    "veto": Industry.ELECTRONICS,
    "score": Industry.BIOMEDICINE,
    "review": Industry.NEW_MATERIALS,
}
# Ordinals of their credit codes, beyond those of the other programmes' firms.
FIRST_ORDINAL = 701
THRESHOLD_FEN, MOST_FEN = 3_000_000_000, 200_000_000
# So many have more revenue than the award can follow.
AT_MOST = 2


@dataclass(frozen=True, slots=True)
class Course:
    """One firm's way: `fails` names the point, or is empty."""

    firm: Firm
    revenue_fen: int
    share_percent: str
    selected_year: int
    first_reached_year: int
    earlier_claims: int
    fails: str = ""
    corrects: bool = False

    @property
    def answers(self) -> dict[str, str]:
        """What it answers beside the sections that every form has."""
        return {
            "major_project": "no",
            "selected_year": str(self.selected_year),
            "share_percent": self.share_percent,
            "invested_fen": "0",
            "revenue_fen": f"{self.revenue_fen / 100:.2f}",
            "first_reached_year": str(self.first_reached_year),
            "earlier_claims": str(self.earlier_claims),
        }


def plan() -> list[Course]:
    """14 firms that are awarded CNY 14,741,100 together, and four that are not; the same at every call."""
    random = Random(SEED)  # noqa: S311 - a demonstration, not a secret
    sectors = [sector for sector, firms in SECTORS.items() for _ in range(firms)]
    random.shuffle(sectors)
    awards = _awards(len(sectors), random)
    names = _names(random)
    courses = []
    for n, (sector, fails) in enumerate([*((s, "") for s in sectors), *((s, f) for f, s in FAILING.items())]):
        revenue = (
            THRESHOLD_FEN + awards[n] * 100 if n < len(awards) else random.randrange(40, 90) * 100_000_000
        )
        if n < len(awards) and awards[n] == MOST_FEN:
            revenue += random.randrange(10, 120) * 100_000_000
        courses.append(
            Course(
                firm=_firm(FIRST_ORDINAL + n, sector, names, random), revenue_fen=revenue,
                share_percent="12.5" if fails == "share" else f"{random.randrange(200, 780) / 10}",
                selected_year=random.randrange(2012, 2018), first_reached_year=random.randrange(2015, 2019),
                earlier_claims=random.randrange(0, 3), fails=fails, corrects=n % 6 == 4,
            )
        )  # fmt: skip
    return courses


def _awards(count: int, random: Random) -> list[int]:
    """Awards in fen, in whole yuan, that add up to the year's sum; none above the most."""
    rest = AWARDED_FEN - AT_MOST * MOST_FEN
    weights = [random.uniform(0.4, 1.6) for _ in range(count - AT_MOST)]
    drawn = [int(rest / 100 * weight / sum(weights)) * 100 for weight in weights]
    drawn[-1] += rest - sum(drawn)
    return [MOST_FEN] * AT_MOST + drawn


def _names(random: Random) -> Iterator[tuple[str, str]]:
    pairs = [(a, b) for a in STYLE_A for b in STYLE_B]
    random.shuffle(pairs)
    return iter(pairs)


def _firm(ordinal: int, sector: str, names: Iterator[tuple[str, str]], random: Random) -> Firm:
    first, second = next(names)
    name = f"厦门示例双百{first}{second}{random.choice(TRADES[sector])}有限公司"
    return Firm(
        ordinal, name, made_up_credit_code(ordinal), str(sector), str(random.choice(DISTRICTS)), people=0
    )
