"""The path of a batch through its people, from viewflow's tasks; and what happened to it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db.models import Count, Max, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from viewflow.workflow.models import Task
from viewflow.workflow.status import STATUS

from config.templatetags.words import count, day
from config.words import T
from workflows.approvals import STAGE_TASK
from workflows.engine.asking import ROLE_WORDS
from workflows.flows.approval_batch import OPEN, TASKS
from workflows.models import Batch, BatchItem, Event, PaymentList
from workflows.web.official.sums import Sums
from workflows.web.pictures import Moment, PathStep

DONE_WORDS = {
    "prepare": T("Handed in", "汇总提交"),
    "verify": T("Verified", "核验完成"),
    "approve": T("Signed and approved", "签署通过"),
    "release_notice": T("Notice released", "发布公示"),
    "close": T("Closed", "办结"),
}
SENT_BACK = T("Sent back", "退回")
NOTICE, PAYMENT, CLOSE = T("Public notice", "公示"), T("Disbursement", "拨付"), T("Close", "办结")
TAKEN_OUT_SHOWN = 20
ADDED_SHOWN = 20


def tasks_of(batch: Batch) -> list[Task]:
    """The human tasks of a batch with their owners, oldest first; one query."""
    tasks = Task.objects.filter(process__approvalprocess__batch=batch).select_related("owner").order_by("pk")
    return [task for task in tasks if task.flow_task.name in TASKS]


def open_one(tasks: Sequence[Task]) -> Task | None:
    """The task that waits."""
    return next((task for task in reversed(tasks) if task.status in OPEN), None)


def waits_for(task: Task) -> str:
    """Who holds a task: its owner, or the role that may take it."""
    if task.owner is not None:
        return str(task.owner)
    roles = sorted(TASKS[task.flow_task.name][1])
    return " / ".join(str(ROLE_WORDS[role]) for role in roles)  # type: ignore[index]


def batch_path(batch: Batch, tasks: Sequence[Task], sums: Sums) -> list[PathStep]:
    """The strip: the people's tasks, and between them what runs by itself (notice, payment)."""
    waiting = open_one(tasks)
    done = {t.flow_task.name: t for t in tasks if t.status == STATUS.DONE}
    here = STAGE_TASK.get(Batch.Stage(batch.stage))
    until = _("until %(day)s") % {"day": day(sums.due_on)} if sums.due_on else ""
    steps = []
    reached = False
    for name in ("prepare", "verify", "approve", "release_notice"):
        if name not in batch.round.declaration.steps and name == "release_notice":
            continue
        if name == here and waiting:
            steps.append(PathStep(TASKS[name][0], "now", until, waits_for(waiting)))
            reached = True
        elif reached or name not in done:
            steps.append(PathStep(TASKS[name][0], "ahead"))
        else:
            steps.append(
                PathStep(TASKS[name][0], "done", day(done[name].finished), str(done[name].owner or ""))
            )
    known = batch.round.declaration
    without = [
        words for words, there in ((NOTICE, known.notice), (PAYMENT, "pay" in known.steps)) if not there
    ]
    return steps + [step for step in _after_release(batch, waiting, sums) if step.name not in without]


def _after_release(batch: Batch, waiting: Task | None, sums: Sums) -> list[PathStep]:
    if batch.stage == Batch.Stage.CLOSED:
        notice = getattr(batch, "notice", None)
        days = (day(notice.ends_on) if notice else "", "", day(batch.closed_at))
        return [PathStep(w, "done", d) for w, d in zip((NOTICE, PAYMENT, CLOSE), days, strict=True)]
    if batch.stage != Batch.Stage.NOTICED:
        return [PathStep(words, "ahead") for words in (NOTICE, PAYMENT, CLOSE)]
    notice = getattr(batch, "notice", None)
    until = _("until %(day)s") % {"day": day(notice.ends_on)} if notice else ""
    paid = _("%(done)s of %(all)s paid") % {"done": count(sums.cases - sums.unpaid), "all": count(sums.cases)}
    if sums.noticed:
        return [PathStep(NOTICE, "now", until), PathStep(PAYMENT, "ahead"), PathStep(CLOSE, "ahead")]
    ended = day(notice.ends_on) if notice else ""
    if sums.unpaid and "pay" in batch.round.declaration.steps:
        return [PathStep(NOTICE, "done", ended), PathStep(PAYMENT, "now", paid), PathStep(CLOSE, "ahead")]
    who = waits_for(waiting) if waiting else ""
    return [PathStep(NOTICE, "done", ended), PathStep(PAYMENT, "done", paid), PathStep(CLOSE, "now", "", who)]


