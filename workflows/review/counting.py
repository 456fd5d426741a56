"""What the reviews of a case come to: the declared rubric applied to the rows, and the facts that guards ask for."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, OuterRef, QuerySet

from config.errors import Refusal
from config.words import T, listed
from workflows.engine.rubric import Criterion, Rubric, Veto
from workflows.models import Application, Assignment, Expert, Review, Seat
from workflows.programmes import programme as declared
from workflows.review.scoring import rubric as scoring
from workflows.review.scoring import scores as scored
from workflows.review.scoring.totals import Total, totals_of

SITTING = (Seat.State.PLANNED, Seat.State.INVITED, Seat.State.CONFIRMED)
# Why an assignment ended, where a conflict ended it.
RECUSED = "recused"


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


class CommentMissing(Refusal):
    """A score or a veto that has to be explained, without a word."""

    code = "comment_missing"
    words = T(en="Please explain: {names}.", zh="请说明理由：{names}。")


def require_countable(
    rubric: Rubric, scores: Mapping[str, str], vetoes: Iterable[str], comments: Mapping[str, str]
) -> None:
    """Nothing for a review that can be counted.

    Raises:
        ScoreOutOfRange, UnknownCriterion: see `decimals`.
        ReviewIncomplete: a required criterion is missing; names all.
        UnknownVeto: a veto that the rubric does not have.
        CommentMissing: what the rubric wants explained is not; names all.
    """
    given = decimals(rubric, scores)
    missing = [leaf.title for leaf in leaves(rubric) if leaf.required and leaf.name not in given]
    if missing:
        raise ReviewIncomplete(names=listed(missing))
    for veto in set(vetoes) - {one.name for one in rubric.vetoes}:
        raise UnknownVeto(name=veto)
    unexplained = [
        one.title for one in to_explain(rubric, given, vetoes) if not comments.get(one.name, "").strip()
    ]
    if unexplained:
        raise CommentMissing(names=listed(unexplained))


def to_explain(
    rubric: Rubric, scores: Mapping[str, Decimal], vetoes: Iterable[str]
) -> list[Criterion | Veto]:
    """What these scores and vetoes have to be explained for."""
    named = set(vetoes)
    return [
        *(leaf for leaf in leaves(rubric) if leaf.name in scores and leaf.asks_comment(scores[leaf.name])),
        *(veto for veto in rubric.vetoes if veto.name in named and veto.needs_comment),
    ]


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
    # By whom it is reviewed, and the latest review of each who gave one.
    assignments: tuple[Assignment, ...] = ()
    reviews: tuple[Review, ...] = ()
    rule: scored.Rule = field(default_factory=lambda: scored.Rule(panel=1))
    totals: tuple[Total, ...] = ()

    @property
    def all_in(self) -> bool:
        """Whether everybody has scored or abstained."""
        return bool(self.assignments) and not self.waiting

    @property
    def waiting(self) -> list[Assignment]:
        return [one for one in self.assignments if one.submitted_at is None and one.abstained_at is None]


def standing_of(case: Application) -> Standing:
    """Score and outcome of a case by its programme's rubric, from the latest review of everybody who sits."""
    rubric = case.declaration.rubric
    if rubric is None:
        raise ValueError(f"{case.programme} declares no rubric")
    return standings(rubric, [case.pk])[case.pk]


def standings(rubric: Rubric, cases: Iterable[int]) -> dict[int, Standing]:
    """As `standing_of`, for cases of one programme; three queries whatever their number."""
    made: dict[int, list[Assignment]] = {case: [] for case in cases}
    rows = Assignment.objects.exclude(state=Assignment.State.PROPOSED).filter(application__in=made)
    for one in (
        rows.annotate(counts=Exists(Assignment.objects.open().filter(pk=OuterRef("pk"))))
        .select_related("expert", "seat")
        .order_by("expert__code", "pk")
    ):
        made[one.application_id].append(one)
    reviews: dict[int, list[Review]] = defaultdict(list)
    for review in Review.objects.filter(assignment__application__in=made).order_by("assignment", "number"):
        reviews[review.assignment_id].append(review)
    seats = _seats(one.seat.session_id for some in made.values() for one in some if one.seat is not None)
    rubric_ = counted_by(rubric)
    return {case: _standing(case, some, reviews, seats, rubric, rubric_) for case, some in made.items()}


