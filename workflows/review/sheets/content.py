"""What stands on a score sheet: as it was typed, as it counts, and what is wrong with it, field by field."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from config.words import T
from workflows.engine.rubric import Criterion, Rubric
from workflows.review.counting import counted_by, leaves, to_explain
from workflows.review.scoring import exact
from workflows.review.scoring.rubric import Review
from workflows.review.scoring.totals import total_of

DECIMALS = 2
COMMENT_MAX = 2000
REASON_MAX = 500
NOT_SCORED = T("Not scored yet.", "尚未评分。")
NO_NUMBER = T("“{typed}” is no number.", "“{typed}”不是数字。")
OUT_OF_RANGE = T("Scored from 0 to {most}, not {typed}.", "分值为 0 至 {most}，不能是 {typed}。")
TOO_FINE = T("At most two decimals, not {typed}.", "最多两位小数，不能是 {typed}。")
EXPLAIN_LOW = T("A score below {limit} has to be explained.", "低于 {limit} 分须说明理由。")
EXPLAIN_HIGH = T("A score of {limit} and above has to be explained.", "{limit} 分及以上须说明理由。")
EXPLAIN_VETO = T("A veto has to be explained.", "否决须说明理由。")
TOO_LONG = T("At most {most} characters; these are {count}.", "最多 {most} 字，现有 {count} 字。")
NO_REASON = T("Say why the scores are revised.", "请说明修改评分的理由。")


@dataclass(frozen=True, slots=True)
class Content:
    """A sheet as it was typed; scores are text until they are read."""

    scores: Mapping[str, str] = field(default_factory=dict)
    comments: Mapping[str, str] = field(default_factory=dict)
    vetoes: tuple[str, ...] = ()
    opinion: str = ""
    # Why it is revised; for a first review empty.
    reason: str = ""

    @classmethod
    def kept(cls, data: Mapping[str, Any]) -> "Content":
        """As a draft or a review keeps it."""
        return cls(
            dict(data.get("scores", {})), dict(data.get("comments", {})), tuple(data.get("vetoes", ())),
            data.get("opinion", ""), data.get("reason", ""),
        )  # fmt: skip

    @property
    def data(self) -> dict[str, Any]:
        """For keeping."""
        return {
            "scores": dict(self.scores), "comments": dict(self.comments), "vetoes": list(self.vetoes),
            "opinion": self.opinion, "reason": self.reason,
        }  # fmt: skip


def number_of(typed: str) -> Decimal | None:
    """A score as it was typed, in full width too; nothing for what is no number.

    >>> number_of("８．５"), number_of("8,5"), number_of("zehn"), number_of("NaN")
    (Decimal('8.5'), Decimal('8.5'), None, None)
    """
    plain = unicodedata.normalize("NFKC", typed).strip().replace("。", ".").replace(",", ".")
    # Not what only a machine would write: 1e1, infinity.
    if not plain or set(plain) - set("+-.0123456789"):
        return None
    try:
        return Decimal(plain)
    except InvalidOperation:
        return None


def problem_of(leaf: Criterion, typed: str) -> T | None:
    """What is wrong with one score; nothing typed is wrong only where it is required."""
    if not typed.strip():
        return NOT_SCORED if leaf.required else None
    given = number_of(typed)
    if given is None:
        return NO_NUMBER.format(typed=typed.strip()[:20])
    if not 0 <= given <= leaf.points:
        return OUT_OF_RANGE.format(most=leaf.points, typed=typed.strip()[:20])
    return (
        None
        if given == given.quantize(Decimal(1).scaleb(-DECIMALS))
        else TOO_FINE.format(typed=typed.strip()[:20])
    )


def problems(rubric: Rubric, content: Content, *, revising: bool) -> dict[str, T]:
    """Name of the field (`score-…`, `comment-…`, `opinion`, `reason`) → what keeps the sheet from being submitted."""
    found: dict[str, T] = {}
    given: dict[str, Decimal] = {}
    for leaf in leaves(rubric):
        typed = content.scores.get(leaf.name, "")
        if wrong := problem_of(leaf, typed):
            found[f"score-{leaf.name}"] = wrong
        elif (number := number_of(typed)) is not None:
            given[leaf.name] = number
    for one in to_explain(rubric, given, content.vetoes):
        if not content.comments.get(one.name, "").strip():
            found[f"comment-{one.name}"] = _asked_for(one, given)
    for name, text in content.comments.items():
        if len(text) > COMMENT_MAX:
            found[f"comment-{name}"] = TOO_LONG.format(most=COMMENT_MAX, count=len(text))
    if len(content.opinion) > COMMENT_MAX:
        found["opinion"] = TOO_LONG.format(most=COMMENT_MAX, count=len(content.opinion))
    if revising and not content.reason.strip():
        found["reason"] = NO_REASON
    elif len(content.reason) > REASON_MAX:
        found["reason"] = TOO_LONG.format(most=REASON_MAX, count=len(content.reason))
    return found


def _asked_for(one: Any, given: Mapping[str, Decimal]) -> T:
    if not isinstance(one, Criterion):
        return EXPLAIN_VETO
    if one.comment_below is not None and given[one.name] < one.comment_below:
        return EXPLAIN_LOW.format(limit=one.comment_below)
    return EXPLAIN_HIGH.format(limit=one.comment_from)


def review_of(rubric: Rubric, content: Content) -> dict[str, Any]:
    """The review that this sheet is: numbers plain, comments without white space, empty ones left out.

    What is no number stays as it was typed, so that the rubric refuses it.
    """
    scores = {leaf.name: content.scores.get(leaf.name, "").strip() for leaf in leaves(rubric)}
    return {
        "scores": {name: plain(typed) for name, typed in scores.items() if typed},
        "comments": {name: text.strip() for name, text in content.comments.items() if text.strip()},
        "vetoes": sorted(set(content.vetoes)),
        "opinion": content.opinion.strip(),
    }


def plain(typed: str) -> str:
    """A number as it is kept: `8.5` for `8.50`; what is none as it is."""
    number = number_of(typed)
    if number is None:
        return typed
    whole = number == number.to_integral_value()
    return f"{number.quantize(Decimal(1)) if whole else number.normalize():f}"


@dataclass(frozen=True, slots=True)
class Running:
    """How far a sheet is: the sum of what is scored, of how much, and how many criteria are open."""

    total: Fraction
    out_of: int
    left: int

    @property
    def shown(self) -> str:
        return exact.plain(self.total)


def running(rubric: Rubric, content: Content) -> Running:
    """The total so far; once nothing required is open, as the review would count."""
    fine = {
        leaf.name: number
        for leaf in leaves(rubric)
        if problem_of(leaf, typed := content.scores.get(leaf.name, "")) is None
        and (number := number_of(typed)) is not None
    }
    left = sum(leaf.required and leaf.name not in fine for leaf in leaves(rubric))
    whole = total_of(counted_by(rubric), Review("", "", fine)).exact if fine else None
    return Running(
        sum(map(Fraction, fine.values()), Fraction(0)) if whole is None else whole, rubric.points, left
    )
