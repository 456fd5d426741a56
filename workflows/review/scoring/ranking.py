"""Scores → ranks: ties share one; then the declared keys, then a lot that anybody can draw again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

from config.words import T
from workflows.review.draw.rfc3797 import key_of, picks
from workflows.review.scoring.rubric import Rubric
from workflows.review.scoring.scores import Score
from workflows.review.scoring.totals import share_of


@dataclass(frozen=True, slots=True)
class TieBreak:
    """A declared key: who is better in these criteria goes first."""

    key: str
    title: T
    criteria: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ranked:
    """`rank` by the score alone, equals sharing it (1, 2, 2, 4); `place` after keys and lot, shared where they end.

    `settled_by` says what told the project from its neighbours: `score`, the key of a tie-break, `lot`, or `tied`;
    `drawn_from` is the first place of those among whom the lot was drawn.
    """

    project: str
    rank: int
    place: int
    settled_by: str
    drawn_from: int | None = None


def rank(
    scores: Iterable[Score],
    *,
    rubric: Rubric,
    ties: Sequence[TieBreak] = (),
    lot: Sequence[Sequence[int]] | None = None,
    named: Mapping[str, str] | None = None,
) -> list[Ranked]:
    """Projects with a score, best first. `lot` holds public numbers as the seed of a draw does; without it equals stay.
    It is drawn over the equals in the order of their names: `named` has those that the public knows.

    Nothing is rounded: two scores that are shown alike may still differ.
    """
    keyed = [
        ((score.exact, *(_of_key(score, tie, rubric) for tie in ties)), score.project)
        for score in scores
        if score.exact is not None
    ]
    # Best first; equals by name, for sorting keeps the order of equals also when it is reversed.
    keyed.sort(key=lambda pair: (named or {}).get(pair[1], pair[1]))
    keyed.sort(key=lambda pair: pair[0], reverse=True)
    ranked: list[Ranked] = []
    by_score = [list(some) for _, some in groupby(keyed, key=lambda pair: pair[0][0])]
    for equal in by_score:
        ranked += _settled(equal, len(ranked) + 1, ties, lot)
    return ranked


Keyed = tuple[tuple[Fraction, ...], str]


def _settled(
    equal: list[Keyed], rank: int, ties: Sequence[TieBreak], lot: Sequence[Sequence[int]] | None
) -> list[Ranked]:
    """Those who share a rank, by keys and lot."""
    if len(equal) == 1:
        return [Ranked(equal[0][1], rank, rank, "score")]
    found: list[Ranked] = []
    for keys, some in groupby(equal, key=lambda pair: pair[0]):
        alike, place = [project for _, project in some], rank + len(found)
        if len(alike) == 1:
            found.append(Ranked(alike[0], rank, place, _telling(keys, equal, ties)))
        elif lot is None:
            found += [Ranked(project, rank, place, "tied") for project in alike]
        else:
            drawn = [alike[pick.position] for pick in picks(len(alike), key_of([*lot, [place]]))]
            found += [Ranked(project, rank, place + step, "lot", place) for step, project in enumerate(drawn)]
    return found


def _telling(keys: tuple[Fraction, ...], equal: list[Keyed], ties: Sequence[TieBreak]) -> str:
    """The first key by which nobody else among the equals is like this one."""
    for depth, tie in enumerate(ties, start=2):
        if sum(other[:depth] == keys[:depth] for other, _ in equal) == 1:
            return tie.key
    return "score"


def _of_key(score: Score, tie: TieBreak, rubric: Rubric) -> Fraction:
    """The mean share in the key's criteria over the reviews that count; below nought where nobody scored them."""
    shares = []
    for total in score.counted:
        given = [one for one in rubric.criteria if one.key in tie.criteria and one.key in total.review.scores]
        if given:
            shares.append(share_of(given, total.review))
    return sum(shares, Fraction(0)) / len(shares) if shares else Fraction(-1)
