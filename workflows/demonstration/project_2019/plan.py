"""Which projects are heard in 2019, in which session, and what the panels think of each."""

from dataclasses import dataclass
from random import Random

from workflows.demonstration.hearings import Verdict

YEAR = SEED = 2019
PROJECTS, SESSIONS = 100, 19
# So many pass after revision, fail by their score, fail by vetoes; the others pass.
REVISED, FAILED, VETOED = 24, 8, 3
# Ordinals of sessions in which an expert declines, two decline, one recuses themselves from a case.
DECLINED, TWICE, RECUSED = {2, 6, 9, 13, 17}, {9}, {4, 11}
DISCUSSED = 6
# The first is heard so many working days after the call opens; the others follow at that distance.
FIRST_DAY, DISTANCE = 30, 7


@dataclass(frozen=True, slots=True)
class Group:
    """The projects of one session, from 0, by what is thought of them."""

    ordinal: int
    verdicts: tuple[Verdict, ...]

    @property
    def day(self) -> int:
        """Working days from the opening of the call."""
        return FIRST_DAY + DISTANCE * self.ordinal

    @property
    def declining(self) -> int:
        return 2 if self.ordinal in TWICE else int(self.ordinal in DECLINED)


def plan() -> list[Group]:
    """19 sessions with 100 projects; the same at every call."""
    random = Random(SEED)  # noqa: S311 - a demonstration, not a secret
    passed = PROJECTS - REVISED - FAILED - VETOED
    verdicts = [
        *(Verdict(random.randrange(86, 93), discussed=n < DISCUSSED) for n in range(passed)),
        *(Verdict(random.randrange(66, 75)) for _ in range(REVISED)),
        *(Verdict(random.randrange(44, 53)) for _ in range(FAILED)),
        *(Verdict(random.randrange(72, 84), vetoes=3) for _ in range(VETOED)),
    ]
    random.shuffle(verdicts)
    sizes = [6 if n < PROJECTS - 5 * SESSIONS else 5 for n in range(SESSIONS)]
    random.shuffle(sizes)
    left = iter(verdicts)
    return [Group(n, tuple(next(left) for _ in range(size))) for n, size in enumerate(sizes)]