def _seats(sessions: Iterable[int]) -> dict[int, int]:
    """Session → how many sit on its panel. Who recuses themselves from one case keeps the seat for the others."""
    found = (
        Seat.objects.filter(session__in=set(sessions), state__in=SITTING)
        .order_by()
        .values("session")
        .annotate(n=Count("pk"))
    )
    return {row["session"]: row["n"] for row in found}


def _standing(
    case: int,
    made: Sequence[Assignment],
    reviews: Mapping[int, Sequence[Review]],
    seats: Mapping[int, int],
    rubric: Rubric,
    counted: scoring.Rubric,
) -> Standing:
    counting = [one for one in made if one.counts]  # type: ignore[attr-defined]
    codes = {one.expert_id for one in counting}
    recused = {one.expert_id: one for one in made if one.expert_id not in codes and _recused(one)}
    session = max((one.seat.session_id for one in made if one.seat is not None), default=0)
    rule = scored.Rule(
        panel=max(seats.get(session, 0), len(counting) if session else len(counting) + len(recused), 1),
        trims_from=rubric.trimmed_from,
    )
    given = [scored_by(one, review) for one in counting for review in reviews.get(one.pk, ())]
    given += [
        scoring.Review(str(case), one.expert.code, standing=scoring.Standing.ABSTAINED)
        for one in counting
        if one.abstained_at is not None
    ]
    given += [
        scoring.Review(str(case), one.expert.code, standing=scoring.Standing.RECUSED)
        for one in recused.values()
    ]
    totals = tuple(totals_of(counted, given))
    score = scored.score_of(str(case), totals, rule)
    latest = tuple(reviews[one.pk][-1] for one in counting if reviews.get(one.pk))
    vetoes = Counter(veto for review in latest for veto in review.vetoes)
    waiting = any(one.submitted_at is None and one.abstained_at is None for one in counting)
    vetoing = sum(1 for review in latest if review.vetoes)
    outcome = "" if waiting or not latest else outcome_of(rubric, score, vetoing, len(latest))
    return Standing(score, dict(vetoes), outcome, tuple(counting), latest, rule, totals)


def _recused(one: Assignment) -> bool:
    """Kept away from the case by a conflict, and not merely not needed any more."""
    if one.state == Assignment.State.STANDING:
        return one.expert.status == Expert.Status.ENROLLED
    return one.ended_reason == RECUSED


def scored_by(one: Assignment, review: Review) -> scoring.Review:
    """A row as scores are counted from it."""
    return scoring.Review(
        project=str(one.application_id),
        expert=one.expert.code,
        scores={name: Decimal(points) for name, points in review.scores.items()},
        revision=review.number,
        reason=review.reason,
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
    for programme, ready in _counted(ids).items():
        rubric = declared(programme).rubric
        if rubric is None:
            raise ValueError(f"{programme} declares no rubric")
        for case, now in standings(rubric, ready).items():
            Application.objects.filter(pk=case).update(
                review_score=now.score.shown, review_outcome=now.outcome
            )


def _counted(ids: list[int]) -> dict[str, list[int]]:
    """Count the reviews of these cases anew; programme → those whose reviews are all in."""
    ready: dict[str, list[int]] = defaultdict(list)
    sql, params = _count_sql()
    with connection.cursor() as cursor:
        cursor.execute(sql, [ids, *params])
        for case, programme, is_ready in cursor.fetchall():
            if is_ready:
                ready[programme].append(case)
    return ready


@cache
def _count_sql() -> tuple[str, tuple[Any, ...]]:
    """The statement around what the ORM makes of an open assignment: compiling that takes longer than running it."""
    opened = Assignment.objects.open().values("pk", "application", "submitted_at", "abstained_at").order_by()
    sql, params = opened.query.sql_with_params()
    return (
        f"""UPDATE workflows_application
               SET reviews_wanted = c.wanted, reviews_in = c.given, review_score = NULL, review_outcome = ''
              FROM (SELECT k.id, count(o.pk) AS wanted,
                           count(o.pk) FILTER (WHERE o.submitted_at IS NOT NULL OR o.abstained_at IS NOT NULL) AS given
                      FROM unnest(%s::bigint[]) AS k(id)
                           LEFT JOIN ({sql}) AS o(pk, case_id, submitted_at, abstained_at) ON o.case_id = k.id
                     GROUP BY k.id) c
             WHERE workflows_application.id = c.id
         RETURNING c.id, programme, c.wanted > 0 AND c.given >= c.wanted""",  # noqa: S608
        params,
    )
