"""Who could review what: proposed, looked at by the office, then confirmed; only then anybody is told."""

from collections.abc import Callable
from time import perf_counter
from typing import Any

from config.words import T
from workflows.engine import clock
from workflows.models import Application, Assignment, PlanningRun
from workflows.review.assignment.explaining import NAMED, explain
from workflows.review.assignment.loading import Asked, load
from workflows.review.assignment.solving import assign
from workflows.review.planning.waiting import under_review
from workflows.review.recusal.finding import find_conflicts


def propose(run: PlanningRun, tell: Callable[[str], None]) -> dict[str, Any]:
    """Find conflicts anew, solve, and write the proposal as assignments in the state `proposed`.

    Gives what the preview needs: [case, expert, quality] of every pair, and sentences for what is missing. A proposal
    that lacks something is still one: the preview says what, and nothing happens before it is confirmed.

    Raises:
        AssignmentFault: a forced pair that cannot be.
        SolverRefused: the numbers are beyond the solver.
    """
    began = perf_counter()
    tell("conflicts")
    ids = list(Application.objects.filter(under_review(run.round)).values_list("pk", flat=True))
    find_conflicts(ids)
    tell("loading")
    Assignment.objects.filter(state=Assignment.State.PROPOSED, application__round=run.round_id).delete()
    loaded = load(run.round, Asked.of(run.asked))
    tell("solving")
    found = assign(loaded.problem)
    tell("writing")
    quality = loaded.problem.quality[found.taken].tolist()
    pairs = [
        (loaded.cases[row], loaded.experts[column], fit)
        for (row, column), fit in zip(found.pairs, quality, strict=True)
    ]
    now = clock.now()
    Assignment.objects.bulk_create(
        [
            Assignment(
                application_id=case, expert_id=expert, state=Assignment.State.PROPOSED, made_by=run.made_by,
                made_at=now,
            )
            for case, expert, _ in pairs
        ],
        batch_size=5000,
    )  # fmt: skip
    why = explain(found)
    lacking: list[T] = [one.sentence for one in why.lacking]
    return {
        "pairs": pairs,
        "cases": len(loaded.cases),
        "experts": len(loaded.experts),
        "candidates": len(loaded.problem.case_of),
        "lacking": [[one.en, one.zh] for one in lacking],
        "short": [[loaded.cases[one.case], one.got, one.wanted] for one in why.shortages],
        "ways": [[one.words.en, one.words.zh] for one in why.relaxations[: 4 * NAMED]],
        "seconds": round(perf_counter() - began, 3),
    }
