"""What experts score by: criteria with their points, vetoes, and what the score comes to."""

from dataclasses import dataclass
from decimal import Decimal

from config.words import T


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that is scored, from 0 to `points`; its parts, where it has some, add up to it."""

    name: str
    title: T
    points: int
    parts: "tuple[Criterion, ...]" = ()
    # One that is not required is left out of the weights where it is not scored; it never counts as zero.
    required: bool = True

    def __post_init__(self) -> None:
        if self.parts and sum(part.points for part in self.parts) != self.points:
            raise ValueError(f"the parts of {self.name} do not add up to {self.points} points")


@dataclass(frozen=True, slots=True)
class Veto:
    """A defect on which a case fails whatever its score."""

    name: str
    title: T


@dataclass(frozen=True, slots=True)
class Rubric:
    """How a panel scores: a score of `pass_at` and above passes, of `revise_at` and above passes after revision.

    From `trimmed_from` experts on, the highest and the lowest score are left out of the mean. A spread of more
    than `discuss_spread` points asks for a discussion.
    """

    criteria: tuple[Criterion, ...]
    pass_at: Decimal
    revise_at: Decimal | None = None
    vetoes: tuple[Veto, ...] = ()
    trimmed_from: int | None = 7
    discuss_spread: Decimal | None = None

    @property
    def points(self) -> int:
        """What a case can reach at most."""
        return sum(criterion.points for criterion in self.criteria)
