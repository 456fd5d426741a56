"""The rubric of a programme, and a review by it: raw scores never change, a revision is another review."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from config.errors import Refusal
from config.words import T


class ScoreFault(Refusal):
    """A score, a review or a rule that cannot be; it says which and why."""

    code = "score_fault"
    words = T(en="This cannot be counted: {what}.", zh="无法计分：{what}。")


@dataclass(frozen=True, slots=True)
class Criterion:
    """What is scored from `lowest` to `highest` (if unsaid, the weight); the weight is its share of a total."""

    key: str
    title: T
    weight: Decimal
    required: bool = True
    lowest: Decimal = Decimal(0)
    highest: Decimal | None = None

    @property
    def most(self) -> Decimal:
        return self.weight if self.highest is None else self.highest


@dataclass(frozen=True, slots=True)
class Rubric:
    """The criteria in their order; `full` is the total of a review with every score at its highest."""

    criteria: tuple[Criterion, ...]
    full: Decimal = Decimal(100)

    def __post_init__(self) -> None:
        keys = [one.key for one in self.criteria]
        if not keys or len(set(keys)) < len(keys):
            raise fault("a rubric needs criteria, each with a key of its own", "评分表须有指标，且各有编号")
        for one in self.criteria:
            if one.weight <= 0 or not 0 <= one.lowest < one.most:
                raise fault(f"“{one.key}” has no weight or no range", f"“{one.key}”的权重或分值范围有误")


class Standing(StrEnum):
    """Whether a review is one. Who recused themselves or abstains gave nothing, not nought."""

    GIVEN = "given"
    RECUSED = "recused"
    ABSTAINED = "abstained"


@dataclass(frozen=True, slots=True)
class Review:
    """What an expert gave a project, as it was given; revisions count from 1 and need a reason from 2 on."""

    project: str
    expert: str
    scores: Mapping[str, Decimal] = field(default_factory=dict)
    standing: Standing = Standing.GIVEN
    revision: int = 1
    reason: str = ""


def check(rubric: Rubric, review: Review) -> None:
    """Refuse a review that the rubric does not know.

    Raises:
        ScoreFault: a score out of range, an unknown criterion, scores by somebody who gives none.
    """
    by_key = {one.key: one for one in rubric.criteria}
    name = f"{review.project} / {review.expert}"
    if review.standing != Standing.GIVEN and review.scores:
        raise fault(
            f"{name} holds scores by somebody who is {review.standing}", f"{name} 已回避或弃权，不应有评分"
        )
    for key, score in review.scores.items():
        if key not in by_key:
            raise fault(f"{name} scores “{key}”, which is no criterion", f"{name} 评分指标“{key}”不存在")
        lowest, most = by_key[key].lowest, by_key[key].most
        if not (score.is_finite() and lowest <= score <= most):
            raise fault(
                f"{name} gives “{key}” {score}; it goes from {lowest} to {most}",
                f"{name} 给“{key}”打 {score} 分，范围为 {lowest} 至 {most}",
            )


def histories(reviews: Iterable[Review]) -> dict[tuple[str, str], list[Review]]:
    """Every project and expert with their revisions, the first first.

    Raises:
        ScoreFault: a revision is missing, stands there twice, or has no reason.
    """
    found: dict[tuple[str, str], list[Review]] = {}
    for review in sorted(reviews, key=lambda one: (one.project, one.expert, one.revision)):
        earlier = found.setdefault((review.project, review.expert), [])
        name = f"{review.project} / {review.expert}"
        if review.revision != len(earlier) + 1:
            raise fault(
                f"{name} has revision {review.revision} where {len(earlier) + 1} should be",
                f"{name} 的第 {review.revision} 次评分应为第 {len(earlier) + 1} 次",
            )
        if earlier and not review.reason.strip():
            raise fault(f"{name} is revised without a reason", f"{name} 修改评分未说明理由")
        earlier.append(review)
    return found


def fault(en: str, zh: str) -> ScoreFault:
    """The refusal in both languages."""
    return ScoreFault(what=T(en=en, zh=zh))
