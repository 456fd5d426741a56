"""What a manifest's page draws: each obstacle with some cases by name, and the batches that cases would join."""

from dataclasses import dataclass

from django.db import connection

from accounts.models import Role, User
from config.words import T
from workflows.engine.asking import blockers
from workflows.engine.declare import Programme, Step
from workflows.engine.freeze import obstacles, said_now
from workflows.engine.guards import Reason
from workflows.models import Application, Batch, Manifest, Round
from workflows.web.desk.steps import mend


@dataclass(frozen=True, slots=True)
class Named:
    """One blocked case with its own sentence, and where that is mended (nothing where only the applicant can)."""

    case: Application
    words: T
    url: str


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One reason that blocks some cases: how many, and some of them by name."""

    count: int
    named: list[Named]
    one_sentence: T | None

    @property
    def more(self) -> int:
        return self.count - len(self.named)


@dataclass(frozen=True, slots=True)
class RoundPart:
    """The cases of one round that a consolidation would bring into a batch, and the batches still open."""

    round: Round
    count: int
    amount_fen: int
    batches: list[Batch]


def obstacles_of(manifest: Manifest, programme: Programme, step: Step, user: User) -> list[Obstacle]:
    """Every reason that blocks cases of `manifest`, the commonest first; two queries."""
    found = obstacles(manifest, programme, step)
    shown = {pk for obstacle in found for pk in obstacle.some}
    if not shown:
        return []
    cases = Application.objects.select_related("applicant").defer("answers", "sealed_answers").in_bulk(shown)
    standing = blockers(step, shown, user)
    made = []
    for obstacle in found:
        frozen = Reason(obstacle.code, obstacle.words)
        reasons = [said_now(frozen, standing.get(pk, ())) for pk in obstacle.some]
        named = [
            Named(cases[pk], reason.words, mend(cases[pk], reason))
            for pk, reason in zip(obstacle.some, reasons, strict=True)
        ]
        sentences = {one.words for one in named}
        made.append(Obstacle(obstacle.count, named, sentences.pop() if len(sentences) == 1 else None))
    return made


def rounds_of(manifest: Manifest, user: User) -> list[RoundPart]:
    """The rounds of the cases that can go, newest first, with the batches that still take cases."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT held.round, count(*), COALESCE(sum(a.amount_fen), 0)::bigint
                 FROM workflows_manifestpart part, unnest(part.ids, part.unmet, part.rounds) AS held(id, unmet, round)
                 JOIN workflows_application a ON a.id = held.id
                WHERE part.manifest_id = %s AND held.unmet = 0 GROUP BY 1""",
            [manifest.pk],
        )
        sums = {round_id: (count, fen) for round_id, count, fen in cursor.fetchall()}
    rounds = Round.objects.filter(pk__in=sums).order_by("-year", "-pk")
    still_open = Batch.objects.filter(
        round__in=sums, stage=Batch.Stage.PREPARING, handler__in=user.organisations_as(Role.CLERK)
    ).order_by("number")
    open_batches = list(still_open)
    return [
        RoundPart(round_, *sums[round_.pk], [batch for batch in open_batches if batch.round_id == round_.pk])
        for round_ in rounds
    ]