def history(batch: Batch, tasks: Sequence[Task]) -> list[Moment]:
    """What happened to a batch, newest first: its tasks, who came in and went out, what the approver wrote."""
    moments = [*_finished(batch, tasks), *_added(batch), *_taken_out(batch), *_paid(batch)]
    notice = getattr(batch, "notice", None)
    if notice is not None and notice.shown_until < timezone.now():
        moments.append(Moment(T("Notice ended", "公示期满"), notice.shown_until))
    return sorted(moments, key=lambda moment: moment.at, reverse=True)


def last_send_back(moments: Sequence[Moment]) -> Moment | None:
    """The last time the batch came back, with its reason."""
    return next((moment for moment in moments if moment.words is SENT_BACK), None)


def _finished(batch: Batch, tasks: Sequence[Task]) -> list[Moment]:
    reasons = _reasons(batch)
    moments = []
    for n, task in enumerate(tasks):
        if task.status != STATUS.DONE:
            continue
        name = task.flow_task.name
        # After an approval that sends back, the batch is prepared again.
        back = name == "approve" and any(later.flow_task.name == "prepare" for later in tasks[n + 1 :])
        words = SENT_BACK if back else DONE_WORDS[name]
        reason = _nearest(reasons, task) if back else ""
        moments.append(Moment(words, task.finished, reason, str(task.owner or ""), "due" if back else ""))
    return moments


def _nearest(reasons: list[dict[str, Any]], task: Task) -> str:
    """The reason that was given with a task: written in the same transaction, so the nearest in time."""
    if not reasons:
        return ""
    nearest = min(reasons, key=lambda r: abs(r["at"] - task.finished))
    return str(nearest["reason"])


def _reasons(batch: Batch) -> list[dict[str, Any]]:
    """The reasons of the send-backs; each stands on every case of its time, so one a command is read."""
    events = Event.objects.filter(
        step="send_back",
        # The clocks of web server and database may differ a little.
        at__gte=batch.prepared_at - timedelta(days=1),
        application__batch_items__batch=batch,
    )
    found: Any = events.order_by("command", "pk").distinct("command").values("at", "reason")
    return list(found)


def _added(batch: Batch) -> list[Moment]:
    rows = (
        BatchItem.objects.filter(batch=batch)
        .order_by()
        .values("added_at")
        .annotate(n=Count("pk"))
        .order_by("-added_at")[:ADDED_SHOWN]
    )
    return [
        Moment(
            ngettext("%(n)s case added", "%(n)s cases added", row["n"]) % {"n": count(row["n"])},
            row["added_at"],
        )
        for row in rows
    ]


def _taken_out(batch: Batch) -> list[Moment]:
    rows: Any = (
        BatchItem.objects.filter(batch=batch, removed_at__isnull=False)
        .order_by()
        .values("removed_at", "removed_reason", "removed_by__name")
        .annotate(n=Count("pk"), number=Max("application__number"))
        .order_by("-removed_at")[:TAKEN_OUT_SHOWN]
    )
    return [
        Moment(
            _("%(number)s taken out") % {"number": row["number"]}
            if row["n"] == 1
            else ngettext("%(n)s case taken out", "%(n)s cases taken out", row["n"]) % {"n": count(row["n"])},
            row["removed_at"],
            row["removed_reason"],
            row["removed_by__name"] or "",
            "due",
        )
        for row in rows
    ]


def _paid(batch: Batch) -> list[Moment]:
    if batch.stage not in (Batch.Stage.NOTICED, Batch.Stage.CLOSED):
        return []
    lists: QuerySet[PaymentList] = (
        PaymentList.objects.filter(lines__application__batch=batch).select_related("made_by").distinct()
    )
    return [
        Moment(_("Payment list %(number)s") % {"number": made.number}, made.made_at, "", str(made.made_by),
               url=reverse("payment_list", args=[made.pk]))
        for made in lists.order_by("-pk")[:10]
    ]  # fmt: skip
