"""A round as its reviews rank it: set-based from the rows, exact until it is shown."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from workflows.engine.rubric import Rubric
from workflows.models import Application, Assignment, Lot, Round
from workflows.review.counting import Standing, counted_by, standings
from workflows.review.ranking.lots import lot_of, seed_of
from workflows.review.scoring.agreement import Agreement, icc
from workflows.review.scoring.effects import Adjusted, Effects, effects_of
from workflows.review.scoring.flags import Cut, Flag, Limits, flags_of, flips
from workflows.review.scoring.ranking import Ranked, TieBreak, rank
from workflows.review.scoring.scores import Score

# Leaving out every expert in turn asks for one ranking each: beyond so many projects the page would wait for it.
FLIPS_UP_TO = 400


@dataclass(frozen=True, slots=True)
class Place:
    """A case in the ranking, or beside it: without a rank it waits for reviews, was vetoed, or has no score."""

    case: Application
    standing: Standing
    ranked: Ranked | None
    adjusted: Adjusted | None
    flags: tuple[Flag, ...]
    # Whether it is above the cut; nothing where it is not ranked.
    above: bool | None

    @property
    def vetoed(self) -> bool:
        """Whether a majority of vetoes failed it whatever its score."""
        return self.standing.all_in and is_vetoed(self.standing)


@dataclass(frozen=True, slots=True)
class PanelAgreement:
    """How far the experts of one panel agree over the cases that each of them scored."""

    experts: tuple[str, ...]
    cases: int
    agreement: Agreement


@dataclass(frozen=True, slots=True)
class Standings:
    """A round: who is where, who is still out, and what advises."""

    round: Round
    rubric: Rubric
    cut: Cut
    ranked: tuple[Place, ...]
    unranked: tuple[Place, ...]
    effects: Effects | None
    panels: tuple[PanelAgreement, ...]
    flips_counted: bool
    # Code → name.
    experts: Mapping[str, str]
    # What settles the last ties, where one is announced.
    lot: Lot | None = None


def is_vetoed(standing: Standing) -> bool:
    """A majority of those who gave a review found a veto."""
    return 2 * sum(bool(review.vetoes) for review in standing.reviews) > len(standing.reviews) > 0


def ranking_of(round_: Round, *, places: int | None = None) -> Standings:
    """The ranking as it stands: cases whose reviews are all in, best first; the others without a figure.

    Args:
        places: how many are above the cut; without it, whoever reaches the rubric's passing score.

    Raises:
        ValueError: the programme declares no rubric.
    """
    rubric = round_.declaration.rubric
    if rubric is None:
        raise ValueError(f"{round_.programme} declares no rubric")
    assigned = Assignment.objects.exclude(state=Assignment.State.PROPOSED).filter(application=OuterRef("pk"))
    cases = {
        case.pk: case
        for case in Application.objects.filter(Exists(assigned), round=round_)
        .select_related("applicant")
        .defer("answers", "sealed_answers")
        .order_by("pk")
    }
    found = standings(rubric, cases)
    full = {str(pk): one for pk, one in found.items() if one.all_in and one.score.exact is not None}
    counted = {name: one for name, one in full.items() if not is_vetoed(one)}
    scores = {name: one.score for name, one in counted.items()}
    cut = Cut(places=places) if places is not None else Cut(at_least=rubric.pass_at)
    ties = ties_of(rubric)
    lot = lot_of(round_)
    ranked = rank(
        scores.values(), rubric=counted_by(rubric), ties=ties, lot=seed_of(lot),
        named={str(case.pk): str(case.number) for case in cases.values()},
    )  # fmt: skip
    effects = effects_of(one.score for one in full.values())
    flags = _flags(rubric, counted, scores, effects, cut, ties)
    above = cut.above(scores, ranked)
    adjusted = {one.project: one for one in effects.projects} if effects else {}
    order = {one.project: one for one in ranked}

    def place(pk: int) -> Place:
        name = str(pk)
        return Place(
            cases[pk], found[pk], order.get(name), adjusted.get(name), tuple(flags.get(name, ())),
            name in above if name in order else None,
        )  # fmt: skip

    return Standings(
        round_, rubric, cut,
        tuple(place(int(one.project)) for one in ranked),
        tuple(place(pk) for pk in cases if str(pk) not in order),
        effects, _panels(full), len(scores) <= FLIPS_UP_TO,
        {one.expert.code: one.expert.name for standing in found.values() for one in standing.assignments}, lot,
    )  # fmt: skip


def ties_of(rubric: Rubric) -> tuple[TieBreak, ...]:
    """The declared keys as the ranking asks for them."""
    return tuple(TieBreak(tie.name, tie.title, tie.criteria) for tie in rubric.ties)


def limits_of(rubric: Rubric) -> Limits:
    """From where on a case is flagged: the rubric's own spread."""
    return Limits(range=rubric.discuss_spread) if rubric.discuss_spread is not None else Limits()


def _flags(
    rubric: Rubric,
    counted: Mapping[str, Standing],
    scores: Mapping[str, Score],
    effects: Effects | None,
    cut: Cut,
    ties: tuple[TieBreak, ...],
) -> dict[str, list[Flag]]:
    found: dict[str, list[Flag]] = defaultdict(list)
    for flag in flags_of(scores, effects, limits_of(rubric)):
        found[flag.project].append(flag)
    if len(scores) <= FLIPS_UP_TO:
        totals = [total for one in counted.values() for total in one.totals]
        rules = {name: one.rule for name, one in counted.items()}
        for flag in flips(totals, rules, cut, rubric=counted_by(rubric), ties=ties):
            found[flag.project].append(flag)
    return found


def _panels(full: Mapping[str, Standing]) -> tuple[PanelAgreement, ...]:
    """Panels of the same experts over at least two cases; a case without one of them is left out."""
    by_panel: dict[tuple[str, ...], list[Score]] = defaultdict(list)
    for one in full.values():
        by_panel[tuple(sorted(total.expert for total in one.score.counted))].append(one.score)
    found = []
    for experts, scores in sorted(by_panel.items()):
        if len(experts) < 2 or len(scores) < 2:
            continue
        table = [[total.exact for total in sorted(s.counted, key=lambda t: t.expert)] for s in scores]
        whole = [[value for value in row if value is not None] for row in table]
        found.append(PanelAgreement(experts, len(scores), icc(whole)))
    return tuple(found)
