"""What a chair should look at before concluding: disagreement, odd scores, and projects that hang on one expert."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import sqrt

from config.words import T
from workflows.review.scoring.agreement import range_of, variance_of
from workflows.review.scoring.effects import Effects
from workflows.review.scoring.exact import half_up, plain
from workflows.review.scoring.ranking import Ranked, TieBreak, rank
from workflows.review.scoring.rubric import Rubric, fault
from workflows.review.scoring.scores import Rule, Score, rule_of, score_of, scores_of
from workflows.review.scoring.totals import Total


@dataclass(frozen=True, slots=True)
class Limits:
    """From where on a project is flagged, in points; residuals in standard deviations."""

    range: Decimal = Decimal(30)
    spread: Decimal = Decimal(15)
    residual: float = 2.0


@dataclass(frozen=True, slots=True)
class Flag:
    """`kind`: `range`, `spread`, `residual`, `incomplete`, or `flip`; with the expert where it is about one."""

    kind: str
    project: str
    expert: str
    words: T


@dataclass(frozen=True, slots=True)
class Cut:
    """Who is above: a published score of at least so much, or the first so many places. One of the two."""

    at_least: Decimal | None = None
    places: int | None = None

    def __post_init__(self) -> None:
        if (self.at_least is None) == (self.places is None):
            raise fault("a cut is a score or a number of places", "入围线应为分数或名额之一")

    def above(self, scores: Mapping[str, Score], ranked: Iterable[Ranked]) -> set[str]:
        """A threshold is held against the score as published; places against the ranking, which rounds nothing."""
        if self.at_least is not None:
            at_least = self.at_least
            return {one.project for one in scores.values() if one.shown is not None and one.shown >= at_least}
        assert self.places is not None
        return {one.project for one in ranked if one.place <= self.places}


def flags_of(
    scores: Mapping[str, Score], effects: Effects | None, limits: Limits | None = None
) -> list[Flag]:
    """Everything that is out of the ordinary, project by project."""
    limits = limits or Limits()
    found: list[Flag] = []
    for score in scores.values():
        found += _disagreement(score, limits)
        found += [
            Flag("incomplete", score.project, one.expert, T(
                en=f"{one.expert}’s review is incomplete; criteria without a score: {len(one.missing)}.",
                zh=f"{one.expert} 的评分未完成，缺 {len(one.missing)} 项。",
            ))
            for one in score.incomplete
        ]  # fmt: skip
    return found + (_odd(effects, limits) if effects else [])


def _disagreement(score: Score, limits: Limits) -> list[Flag]:
    found = []
    width, variance = range_of(score), variance_of(score)
    if width > Fraction(limits.range):
        found.append(Flag("range", score.project, "", T(
            en=f"Highest and lowest are {plain(width)} points apart (over {limits.range}): discuss.",
            zh=f"最高分与最低分相差 {plain(width)} 分（超过 {limits.range} 分），应当讨论。",
        )))  # fmt: skip
    if variance is not None and variance > Fraction(limits.spread) ** 2:
        spread = half_up(Fraction(sqrt(variance)))
        found.append(Flag("spread", score.project, "", T(
            en=f"The scores spread by {spread} points (standard deviation, over {limits.spread}).",
            zh=f"评分标准差为 {spread} 分（超过 {limits.spread} 分）。",
        )))  # fmt: skip
    return found


def _odd(effects: Effects, limits: Limits) -> list[Flag]:
    """Scores far from what project and expert let expect; nothing where the error is not known."""
    if not effects.sigma:
        return []
    return [
        Flag("residual", project, expert, T(
            en=f"{expert} is {residual:+.2f} points from what project and expert let expect "
               f"({abs(residual) / effects.sigma:.1f} standard deviations).",
            zh=f"{expert} 的评分与预期相差 {residual:+.2f} 分（{abs(residual) / effects.sigma:.1f} 倍标准差）。",
        ))
        for (project, expert), residual in sorted(effects.residuals.items())
        if abs(residual) > limits.residual * effects.sigma
    ]  # fmt: skip


def flips(
    totals: Sequence[Total],
    rule: Rule | Mapping[str, Rule],
    cut: Cut,
    *,
    rubric: Rubric,
    ties: Sequence[TieBreak] = (),
    lot: Sequence[Sequence[int]] | None = None,
) -> list[Flag]:
    """The projects that change sides of the cut when one expert is left out, everywhere and with the same rule.

    `rule` is that of all projects, or of each by its name where panels differ in size.
    A project that is left without any score then is not said to flip: it would have to be reviewed again.
    """

    by_project: dict[str, list[Total]] = defaultdict(list)
    by_expert: dict[str, list[str]] = defaultdict(list)
    for one in totals:
        by_project[one.project].append(one)
        if one.exact is not None:
            by_expert[one.expert].append(one.project)
    scores = scores_of(totals, rule)

    def above(some: Mapping[str, Score]) -> set[str]:
        # A threshold asks nothing of the ranking.
        ranked = rank(some.values(), rubric=rubric, ties=ties, lot=lot) if cut.places is not None else ()
        return cut.above(some, ranked)

    now, found = above(scores), []
    for expert in sorted(by_expert):
        changed = {
            project: score_of(
                project,
                tuple(one for one in by_project[project] if one.expert != expert),
                rule_of(rule, project),
            )
            for project in by_expert[expert]
        }
        others = {**scores, **changed}
        without = above(others)
        for project in sorted(now ^ without):
            if others[project].exact is not None:
                found.append(_flip(expert, scores[project], others[project], rises=project in without))
    return found


def _flip(expert: str, now: Score, without: Score, *, rises: bool) -> Flag:
    side = T(en="rise above the cut", zh="进入") if rises else T(en="fall below the cut", zh="落到线外")
    words = T(
        en="Without {expert} it would {side}: {now} → {without}.",
        zh="去掉 {expert} 的评分，该项目将{side}：{now} → {without}。",
    )
    return Flag(
        "flip", now.project, expert,
        words.format(expert=expert, side=side, now=now.shown, without=without.shown),
    )  # fmt: skip
