"""What the reviews of a case come to: the declared rubric applied to the rows, and the facts that guards ask for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from config.errors import Refusal
from config.words import T
from workflows.engine.rubric import Criterion, Rubric
from workflows.models import Application, Assignment, Review
from workflows.review.scoring import rubric as scoring
from workflows.review.scoring import scores as scored
from workflows.review.scoring.totals import totals_of


def leaves(rubric: Rubric) -> tuple[Criterion, ...]:
    """What is scored: the parts of a criterion where it has some, else the criterion itself."""
    return tuple(leaf for one in rubric.criteria for leaf in (one.parts or (one,)))


def counted_by(rubric: Rubric) -> scoring.Rubric:
    """The rubric as scores are counted by it: full is what can be reached, so that points stay points."""
    return scoring.Rubric(
        tuple(
            scoring.Criterion(leaf.name, leaf.title, Decimal(leaf.points), required=leaf.required)
            for leaf in leaves(rubric)
        ),
        full=Decimal(rubric.points),
    )


class ReviewIncomplete(Refusal):
    """A required criterion is not scored."""

    code = "review_incomplete"
    words = T(en="Not scored yet: {names}.", zh="尚未评分：{names}。")


class UnknownVeto(Refusal):
    code = "unknown_veto"
    words = T(en="The rubric has no veto “{name}”.", zh="评分表没有否决项“{name}”。")


class ScoreOutOfRange(Refusal):
    """Points that a criterion does not give."""

    code = "score_out_of_range"
    words = T(
        en="“{name}” is scored from 0 to {most}, not “{points}”.",
        zh="“{name}”的分值为 0 至 {most}，不能是“{points}”。",
    )


class UnknownCriterion(Refusal):
    code = "unknown_criterion"
    words = T(en="The rubric has no criterion “{name}”.", zh="评分表没有指标“{name}”。")


def require_countable(rubric: Rubric, scores: Mapping[str, str], vetoes: Iterable[str] = ()) -> None:
    """Nothing for a review that can be counted.

    Raises:
        ScoreOutOfRange, UnknownCriterion: see `decimals`.
        ReviewIncomplete: a required criterion is missing; names all.
        UnknownVeto: a veto that the rubric does not have.
    """
    given = decimals(rubric, scores)
    missing = [leaf.title for leaf in leaves(rubric) if leaf.required and leaf.name not in given]
    if missing:
        raise ReviewIncomplete(
            names=T(en=", ".join(one.en for one in missing), zh="、".join(one.zh for one in missing))
        )
    for veto in set(vetoes) - {one.name for one in rubric.vetoes}:
        raise UnknownVeto(name=veto)


def decimals(rubric: Rubric, scores: Mapping[str, str]) -> dict[str, Decimal]:
    """Scores as written → as counted, each within what the rubric allows.

    Raises:
        ScoreOutOfRange: one is no number, or not between 0 and its criterion's points.
        UnknownCriterion: one is for what the rubric does not have.
    """
    by_name = {leaf.name: leaf for leaf in leaves(rubric)}
    found = {}
    for name, points in scores.items():
        leaf = by_name.get(name)
        if leaf is None:
            raise UnknownCriterion(name=name)
        try:
            given = Decimal(str(points))
        except InvalidOperation:
            given = Decimal("nan")
        if not (given.is_finite() and 0 <= given <= leaf.points):
            raise ScoreOutOfRange(name=leaf.title, most=leaf.points, points=str(points)[:20])
        found[name] = given
    return found


@dataclass(frozen=True, slots=True)
class Standing:
    """What the reviews of one case come to now."""

    score: scored.Score
    vetoes: dict[str, int]
    # "pass", "revise", "fail"; empty while reviews are missing.
    outcome: str


def standing_of(case: Application) -> Standing:
    """Score and outcome of a case by its programme's rubric, from the latest review of everybody who sits."""
    rubric = case.declaration.rubric
    if rubric is None:
        raise ValueError(f"{case.programme} declares no rubric")
    assignments = list(seats_of([case.pk]))
    reviews = list(
        Review.objects.filter(assignment__in=assignments)
        .select_related("assignment__expert")
        .order_by("number")
    )
    given = [
        scoring.Review(
            project=str(case.pk),
            expert=review.assignment.expert.code,
            scores={name: Decimal(points) for name, points in review.scores.items()},
            revision=review.number,
            reason=review.reason,
        )
        for review in reviews
    ]
    panel = max(len(assignments), 1)
    totals = totals_of(counted_by(rubric), given)
    rule = scored.Rule(panel=panel, trims_from=rubric.trimmed_from)
    score = scored.score_of(str(case.pk), tuple(totals), rule)
    vetoes: dict[str, int] = {}
    latest = {review.assignment_id: review for review in reviews}
    for review in latest.values():
        for veto in review.vetoes:
            vetoes[veto] = vetoes.get(veto, 0) + 1
    vetoing = sum(1 for review in latest.values() if review.vetoes)
    waiting = [a for a in assignments if a.submitted_at is None and a.abstained_at is None]
    return Standing(
        score, vetoes, "" if waiting or not latest else outcome_of(rubric, score, vetoing, len(latest))
    )


def outcome_of(rubric: Rubric, score: scored.Score, vetoing: int, reviews: int) -> str:
    """“fail” by a majority of vetoes; else what the published score comes to; empty where none counts."""
    if 2 * vetoing > reviews:
        return "fail"
    if score.shown is None:
        return ""
    if score.shown >= rubric.pass_at:
        return "pass"
    return "revise" if rubric.revise_at is not None and score.shown >= rubric.revise_at else "fail"


def seats_of(cases: Iterable[int]) -> QuerySet[Assignment]:
    """The assignments that count on these cases: open ones. One that is kept away by a conflict counts no more."""
    return Assignment.objects.open().filter(application__in=cases).select_related("expert")


def recount(cases: Iterable[int]) -> None:
    """Keep what the guards of a panel ask for (`reviews_in`, `review_outcome`, …), in the caller's transaction.

    Counts in one statement for all; scores those alone whose reviews are all in.
    """
    ids = sorted(set(cases))
    if not ids:
        return
    of_case = Assignment.objects.open().filter(application=OuterRef("pk")).order_by().values("application")
    given = of_case.exclude(submitted_at=None, abstained_at=None)
    Application.objects.filter(pk__any=ids).update(
        reviews_wanted=_how_many(of_case), reviews_in=_how_many(given), review_score=None, review_outcome=""
    )
    for case in Application.objects.filter(
        pk__any=ids, reviews_wanted__gt=0, reviews_in__gte=F("reviews_wanted")
    ):
        now = standing_of(case)
        Application.objects.filter(pk=case.pk).update(
            review_score=now.score.shown, review_outcome=now.outcome
        )


def _how_many(rows: QuerySet[Assignment, Any]) -> Coalesce:
    return Coalesce(Subquery(rows.annotate(n=Count("*")).values("n")), 0)
