"""The scores of a panel on one case as a table, with the arithmetic behind the score and what to look at."""

from collections.abc import Sequence
from dataclasses import dataclass

from config.words import T
from workflows.engine.rubric import Criterion, Rubric
from workflows.models import Review
from workflows.review.counting import Standing, counted_by, leaves
from workflows.review.ranking.reading import limits_of
from workflows.review.scoring.exact import plain
from workflows.review.scoring.flags import Flag, flags_of
from workflows.review.scoring.why import why


@dataclass(frozen=True, slots=True)
class Column:
    """One expert's review: the scores in the order of the rubric, the total, what was said."""

    code: str
    name: str
    chairs: bool
    review: Review
    scores: tuple[str, ...]
    total: str
    dropped: bool
    vetoes: tuple[T, ...]
    words: tuple[tuple[T, str], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Criteria down, experts across; `abstained` gave nothing."""

    leaves: tuple[Criterion, ...]
    columns: tuple[Column, ...]
    abstained: tuple[str, ...]

    @property
    def rows(self) -> list[tuple[Criterion, list[str]]]:
        return [(leaf, [column.scores[at] for column in self.columns]) for at, leaf in enumerate(self.leaves)]


def table_of(rubric: Rubric, standing: Standing) -> Table:
    """The latest review of everybody who gave one."""
    by_expert = {total.expert: total for total in standing.score.counted}
    latest = {review.assignment_id: review for review in standing.reviews}
    columns = []
    for one in standing.assignments:
        review = latest.get(one.pk)
        if review is None:
            continue
        total = by_expert.get(one.expert.code)
        columns.append(
            Column(
                one.expert.code, one.expert.name, bool(one.seat and one.seat.is_chair), review,
                tuple(review.scores.get(leaf.name, "—") for leaf in leaves(rubric)),
                plain(total.exact) if total is not None and total.exact is not None else "—",
                total in standing.score.dropped, tuple(v.title for v in rubric.vetoes if v.name in review.vetoes),
                said(rubric, review),
            )
        )  # fmt: skip
    abstained = tuple(one.expert.name for one in standing.assignments if one.abstained_at is not None)
    return Table(leaves(rubric), tuple(columns), abstained)


def said(rubric: Rubric, review: Review) -> tuple[tuple[T, str], ...]:
    """The comments of a review under their titles, then its opinion."""
    titles = [(leaf.name, leaf.title) for leaf in leaves(rubric)]
    titles += [(veto.name, veto.title) for veto in rubric.vetoes]
    found = [(title, review.comments[name]) for name, title in titles if review.comments.get(name)]
    return (*found, *([(T("Opinion", "评审意见"), review.opinion)] if review.opinion else []))


def arithmetic(rubric: Rubric, standing: Standing) -> list[T]:
    """Why this score, line by line, experts by name."""
    names = {one.expert.code: one.expert.name for one in standing.assignments}
    return [named(line, names) for line in why(standing.score, counted_by(rubric))]


def named(line: T, names: dict[str, str]) -> T:
    """A line of the arithmetic with the name beside the code at its head."""
    code = line.en.partition(":")[0]
    name = names.get(code)
    if name is None:
        return line
    return T(
        en=line.en.replace(code, f"{name} ({code})", 1), zh=line.zh.replace(code, f"{name}（{code}）", 1)
    )


def flags_shown(rubric: Rubric, standing: Standing) -> Sequence[Flag]:
    """What is out of the ordinary on one case."""
    return flags_of({standing.score.project: standing.score}, None, limits_of(rubric))
