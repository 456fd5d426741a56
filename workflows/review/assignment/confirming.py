"""A proposal becomes assignments: all of them in one moment, and every expert hears of theirs."""

from collections import defaultdict
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from accounts.models import User
from config.errors import Refusal
from config.words import T, listed
from notifications.messages import tell_all
from notifications.notes import Note
from workflows.engine import clock
from workflows.engine.clock import HERE
from workflows.models import Application, Assignment, Conflict, Expert, PlanningRun
from workflows.review import counting
from workflows.review.planning.runs import Stage, accepted, opened, require_clerk

TOPIC = "review.assigned"
SUBJECT = T(en="Reviews for you: {count}", zh="新的评审任务：{count} 件")
BODY = T(
    en="{round}. Please give your undertaking, read the papers and score by {due}. "
    "If you have an interest in a case, recuse yourself: another expert follows.",
    zh="{round}。请签署承诺书、查阅材料，并于 {due} 前完成评分。如与项目存在利害关系，请申请回避，将另行安排专家。",
)


class ProposalLacks(Refusal):
    """Some cases have too few experts, and nobody said that this is meant."""

    code = "proposal_lacks"
    status = 409
    words = T(
        en="{count} cases would have too few experts. Give way somewhere and propose again, or confirm it as it is.",
        zh="有 {count} 个项目专家不足。请放宽条件后重新生成方案，或勾选后按现状确认。",
    )


class ProposalOutdated(Refusal):
    """Since it was worked out, somebody it names can no longer review a case it gives them."""

    code = "proposal_outdated"
    status = 409
    words = T(
        en="Since this was worked out, some can no longer review what they would get: {names}. Propose again.",
        zh="方案生成后情况有变，以下专家已不能评审相应项目：{names}。请重新生成方案。",
    )


class DueInThePast(Refusal):
    code = "due_in_the_past"
    status = 422
    words = T(en="The day by which to review lies in the past.", zh="评审截止时间已过，请重新填写。")


def confirm(run: PlanningRun, *, by: User, due_at: datetime, although_short: bool = False) -> int:
    """Every proposed pair of the run stands from now on; the experts are told, each once. Returns how many pairs.

    Args:
        due_at: until when the reviews are expected.
        although_short: go on though some cases have too few experts.

    Raises:
        NotTheirRound, ProposalSettled: it is not theirs to confirm, or not any more.
        ProposalLacks, ProposalOutdated, DueInThePast: see there; nothing is changed.
    """
    require_clerk(run.round, by)
    now = clock.now()
    if due_at <= now:
        raise DueInThePast
    with transaction.atomic():
        locked = opened(run, Stage.READY)
        short = len(locked.found.get("short", []))
        if short and not although_short:
            raise ProposalLacks(count=short)
        proposed = Assignment.objects.filter(
            state=Assignment.State.PROPOSED, application__round=locked.round_id
        )
        cases = sorted(set(proposed.values_list("application_id", flat=True)))
        # In the order in which every step locks its cases.
        rows = Application.objects.filter(pk__any=cases).order_by("pk").select_for_update(of=("self",))
        list(rows.values_list("pk", flat=True))
        _require_current(locked)
        pairs = list(proposed.values_list("expert_id", "application_id"))
        proposed.update(state=Assignment.State.STANDING, made_by=by, made_at=now, due_at=due_at)
        counting.recount(cases)
        accepted(locked, by)
        _tell(locked, pairs, due_at)
    return len(pairs)


def _require_current(run: PlanningRun) -> None:
    target = str(run.round.declaration.steps["put_to_panel"].target)
    kept_away = Conflict.objects.standing().filter(
        expert=OuterRef("expert"), application=OuterRef("application")
    )
    late = Assignment.objects.filter(
        Q(Exists(kept_away)) | ~Q(expert__status=Expert.Status.ENROLLED) | ~Q(application__state=target),
        state=Assignment.State.PROPOSED, application__round=run.round_id,
    ).select_related("expert", "application")  # fmt: skip
    names = [f"{one.expert.code} – {one.application.number}" for one in late.order_by("pk")[:5]]
    if names:
        raise ProposalOutdated(names=listed(names))


def _tell(run: PlanningRun, pairs: list[tuple[int, int]], due_at: datetime) -> None:
    mine: dict[int, int] = defaultdict(int)
    for expert, _ in pairs:
        mine[expert] += 1
    due = f"{due_at.astimezone(HERE):%Y-%m-%d %H:%M}"
    tell_all(
        [
            Note(
                recipient=one.user, key=f"planning:{run.pk}:{one.pk}", subject=SUBJECT.format(count=mine[one.pk]),
                body=BODY.format(round=run.round.title, due=due), link=reverse("reviews"), topic=TOPIC,
                programme=run.round.programme,
            )
            for one in Expert.objects.filter(pk__in=mine).select_related("user")
            if one.user is not None
        ]
    )  # fmt: skip
