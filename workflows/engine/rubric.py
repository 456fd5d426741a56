"""What experts score by: criteria with their points, vetoes, and what the score comes to."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

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
    # What experts read beside it: what the points are given for.
    guidance: T | None = None
    # A score below the one, or of the other and above, has to be explained.
    comment_below: Decimal | None = None
    comment_from: Decimal | None = None

    def __post_init__(self) -> None:
        if self.parts and sum(part.points for part in self.parts) != self.points:
            raise ValueError(f"the parts of {self.name} do not add up to {self.points} points")

    def asks_comment(self, score: Decimal) -> bool:
        """Whether so many points have to be explained."""
        low, high = self.comment_below, self.comment_from
        return (low is not None and score < low) or (high is not None and score >= high)


@dataclass(frozen=True, slots=True)
class Veto:
    """A defect on which a case fails whatever its score, where a majority finds it."""

    name: str
    title: T
    guidance: T | None = None
    needs_comment: bool = True


@dataclass(frozen=True, slots=True)
class Tie:
    """Who is better in these criteria (their leaves) goes first among equals."""

    name: str
    title: T
    criteria: tuple[str, ...]


class Shown(StrEnum):
    """When experts read each other's reviews of a case: never before their own is in."""

    AFTER_OWN = "after_own"
    ALL_IN = "all_in"
    NEVER = "never"


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
    others_shown: Shown = Shown.AFTER_OWN
    # Whether the chair states a cut of the budget 核减 with the conclusion.
    cuts_budget: bool = False
    # In this order, before a lot.
    ties: tuple[Tie, ...] = ()

    def __post_init__(self) -> None:
        leaves = [leaf.name for one in self.criteria for leaf in (one.parts or (one,))]
        names = [*leaves, *(veto.name for veto in self.vetoes)]
        if twice := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"named twice in a rubric: {', '.join(sorted(twice))}")
        if unknown := {name for tie in self.ties for name in tie.criteria} - set(leaves):
            raise ValueError(f"a tie-break asks for what is not scored: {', '.join(sorted(unknown))}")

    @property
    def points(self) -> int:
        """What a case can reach at most."""
        return sum(criterion.points for criterion in self.criteria)


@dataclass(frozen=True, slots=True)
class Inspection:
    """How a firm is inspected on the spot: what is scored, by how many people, with how many photographs."""

    rubric: Rubric
    inspectors: int = 2
    photographs: int = 1
