"""Reviews → totals: the criteria by their weights; what is missing is never nought."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from workflows.review.scoring.rubric import Criterion, Review, Rubric, Standing, check, histories


@dataclass(frozen=True, slots=True)
class Total:
    """What the latest review of an expert comes to; nothing where it is incomplete or none was given."""

    review: Review
    exact: Fraction | None
    missing: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    earlier: tuple["Total", ...] = ()

    @property
    def project(self) -> str:
        return self.review.project

    @property
    def expert(self) -> str:
        return self.review.expert

    @property
    def standing(self) -> Standing:
        return self.review.standing


def totals_of(rubric: Rubric, reviews: Iterable[Review]) -> list[Total]:
    """The total of every expert's latest review, in the order of projects and experts; with the revisions before it.

    Raises:
        ScoreFault: a review that the rubric does not know, or revisions out of order.
    """
    found = []
    for history in histories(reviews).values():
        for review in history:
            check(rubric, review)
        *earlier, latest = (total_of(rubric, review) for review in history)
        found.append(Total(latest.review, latest.exact, latest.missing, latest.left_out, tuple(earlier)))
    return found


def total_of(rubric: Rubric, review: Review) -> Total:
    """One review by itself: full × Σ weight × score ÷ highest, over the sum of the weights that were scored."""
    if review.standing != Standing.GIVEN:
        return Total(review, None)
    missing = tuple(one.key for one in rubric.criteria if one.required and one.key not in review.scores)
    left_out = tuple(one.key for one in rubric.criteria if not one.required and one.key not in review.scores)
    given = [one for one in rubric.criteria if one.key in review.scores]
    if missing or not given:
        return Total(review, None, missing, left_out)
    return Total(review, Fraction(rubric.full) * share_of(given, review), (), left_out)


def share_of(criteria: Iterable[Criterion], review: Review) -> Fraction:
    """The weighted share, 0 to 1, that a review gives these criteria; it has to score each of them."""
    scored = weights = Fraction(0)
    for one in criteria:
        score = Fraction(review.scores[one.key])
        weights += Fraction(one.weight)
        scored += score if one.most == one.weight else Fraction(one.weight) * score / Fraction(one.most)
    return scored / weights
