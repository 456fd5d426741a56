"""The batches of a person's offices: the tasks that wait for them, the list, and opening a new one."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.doors import door, signed_in
from accounts.models import Role, User
from config.words import T
from workflows.approvals import open_batch, tasks_for
from workflows.flows.approval_batch import TASKS
from workflows.flows.review_session import TASKS as SESSION_TASKS
from workflows.models import Application, Batch, Round
from workflows.review.sessions.turns import tasks_for as session_tasks
from workflows.rules import unknown_to
from workflows.web.keys import fresh_key, key_of
from workflows.web.official.once import made_once
from workflows.web.official.scope import READERS, batches_by
from workflows.web.official.sums import Sums, sums_of
from workflows.web.paging import page_of

TASKS_SHOWN = 50
STAGE_TONES = {
    Batch.Stage.PREPARING: "wait",
    Batch.Stage.VERIFYING: "wait",
    Batch.Stage.APPROVING: "due",
    Batch.Stage.RELEASING: "due",
    Batch.Stage.NOTICED: "wait",
    Batch.Stage.CLOSED: "ok",
    Batch.Stage.DISSOLVED: "",
}


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task of a batch that a person holds or could take."""

    batch: Batch
    words: T
    held: bool
    sums: Sums

    @property
    def is_ripe(self) -> bool:
        """Whether it can be done by now: a batch is closed when all of it is paid."""
        return self.batch.stage != Batch.Stage.NOTICED or not self.sums.unpaid


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One batch of the list with its figures."""

    batch: Batch
    tone: str
    sums: Sums


@dataclass(frozen=True, slots=True)
class Waiting:
    """A round whose verified cases wait for a batch."""

    round: Round
    cases: int
    amount_fen: int


@door(*READERS)
@require_GET
def batches(request: HttpRequest) -> HttpResponse:
    """My tasks, what waits for a batch, and all batches, newest first."""
    user = signed_in(request)
    mine = list(tasks_for(user)[:TASKS_SHOWN])
    stage = request.GET.get("stage", "")
    found = batches_by(user)
    counts = dict(found.order_by().values_list("stage").annotate(n=Count("pk")))
    if stage in Batch.Stage.values:
        found = found.filter(stage=stage)
    page = page_of(
        found.select_related("round", "prepared_by"),
        request.GET,
        total=counts.get(stage, 0) if stage in Batch.Stage.values else sum(counts.values()),
    )
    of_tasks = [task.process.approvalprocess.batch for task in mine]
    sums = sums_of([*(b.pk for b in page.rows), *(b.pk for b in of_tasks)])
    tasks = [
        TaskRow(b, TASKS[t.flow_task.name][0], t.owner_id == user.pk, sums.get(b.pk, Sums()))
        for t, b in zip(mine, of_tasks, strict=True)
    ]
    context = {
        "tasks": [task for task in tasks if task.is_ripe],
        "sessions": [
            (
                task.process.sessionprocess.session,
                SESSION_TASKS[task.flow_task.name],
                task.owner_id == user.pk,
            )
            for task in session_tasks(user)[:TASKS_SHOWN]
        ]
        if user.has_role(Role.CLERK)
        else [],
        "unripe": [task for task in tasks if not task.is_ripe],
        "page": page,
        "rows": [BatchRow(b, STAGE_TONES[Batch.Stage(b.stage)], sums.get(b.pk, Sums())) for b in page.rows],
        "tabs": _tabs(counts),
        "stage": stage,
        "waiting": waiting_rounds(user),
        "key": fresh_key(),
        "claim_key": fresh_key(),
    }
    return render(request, "official/batches.html", context)


def _tabs(counts: dict[str, int]) -> list[dict[str, Any]]:
    tabs: list[dict[str, Any]] = [{"slug": "", "label": _("All"), "count": sum(counts.values())}]
    return tabs + [
        {"slug": stage.value, "label": stage.label, "count": counts[stage.value]}
        for stage in Batch.Stage
        if counts.get(stage.value)
    ]


def waiting_rounds(user: User) -> list[Waiting]:
    """Rounds of the person's own service office with verified cases; those can be put into a batch."""
    offices = sorted(user.organisations_as(Role.CLERK))
    if not offices:
        return []
    cases = Application.objects.filter(handler__in=offices, state="verified").exclude(
        unknown_to(user, case="pk")
    )
    sums = {
        row["round"]: row
        for row in cases.order_by()
        .values("round")
        .annotate(n=Count("pk"), fen=Sum("amount_fen", filter=Q(rows_granted__gt=0)))
    }
    rounds = Round.objects.filter(pk__in=sums).order_by("-year", "-pk")
    return [Waiting(r, sums[r.pk]["n"], sums[r.pk]["fen"] or 0) for r in rounds]


@door(Role.CLERK)
@require_http_methods(["GET", "HEAD", "POST"])
def batch_open(request: HttpRequest) -> HttpResponse:
    """Open a new batch of a round; its preparer goes on to choose cases."""
    if request.method != "POST":
        return redirect("batches")
    user = signed_in(request)
    wanted = request.POST.get("round", "")
    mine = Round.objects.filter(handler__in=user.organisations_as(Role.CLERK))
    round_ = get_object_or_404(mine, pk=int(wanted) if wanted.isdecimal() and len(wanted) < 18 else 0)
    made = made_once(user, key_of(request), "batch.open", lambda: open_batch(round_, by=user))
    return redirect("batch_add", pk=made)
