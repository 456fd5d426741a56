"""Totals → the official score of a project, by the rule of its programme."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import groupby

from workflows.review.scoring.exact import half_up
from workflows.review.scoring.rubric import Standing, fault
from workflows.review.scoring.totals import Total

# Below five reviews, dropping two of them would leave the score to three people or fewer.
LEAST_TO_TRIM = 5


@dataclass(frozen=True, slots=True)
class Rule:
    """Mean, or from panels of `trims_from` on the mean without one highest and one lowest, where enough reviews count.

    The panel's size decides, so that one recusal does not give a project another rule than its neighbours; but a
    project with fewer than `least` reviews that count keeps them all.
    """

    panel: int
    trims_from: int | None = 7
    least: int = LEAST_TO_TRIM

    def __post_init__(self) -> None:
        if self.least < LEAST_TO_TRIM:
            raise fault(
                f"a mean can be trimmed from {LEAST_TO_TRIM} reviews on, not from {self.least}",
                f"至少 {LEAST_TO_TRIM} 份评分才能去掉最高分和最低分，现为 {self.least} 份",
            )

    def trims(self, reviews: int) -> bool:
        """Whether so many reviews are trimmed."""
        return self.trims_from is not None and self.panel >= self.trims_from and reviews >= self.least


@dataclass(frozen=True, slots=True)
class Score:
    """The official score of a project, with everything that went into it and everything that did not."""

    project: str
    counted: tuple[Total, ...]
    dropped: tuple[Total, ...]
    incomplete: tuple[Total, ...]
    recused: tuple[Total, ...]
    abstained: tuple[Total, ...]
    exact: Fraction | None

    @property
    def shown(self) -> Decimal | None:
        """As it is published: half-up to two decimals. Ranking uses `exact`."""
        return None if self.exact is None else half_up(self.exact)

    @property
    def used(self) -> tuple[Total, ...]:
        """Those of the counted that were not dropped."""
        return tuple(one for one in self.counted if one not in self.dropped)


def rule_of(rule: Rule | Mapping[str, Rule], project: str) -> Rule:
    """The rule of a project: that of all, or its own."""
    return rule if isinstance(rule, Rule) else rule[project]


def scores_of(totals: Iterable[Total], rule: Rule | Mapping[str, Rule]) -> dict[str, Score]:
    """The score of every project, in the order of projects."""
    ordered = sorted(totals, key=lambda one: (one.project, one.expert))
    return {
        project: score_of(project, tuple(some), rule_of(rule, project))
        for project, some in groupby(ordered, key=lambda one: one.project)
    }


def score_of(project: str, totals: tuple[Total, ...], rule: Rule) -> Score:
    """The score of one project; nothing where no review counts."""
    counted = tuple(one for one in totals if one.exact is not None)
    dropped = _extremes(counted) if rule.trims(len(counted)) else ()
    used = [one.exact for one in counted if one not in dropped and one.exact is not None]
    return Score(
        project=project,
        counted=counted,
        dropped=dropped,
        incomplete=tuple(one for one in totals if one.standing == Standing.GIVEN and one.exact is None),
        recused=tuple(one for one in totals if one.standing == Standing.RECUSED),
        abstained=tuple(one for one in totals if one.standing == Standing.ABSTAINED),
        exact=sum(used, Fraction(0)) / len(used) if used else None,
    )


def _extremes(counted: tuple[Total, ...]) -> tuple[Total, Total]:
    """One highest and one lowest; among equals it changes nothing which."""
    ordered = sorted(counted, key=lambda one: (one.exact or Fraction(0), one.expert))
    return ordered[-1], ordered[0]
