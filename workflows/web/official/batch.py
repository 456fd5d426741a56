"""A batch as an object: its path, its manifest, its dry run, its cases, and what its next person does."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from accounts.doors import door, signed_in
from accounts.models import User
from config.errors import Refusal
from workflows.approvals import STAGE_TASK
from workflows.batches import manifest_sha256
from workflows.flows.approval_batch import TASKS
from workflows.models import Application, Batch
from workflows.review.ranking.freezing import frozen_of
from workflows.web.keys import fresh_key
from workflows.web.official.case_rows import SHOWN, rows_of
from workflows.web.official.dry_run import DryRun, dry_run
from workflows.web.official.scope import READERS, batches_by
from workflows.web.official.stages import batch_path, history, last_send_back, open_one, tasks_of, waits_for
from workflows.web.official.sums import Sums, by_industry, by_post, share_of_budget, sums_of
from workflows.web.official.turn import turn_of

HISTORY_SHOWN = 8
PARTIES = ("round", "handler", "authority", "prepared_by", "verified_by", "approved_by", "process", "notice")


def read_batch(user: User, pk: int) -> Batch:
    """The batch with its parties, if an office of `user` handles or decides it.

    Raises:
        Http404: `user` may not know of it.
    """
    return get_object_or_404(batches_by(user).select_related(*PARTIES), pk=pk)


@door(*READERS)
@require_GET
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of a batch."""
    user = signed_in(request)
    return batch_page(request, read_batch(user, pk), user)


def batch_page(
    request: HttpRequest, batch: Batch, user: User, *, refusal: Refusal | None = None, action: str = ""
) -> HttpResponse:
    """The page as the batch stands now; `refusal` is what `action` was answered, beside what was typed."""
    # The hash first: whatever changes while the page is drawn makes the signature fail, never the other way round.
    signed = manifest_sha256(batch) if batch.stage == Batch.Stage.APPROVING else batch.manifest_sha256
    tasks = tasks_of(batch)
    sums = sums_of([batch.pk]).get(batch.pk, Sums())
    ids = list(Application.objects.filter(batch=batch).order_by("pk").values_list("pk", flat=True))
    run = dry_run(batch, ids, user)
    page, rows = rows_of(batch, request.GET, sums)
    moments = history(batch, tasks)
    waiting = open_one(tasks)
    context = {
        "batch": batch,
        "round": batch.round,
        "steps": batch_path(batch, tasks, sums),
        "sums": sums,
        "share": share_of_budget(sums.amount_fen, batch.round.budget_fen),
        "run": run,
        "page": page,
        "rows": rows,
        "shown": request.GET.get("show", "") if request.GET.get("show", "") in SHOWN else "",
        "order": request.GET.get("order", ""),
        "industries": by_industry(batch),
        "posts": by_post(batch),
        "moments": moments[:HISTORY_SHOWN],
        "older": moments[HISTORY_SHOWN:],
        "waiting": waiting,
        "waits_for": waits_for(waiting) if waiting else "",
        "signed": signed,
        **_frozen(batch, ids),
        "tried": {"refusal": refusal, "action": action, "reason": request.POST.get("reason", "")},
        **_doing(batch, user, waiting, run, sums),
    }
    if batch.stage == Batch.Stage.PREPARING:
        context["sent_back"] = last_send_back(moments)
    return render(request, "official/batch.html", context, status=refusal.status if refusal else 200)


def _frozen(batch: Batch, ids: list[int]) -> dict[str, Any]:
    """The cases of the batch in the order that was frozen, where experts have ranked them."""
    if batch.round.declaration.rubric is None or (kept := frozen_of(batch.round)) is None:
        return {}
    here = set(ids)
    rows = [one for one in kept.content["ranked"] if one["id"] in here]
    return {"frozen": kept, "frozen_rows": rows, "frozen_without": len(here) - len(rows)}


def _doing(batch: Batch, user: User, waiting: Any, run: DryRun, sums: Sums) -> dict[str, Any]:
    """What `user` can do here now, each form with its own key."""
    task = STAGE_TASK.get(Batch.Stage(batch.stage), "")
    turn = turn_of(batch, user, waiting, run, sums)
    names = ("act", "send_back", "take_out", "claim", "hand_over")
    return {
        "task": task,
        "task_words": TASKS[task][0] if task else "",
        "turn": turn,
        "keys": {name: fresh_key() for name in names},
    }
