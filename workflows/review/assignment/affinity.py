"""How well an expert fits a case, from 0 to 1,000: by fields, by texts, by what they bid.

What is not known of anybody (no bids, no texts) does not count; the others take its weight.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from workflows.review.assignment.problem import BEST, Ints
from workflows.review.assignment.texts import Floats

# A field next to one that is known: the part of a whole, the whole of a part, another part of the same whole.
PART, WHOLE, BESIDE = 0.9, 0.6, 0.3
STRONGEST = 3
BID_LEAST, BID_MOST = -2, 2


@dataclass(frozen=True, slots=True)
class Weights:
    """How much fields, texts and bids count, beside each other."""

    fields: float = 0.6
    texts: float = 0.25
    bids: float = 0.15


def closeness(parents: Mapping[int, int | None]) -> tuple[dict[int, int], Floats]:
    """The place of each field, and how far knowing one (column) is knowing another (row)."""
    place = {pk: number for number, pk in enumerate(parents)}
    found = np.eye(len(place), dtype=np.float32)

    def above(field: int) -> list[int]:
        line: list[int] = []
        at = parents[field]
        while at is not None and at in parents and at not in line:
            line.append(at)
            at = parents[at]
        return line

    lines = {pk: above(pk) for pk in parents}
    for field, line in lines.items():
        for steps, ancestor in enumerate(line, 1):
            found[place[field], place[ancestor]] = WHOLE**steps
            found[place[ancestor], place[field]] = PART
    siblings: dict[int, list[int]] = {}
    for pk, parent in parents.items():
        if parent in parents:
            siblings.setdefault(parent, []).append(pk)  # type: ignore[arg-type]
    for some in siblings.values():
        for one in some:
            for other in some:
                if one != other:
                    found[place[one], place[other]] = BESIDE
    return place, found


def known(
    experts: int, competences: Iterable[tuple[int, int, int]], place: Mapping[int, int], close: Floats
) -> Floats:
    """How well each expert (row) knows each field (column), through whatever they know best for it.

    `competences` are (expert by number, field, strength from 1 to 3).
    """
    found = np.zeros((experts, len(place)), dtype=np.float32)
    for expert, field, strength in competences:
        if field in place:
            np.maximum(found[expert], close[:, place[field]] * (strength / STRONGEST), out=found[expert])
    return found


def by_fields(cases: Sequence[Sequence[int]], knowing: Floats, place: Mapping[int, int]) -> Floats:
    """For each case (row) how well each expert (column) knows its fields, on average; nought for a case of none."""
    wanted = np.zeros((len(cases), len(place)), dtype=np.float32)
    for row, fields in enumerate(cases):
        some = [place[field] for field in fields if field in place]
        if some:
            wanted[row, some] = 1 / len(some)
    return np.asarray(wanted @ knowing.T, dtype=np.float32)


def quality(
    fields: Floats | None, texts: Floats | None, bids: Floats | None, weights: Weights | None = None
) -> Ints:
    """The parts together, per mille; each part is from 0 to 1, and left out where it is None."""
    weights = weights or Weights()
    parts = [
        (weight, part)
        for weight, part in ((weights.fields, fields), (weights.texts, texts), (weights.bids, bids))
        if part is not None and weight > 0
    ]
    if not parts:
        raise ValueError("nothing is known that a quality could come from")
    together = sum(weight * part for weight, part in parts) / sum(weight for weight, _ in parts)
    whole: Ints = np.rint(np.clip(together, 0, 1) * BEST).astype(np.int64)
    return whole


def bid_share(value: int) -> float:
    """A bid from −2 to 2 as a share; who has not bid stands in the middle."""
    return (value - BID_LEAST) / (BID_MOST - BID_LEAST)
