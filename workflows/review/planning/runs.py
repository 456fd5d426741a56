"""Questions to the solvers and their answers: asked by a clerk, worked out by a worker, kept whatever comes of it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import structlog
from django.db import connection, transaction
from django.db.models.functions import Now

from accounts.models import Role, User
from config.errors import Refusal
from config.words import T
from workflows.alone import alone
from workflows.engine.phases import telling
from workflows.models import Assignment, PlanningRun, Round
from workflows.review.planning.waiting import require_waiting

log = structlog.get_logger(__name__)
Kind, Stage = PlanningRun.Kind, PlanningRun.Stage
LOCK_CLASS = 7119
# One of which no worker heard.
WAITED = timedelta(seconds=20)


class NotTheirRound(Refusal):
    code = "not_their_round"
    status = 403
    words = T(
        en="Reviews of this round are planned by the clerks of its handling office.",
        zh="本轮评审由受理单位经办人安排。",
    )


class ProposalSettled(Refusal):
    """It is not open any more: accepted, dropped, or replaced by a newer one."""

    code = "proposal_settled"
    status = 409
    words = T(
        en="This proposal is not open any more ({stage}). Look at the newest one of the round.",
        zh="该方案已不可办理（{stage}）。请查看本轮最新方案。",
    )


def require_clerk(round_: Round, by: User) -> None:
    """Nothing for a clerk of the handling office.

    Raises:
        NotTheirRound: they are none.
    """
    if round_.handler_id not in by.organisations_as(Role.CLERK):
        raise NotTheirRound


def ask(round_: Round, kind: str, asked: dict[str, Any], *, by: User) -> PlanningRun:
    """Put a question to a worker; an open proposal of the same kind is dropped for it.

    Raises:
        NotTheirRound: `by` is no clerk of the handling office.
        NothingBeforePanel, AllInSessions: there is nothing to plan; nothing is dropped.
    """
    require_clerk(round_, by)
    require_waiting(round_, for_sessions=kind == Kind.SESSIONS)
    with transaction.atomic():
        Round.objects.select_for_update(of=("self",)).get(pk=round_.pk)
        for earlier in PlanningRun.objects.filter(
            round=round_, kind=kind, stage__in=[Stage.WAITING, Stage.READY]
        ):
            _settle(earlier, Stage.DROPPED, by)
        return PlanningRun.objects.create(round=round_, kind=kind, asked=asked, made_by=by)


def drop(run: PlanningRun, *, by: User) -> PlanningRun:
    """Take a proposal back; nobody was told of it.

    Raises:
        NotTheirRound: `by` is no clerk of the handling office.
        ProposalSettled: it is not open any more.
    """
    require_clerk(run.round, by)
    with transaction.atomic():
        return _settle(opened(run, Stage.WAITING, Stage.READY), Stage.DROPPED, by)


def opened(run: PlanningRun, *stages: PlanningRun.Stage) -> PlanningRun:
    """The run, locked, if it is in one of `stages`.

    Raises:
        ProposalSettled: it is in another.
    """
    found = PlanningRun.objects.select_for_update(of=("self",)).select_related("round").get(pk=run.pk)
    if found.stage not in stages:
        raise ProposalSettled(stage=found.get_stage_display())
    return found


def accepted(run: PlanningRun, by: User) -> PlanningRun:
    """Keep that a locked run was accepted."""
    run.stage, run.settled_by, run.settled_at = Stage.ACCEPTED, by, Now()
    run.save(update_fields=["stage", "settled_by", "settled_at"])
    return run


def _settle(run: PlanningRun, stage: PlanningRun.Stage, by: User) -> PlanningRun:
    take_back(run)
    run.stage, run.settled_by, run.settled_at = stage, by, Now()
    run.save(update_fields=["stage", "settled_by", "settled_at"])
    return run


def take_back(run: PlanningRun) -> None:
    """Forget what a run proposed and nobody was told of."""
    if run.kind == Kind.ASSIGN:
        proposed = Assignment.objects.filter(state=Assignment.State.PROPOSED, application__round=run.round_id)
        proposed.delete()


def _work_out(run: PlanningRun, tell: Callable[[str], None]) -> dict[str, Any]:
    # Solvers and their arrays are the worker's; no page loads them.
    if run.kind == Kind.ASSIGN:
        from workflows.review.assignment.proposing import propose  # noqa: PLC0415

        return propose(run, tell)
    from workflows.review.planning.proposing import propose as propose_sessions  # noqa: PLC0415

    return propose_sessions(run, tell)


def carry_out(run_id: int) -> PlanningRun | None:
    """Work a run out, telling its phases; a refusal is kept with its sentence.

    Safe to repeat and to run in several processes; None where another process is at it.
    """
    with alone(LOCK_CLASS, run_id) as mine:
        if not mine:
            return None
        found = PlanningRun.objects.select_related("round", "made_by").get(pk=run_id)
        if found.stage != Stage.WAITING:
            return found
        try:
            with telling(work_of(found)) as tell, transaction.atomic():
                answer = _work_out(found, tell)
                _keep(found, Stage.READY, found=answer)
        except Refusal as refusal:
            said = refusal.sentence
            _keep(found, Stage.REFUSED, refusal={"code": refusal.code, "en": said.en, "zh": said.zh})
            log.warning("planning_refused", run=found.pk, kind=found.kind, code=refusal.code)
        return PlanningRun.objects.select_related("round", "made_by").get(pk=run_id)


def _keep(run: PlanningRun, stage: PlanningRun.Stage, **values: Any) -> None:
    """One that was dropped meanwhile stays dropped, and what it wrote is rolled back."""
    kept = PlanningRun.objects.filter(pk=run.pk, stage=Stage.WAITING)
    if not kept.update(stage=stage, ready_at=Now(), **values) and connection.in_atomic_block:
        transaction.set_rollback(True)


def work_of(run: PlanningRun) -> str:
    """The name under which the phases of a run are told."""
    return f"bailu planning {run.pk}:"


def unfinished() -> list[int]:
    """Runs that no worker heard of, or whose worker died."""
    waiting = PlanningRun.objects.filter(stage=Stage.WAITING, made_at__lt=Now() - WAITED)
    return list(waiting.order_by("pk").values_list("pk", flat=True))
