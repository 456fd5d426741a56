"""How far experts agree: range, spread, and the intraclass correlations of Shrout and Fleiss (1979)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from workflows.review.scoring.scores import Score

Number = Fraction | Decimal | int


@dataclass(frozen=True, slots=True)
class Agreement:
    """ICC(1,1), (2,1), (3,1) of one expert, and (1,k), (2,k), (3,k) of the mean of all; nothing where undefined."""

    projects: int
    experts: int
    single: tuple[Fraction | None, Fraction | None, Fraction | None]
    mean: tuple[Fraction | None, Fraction | None, Fraction | None]


def range_of(score: Score) -> Fraction:
    """Highest less lowest of the totals that count; nought for fewer than two."""
    values = [one.exact for one in score.counted if one.exact is not None]
    return max(values) - min(values) if values else Fraction(0)


def variance_of(score: Score) -> Fraction | None:
    """The variance of the totals that count (over n − 1); its root is the spread. Nothing for fewer than two."""
    values = [one.exact for one in score.counted if one.exact is not None]
    if len(values) < 2:
        return None
    return _squares(values, _mean(values)) / (len(values) - 1)


def agreement_of(scores: Iterable[Score]) -> Agreement | None:
    """The agreement over the projects that every one of the experts scored; nothing for fewer than two of either."""
    rows = [{one.expert: one.exact for one in score.counted if one.exact is not None} for score in scores]
    experts = sorted(set().union(*rows)) if rows else []
    whole = [[row[expert] for expert in experts] for row in rows if len(row) == len(experts)]
    return icc(whole) if len(whole) > 1 and len(experts) > 1 else None


def icc(table: Sequence[Sequence[Number]]) -> Agreement:
    """The six coefficients of a complete table, one row for each project and one column for each expert.

    Raises:
        ValueError: fewer than two rows or columns, or rows of different lengths.
    """
    n, k = len(table), len(table[0]) if table else 0
    if n < 2 or k < 2 or any(len(row) != k for row in table):
        raise ValueError("a complete table of at least two projects and two experts is needed")
    rows = [[Fraction(value) for value in row] for row in table]
    grand = _mean([value for row in rows for value in row])
    between = k * _squares((_mean(row) for row in rows), grand)
    judges = n * _squares((_mean(column) for column in zip(*rows, strict=True)), grand)
    whole = _squares((value for row in rows for value in row), grand)
    bms, jms = between / (n - 1), judges / (k - 1)
    wms = (whole - between) / (n * (k - 1))
    ems = (whole - between - judges) / ((n - 1) * (k - 1))
    return Agreement(
        n, k,
        (_part(bms - wms, bms + (k - 1) * wms),
         _part(bms - ems, bms + (k - 1) * ems + k * (jms - ems) / n),
         _part(bms - ems, bms + (k - 1) * ems)),
        (_part(bms - wms, bms), _part(bms - ems, bms + (jms - ems) / n), _part(bms - ems, bms)),
    )  # fmt: skip


def _mean(values: Sequence[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


def _squares(values: Iterable[Fraction], around: Fraction) -> Fraction:
    return sum(((value - around) * (value - around) for value in values), Fraction(0))


def _part(above: Fraction, below: Fraction) -> Fraction | None:
    return above / below if below else None
