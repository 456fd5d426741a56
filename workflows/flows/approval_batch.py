"""The human tasks of an approval batch: prepare → verify → approve → release notice (if there is one) → close.

The flow says whose turn it is; what happens to the cases is done by the engine in the same transaction.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from viewflow import this
from viewflow.workflow import flow, lock
from viewflow.workflow.status import STATUS

from accounts.models import Role, User
from config.words import T
from workflows.models import ApprovalProcess, Batch


def batch_page(request: HttpRequest, process_pk: int, **_: Any) -> HttpResponse:  # noqa: ARG001 - viewflow's order
    """A task is worked on at its batch's page, in the project's own look."""
    return redirect("batch", pk=get_object_or_404(ApprovalProcess, pk=process_pk).batch_id)


class ApprovalBatch(flow.Flow):  # type: ignore[misc]
    """One process for a batch. Two simultaneous posts wait for each other at the process row."""

    process_class = ApprovalProcess
    lock_impl = lock.SelectForUpdateLock(nowait=False)
    process_title = "Approval batch"

    start = flow.StartHandle(this.begin).Next(this.prepare)
    prepare = (
        flow.View(batch_page)
        .Assign(lambda activation: activation.process.batch.prepared_by)
        .Next(this.verify)
    )
    verify = flow.View(batch_page).Next(this.approve)
    approve = flow.View(batch_page).Next(this.decided)
    decided = flow.If(lambda activation: activation.process.sent_back).Then(this.prepare).Else(this.public)
    public = (
        flow.If(lambda activation: activation.process.batch.round.declaration.notice is not None)
        .Then(this.release_notice)
        .Else(this.close)
    )
    release_notice = flow.View(batch_page).Next(this.close)
    close = flow.View(batch_page).Next(this.end)
    end = flow.End()

    def begin(self, activation: Any, batch: Batch) -> ApprovalProcess:
        """Bind the new process to its batch."""
        activation.process.batch = batch
        process: ApprovalProcess = activation.process
        return process


# Task → who may take it: the roles, and the column of the batch that says for whose organisation.
TASKS: dict[str, tuple[T, frozenset[str], str]] = {
    "prepare": (T("Prepare", "汇总"), frozenset({Role.CLERK}), "handler_id"),
    "verify": (T("Verify", "核验"), frozenset({Role.OFFICIAL}), "authority_id"),
    "approve": (T("Approve", "审批"), frozenset({Role.OFFICIAL}), "authority_id"),
    "release_notice": (T("Release the notice", "发布公示"), frozenset({Role.OFFICIAL}), "authority_id"),
    "close": (T("Close", "办结"), frozenset({Role.OFFICIAL}), "authority_id"),
}
OPEN = (STATUS.NEW, STATUS.ASSIGNED, STATUS.STARTED)


def may_take(user: User, task: str, batch: Batch) -> bool:
    """Whether `user`'s role lets them take the task of that name on `batch` (four eyes are the verbs' matter)."""
    _, roles, column = TASKS[task]
    return getattr(batch, column) in user.organisations_as(*roles)
