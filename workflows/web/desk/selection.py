"""A selection of cases for one step: its ids in a form field, and what the step would do to them."""

import base64
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

from django.db.models import Count, Sum

from accounts.models import User
from config.words import T
from workflows.engine.asking import blockers
from workflows.engine.declare import Programme, Step
from workflows.engine.guards import Reason
from workflows.models import Application, ApplicationQuerySet, Batch, Round
from workflows.queries import desk_of

# How many cases of one reason are named with their links; the rest is counted.
NAMED = 8
# A batch over more is cut by the filters first.
MOST = 100_000


def packed(ids: Iterable[int]) -> str:
    """`ids` as a short text for a hidden field.

    >>> unpacked(packed([7, 3, 5]))
    [3, 5, 7]
    """
    ordered = sorted(set(ids))
    steps = [*ordered[:1], *(b - a for a, b in pairwise(ordered))]
    return base64.urlsafe_b64encode(zlib.compress(",".join(map(str, steps)).encode())).decode()


def unpacked(text: str) -> list[int]:
    """The ids of `packed`; none where the text was altered."""
    try:
        # Bounded: a few bytes may unpack to gigabytes.
        steps = zlib.decompressobj().decompress(base64.urlsafe_b64decode(text), MOST * 20)
        return list(accumulate(int(step) for step in steps.decode().split(",") if step))[:MOST]
    except (ValueError, zlib.error):
        return []


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One reason that blocks some cases: how many, and some of them with their own sentence."""

    count: int
    named: list[tuple[Application, T]]

    @property
    def more(self) -> int:
        return self.count - len(self.named)

    @property
    def one_sentence(self) -> T | None:
        """The sentence, where it is the same for all that are named."""
        sentences = {words for _, words in self.named}
        return sentences.pop() if len(sentences) == 1 else None


@dataclass(frozen=True, slots=True)
class RoundPart:
    """The cases of one round that a consolidation would bring into a batch, and the batches still open."""

    round: Round
    count: int
    amount_fen: int
    batches: list[Batch]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a step would do to a selection: whom it can be done on, whom not and why, and the totals."""

    programme: Programme
    step: Step
    possible: list[int]
    blocked: int
    obstacles: list[Obstacle]
    totals: dict[str, int]
    rounds: list[RoundPart] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.possible) + self.blocked

    @property
    def ids(self) -> str:
        return packed(self.possible)


def manifest(programme: Programme, step: Step, ids: Sequence[int], user: User) -> Manifest:
    """The dry run of `step` on those of `ids` that `user` may know of; nothing is changed."""
    known = list(
        desk_of(user)
        .filter(pk__any=list(ids), programme=programme.slug)
        .order_by("pk")
        .values_list("pk", flat=True)[:MOST]
    )
    reasons = blockers(step, known, user)
    possible = [pk for pk in known if pk not in reasons]
    cases = Application.objects.filter(pk__any=possible)
    totals = cases.aggregate(
        people=Sum("rows_total"),
        granted=Sum("rows_granted"),
        held=Sum("rows_held"),
        amount_fen=Sum("amount_fen"),
    )
    parts = _rounds(cases, user) if step.name == "consolidate" and possible else []
    return Manifest(
        programme,
        step,
        possible,
        len(reasons),
        _obstacles(reasons),
        {name: total or 0 for name, total in totals.items()},
        parts,
    )


def _obstacles(reasons: dict[int, list[Reason]]) -> list[Obstacle]:
    found: dict[str, list[tuple[int, T]]] = {}
    for pk, those in reasons.items():
        for reason in those:
            # Cases of different states are different groups: each needs another step first.
            group = reason.words.en if reason.code == "state" else reason.code
            found.setdefault(group, []).append((pk, reason.words))
    named = {pk for those in found.values() for pk, _ in those[:NAMED]}
    cases = Application.objects.select_related("applicant").in_bulk(named)
    return [
        Obstacle(len(those), [(cases[pk], words) for pk, words in those[:NAMED]])
        for those in sorted(found.values(), key=len, reverse=True)
    ]


def _rounds(cases: ApplicationQuerySet, user: User) -> list[RoundPart]:
    sums = list(
        cases.order_by()
        .values("round")
        .annotate(n=Count("pk"), fen=Sum("amount_fen"))
        .order_by("-round__year")
    )
    rounds = Round.objects.in_bulk([row["round"] for row in sums])
    offices = user.organisations_as("clerk")
    still_open = Batch.objects.filter(
        round__in=rounds, stage=Batch.Stage.PREPARING, handler__in=offices
    ).order_by("number")
    open_batches = list(still_open)
    return [
        RoundPart(
            rounds[row["round"]],
            row["n"],
            row["fen"] or 0,
            [batch for batch in open_batches if batch.round_id == row["round"]],
        )
        for row in sums
    ]
