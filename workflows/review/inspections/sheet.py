"""The checklist of a visit: which fields it has, what may stand in them, and what they come to."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from config.words import T
from workflows.engine.rubric import Criterion, Rubric
from workflows.review.counting import UnknownVeto, decimals, leaves
from workflows.review.inspections.errors import NotAHalf, SheetIncomplete, UnknownField

HALF = Decimal("0.5")
LONGEST = {"findings": 4000, "present": 200}
LONGEST_COMMENT = 1000
Sheet = Mapping[str, str]


def cleaned(rubric: Rubric, changes: Mapping[str, str]) -> dict[str, str]:
    """Fields as they are kept; an empty one is taken back.

    `score:premises` → "7.5", `veto:false_data` → "1", `comment:revenue`, `findings`, `present`.

    Raises:
        ScoreOutOfRange, NotAHalf: a score is no number, out of its range, or no half point.
        UnknownCriterion, UnknownVeto, UnknownField: the checklist does not have it.
    """
    return {
        name: _cleaned(rubric, name, text.replace("\r\n", "\n").strip()) for name, text in changes.items()
    }


def _cleaned(rubric: Rubric, name: str, text: str) -> str:
    kind, _, of = name.partition(":")
    if kind == "score":
        return _score(rubric, of, text) if text else ""
    if kind == "veto":
        if of not in {veto.name for veto in rubric.vetoes}:
            raise UnknownVeto(name=of)
        return "1" if text not in ("", "0") else ""
    if kind == "comment" and of in {criterion.name for criterion in rubric.criteria}:
        return text[:LONGEST_COMMENT]
    if name not in LONGEST:
        raise UnknownField(name=name[:60])
    return text[: LONGEST[name]]


def _score(rubric: Rubric, name: str, text: str) -> str:
    given = decimals(rubric, {name: text})[name]
    if given % HALF:
        leaf = next(leaf for leaf in leaves(rubric) if leaf.name == name)
        raise NotAHalf(name=leaf.title, points=text[:20])
    return f"{given.normalize():f}"


@dataclass(frozen=True, slots=True)
class Standing:
    """What a sheet comes to: points, vetoes that were found, required criteria without points, and the outcome."""

    points: Decimal
    vetoes: tuple[T, ...]
    missing: tuple[T, ...]
    # "pass" or "fail"; empty while it cannot be said.
    outcome: str


def standing_of(rubric: Rubric, sheet: Sheet) -> Standing:
    """Points are added up; a veto fails the firm whatever its points, and without waiting for them."""
    given = decimals(rubric, _scores(sheet))
    points = sum(given.values(), Decimal(0))
    vetoes = tuple(veto.title for veto in rubric.vetoes if sheet.get(f"veto:{veto.name}"))
    missing = tuple(leaf.title for leaf in leaves(rubric) if leaf.required and leaf.name not in given)
    passes = "pass" if points >= rubric.pass_at else "fail"
    outcome = "fail" if vetoes else "" if missing else passes
    return Standing(points, vetoes, missing, outcome)


def points_of(sheet: Sheet, criterion: Criterion) -> Decimal:
    """What a criterion with its parts got."""
    names = [leaf.name for leaf in (criterion.parts or (criterion,))]
    return sum((Decimal(sheet.get(f"score:{name}") or 0) for name in names), Decimal(0))


def require_complete(rubric: Rubric, sheet: Sheet) -> Standing:
    """The standing of a sheet that can be handed in.

    Raises:
        SheetIncomplete: no veto, and a required criterion without points; names all.
    """
    standing = standing_of(rubric, sheet)
    if not standing.outcome:
        names = T("; ".join(t.en for t in standing.missing), "；".join(t.zh for t in standing.missing))
        raise SheetIncomplete(names=names)
    return standing


def _scores(sheet: Sheet) -> dict[str, str]:
    return {n.removeprefix("score:"): text for n, text in sheet.items() if n.startswith("score:") and text}


def sha256_of(sheet: Sheet) -> str:
    """The hash of a sheet as it is signed: of its canonical JSON (`visit.js` computes the same)."""
    text = json.dumps(dict(sheet), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
