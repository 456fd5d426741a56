"""What people do with a batch: open, fill, verify, sign, send back, release, close, claim and hand over its tasks."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from viewflow.workflow.models import Task

from accounts.models import User
from config.errors import Refusal
from config.words import T
from workflows.absences import covered_by, covered_people
from workflows.batches import manifest_sha256
from workflows.engine import clock
from workflows.engine.chosen import Chosen
from workflows.engine.perform import Outcome, perform
from workflows.flows.approval_batch import OPEN, TASKS, ApprovalBatch, may_take
from workflows.models import Application, Batch, Command, Round
from workflows.rules import unknown_to

Stage = Batch.Stage
Work = Callable[[Batch, "int | None"], None]
STAGE_TASK = {
    Stage.PREPARING: "prepare",
    Stage.VERIFYING: "verify",
    Stage.APPROVING: "approve",
    Stage.RELEASING: "release_notice",
    Stage.NOTICED: "close",
}


class NotTheirTask(Refusal):
    code = "not_your_task"
    status = 403
    words = T(
        en="“{task}” of batch {number} is not yours to do: it needs another role.",
        zh="批次 {number} 的“{task}”须由其他角色办理。",
    )


class TaskMoved(Refusal):
    code = "task_moved"
    status = 409
    words = T(
        en="Batch {number} is at “{stage}” by now; “{task}” is done. Reload the page.",
        zh="批次 {number} 目前处于“{stage}”，“{task}”已经办过。请刷新页面。",
    )


class SecondPersonNeeded(Refusal):
    code = "second_person_needed"
    status = 409
    words = T(
        en="You have prepared, verified or approved batch {number} yourself: another person must do this.",
        zh="您已汇总、核验或审批过批次 {number}，这一步须由另一人办理。",
    )


class BatchEmpty(Refusal):
    code = "batch_empty"
    status = 409
    words = T(en="Batch {number} holds no cases: add some first.", zh="批次 {number} 还没有事项，请先加入。")


class NotInBatch(Refusal):
    code = "not_in_batch"
    status = 409
    words = T(
        en="Some of these cases are no longer in batch {number}. Reload the page.",
        zh="所选事项中有的已不在批次 {number} 内。请刷新页面。",
    )


class ManifestChanged(Refusal):
    code = "manifest_changed"
    status = 409
    words = T(
        en="Batch {number} has changed since the page was drawn: look at the list again, then sign.",
        zh="批次 {number} 在页面打开后有变动：请重新核对清单后再签署。",
    )


class NotFinished(Refusal):
    code = "batch_not_finished"
    status = 409
    words = T(
        en="{count} cases of batch {number} are not at their end yet; it can be closed when all are.",
        zh="批次 {number} 还有 {count} 件未办结，全部办结后才能办结本批。",
    )


def open_batch(round_: Round, *, by: User, at: datetime | None = None) -> Batch:
    """A new empty batch of a round, with its process; the preparer holds the first task."""
    with transaction.atomic():
        Round.objects.select_for_update().get(pk=round_.pk)
        ordinal = (round_.batches.aggregate(last=Max("ordinal"))["last"] or 0) + 1
        batch = Batch.objects.create(
            number=f"{round_.declaration.code}{round_.year}-P{ordinal:02d}",
            round=round_,
            ordinal=ordinal,
            handler_id=round_.handler_id,
            authority_id=round_.authority_id,
            prepared_by=by,
            prepared_at=at or clock.now(),
        )
        _require(by, "prepare", batch)
        ApprovalBatch.start.run(batch=batch)
    return batch


def consolidate(
    batch: Batch,
    cases: Iterable[int] | Chosen,
    *,
    by: User,
    key: str,
    at: datetime | None = None,
    tell: Callable[[str], None] | None = None,
) -> Outcome:
    """Put verified cases into a batch that is being prepared, all or none."""
    _require(by, "prepare", batch)
    return perform(
        "consolidate",
        cases,
        actor=by,
        key=key,
        data={"batch": batch.pk},
        at=at,
        programme=batch.round.programme,
        behalf=behalf_of(batch, by),
        tell=tell,
    )


def take_out(
    batch: Batch, cases: Iterable[int], *, by: User, key: str, reason: str, at: datetime | None = None
) -> Outcome:
    """Take cases out of a batch that waits for its preparer, verifier or approver; its other cases go on.

    Raises:
        NotTheirTask: the task that waits on the batch is not theirs.
        TaskMoved: the batch is decided.
        NotInBatch: one of the cases is not in the batch.
    """
    ids = sorted(set(cases))
    with transaction.atomic():
        locked = Batch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
        if not Command.objects.filter(actor=by, key=key).exists():
            task = STAGE_TASK.get(Stage(locked.stage), "")
            if task not in ("prepare", "verify", "approve"):
                raise TaskMoved(
                    number=locked.number, stage=locked.get_stage_display(), task=TASKS["prepare"][0]
                )
            _require(by, task, locked)
            if Application.objects.filter(pk__any=ids, batch=locked).count() != len(ids):
                raise NotInBatch(number=locked.number)
        return perform("take_out", ids, actor=by, key=key, reason=reason, at=at, behalf=behalf_of(batch, by))


def hand_in(batch: Batch, *, by: User, key: str, at: datetime | None = None) -> Batch:
    """The preparer hands the batch in for verification."""

    def work(locked: Batch, behalf: int | None) -> None:
        _cases(locked)
        locked.stage = Stage.VERIFYING
        if behalf is not None:
            locked.prepared_by, locked.prepared_for_id = by, behalf

    return _do("prepare", batch, by, key, at, work)


def verify(batch: Batch, *, by: User, key: str, at: datetime | None = None) -> Batch:
    """A second person has looked through the batch."""

    def work(locked: Batch, behalf: int | None) -> None:
        _other_than(by, behalf, locked, locked.prepared_by_id, locked.prepared_for_id)
        locked.stage, locked.verified_by, locked.verified_for_id = Stage.APPROVING, by, behalf
        locked.verified_at = at or clock.now()

    return _do("verify", batch, by, key, at, work)


def approve(batch: Batch, *, by: User, key: str, signed: str, at: datetime | None = None) -> Batch:
    """Sign the batch: every case is approved, or none.

    Args:
        signed: the manifest's SHA-256 that the signer saw.

    Raises:
        ManifestChanged: the batch is not what was signed.
        Blocked: a case does not meet a guard; every reason is named.
    """

    def work(locked: Batch, behalf: int | None) -> None:
        if manifest_sha256(locked) != signed:
            raise ManifestChanged(number=locked.number)
        perform(
            "approve", _cases(locked), actor=by, key=f"{key}:cases", data={"manifest": signed}, at=at,
            behalf=behalf,
        )  # fmt: skip
        noticed = locked.round.declaration.notice is not None
        locked.stage, locked.manifest_sha256 = Stage.RELEASING if noticed else Stage.NOTICED, signed
        locked.approved_by, locked.approved_for_id, locked.approved_at = by, behalf, at or clock.now()
        locked.process.sent_back = False
        locked.process.save(update_fields=["sent_back"])

    return _do("approve", batch, by, key, at, work)


def send_back(batch: Batch, *, by: User, key: str, reason: str, at: datetime | None = None) -> Batch:
    """The approver sends the whole batch back to its preparer, with the reason."""

    def work(locked: Batch, behalf: int | None) -> None:
        # A batch from which everything was taken out goes back without a case that could tell why.
        if cases := _ids(locked):
            perform("send_back", cases, actor=by, key=f"{key}:cases", reason=reason, at=at, behalf=behalf)
        locked.stage, locked.verified_by, locked.verified_for, locked.verified_at = (
            Stage.PREPARING,
            None,
            None,
            None,
        )
        locked.process.sent_back = True
        locked.process.save(update_fields=["sent_back"])

    return _do("approve", batch, by, key, at, work)


def release_notice(batch: Batch, *, by: User, key: str, at: datetime | None = None) -> Batch:
    """Put the approved cases on public notice; another person than the approver."""

    def work(locked: Batch, behalf: int | None) -> None:
        _other_than(by, behalf, locked, locked.approved_by_id, locked.approved_for_id)
        perform("release_notice", _cases(locked), actor=by, key=f"{key}:cases", at=at, behalf=behalf)
        locked.stage = Stage.NOTICED

    return _do("release_notice", batch, by, key, at, work)


def close(batch: Batch, *, by: User, key: str, at: datetime | None = None) -> Batch:
    """Close a batch whose cases are all paid."""

    def work(locked: Batch, _behalf: int | None) -> None:
        over = ["paid", *(str(s) for s in locked.round.declaration.states if s.outcome)]
        unpaid = Application.objects.filter(batch=locked).exclude(state__in=over).count()
        if unpaid:
            raise NotFinished(count=unpaid, number=locked.number)
        locked.stage, locked.closed_at = Stage.CLOSED, at or clock.now()

    return _do("close", batch, by, key, at, work)


def claim(batch: Batch, *, by: User) -> Task:
    """Take the open task of a batch."""
    with _open_task(batch, STAGE_TASK[Stage(batch.stage)]) as activation:
        _require(by, str(activation.flow_task.name), batch)
        if activation.task.owner_id != by.pk:
            _assign(activation, by)
        return activation.task


def hand_over(batch: Batch, *, by: User, to: User) -> Task:
    """Give the open task of a batch to a colleague who may take it."""
    with _open_task(batch, STAGE_TASK[Stage(batch.stage)]) as activation:
        name = str(activation.flow_task.name)
        _require(by, name, batch)
        _require(to, name, batch)
        _assign(activation, to)
        return activation.task


def tasks_for(user: User) -> "QuerySet[Any]":
    """Open tasks of batches that `user`, or an absent colleague for whom they stand in, holds or could take;
    oldest first."""
    wanted = Q(pk=0)
    for name, (_, roles, column) in TASKS.items():
        organisations = user.organisations_as(*roles)
        if organisations:
            where = {f"process__approvalprocess__batch__{column}__in": organisations}
            wanted |= Q(flow_task=getattr(ApprovalBatch, name), **where)
    kept = unknown_to(user, batch="process__approvalprocess__batch")
    found: QuerySet[Any] = (
        Task.objects.exclude(kept)
        .filter(wanted, Q(owner=user) | Q(owner__in=covered_people(user)) | Q(owner=None), status__in=OPEN)
        .select_related(
            "owner", "process__approvalprocess__batch__round", "process__approvalprocess__batch__prepared_by"
        )
        .order_by("created")
    )
    return found


def open_task(batch: Batch) -> Task | None:
    """The task that waits on `batch`, with its owner; None when the batch is closed."""
    return (
        Task.objects.filter(process__approvalprocess__batch=batch, status__in=OPEN)
        .select_related("owner")
        .first()
    )


def _do(name: str, batch: Batch, by: User, key: str, at: datetime | None, work: "Work") -> Batch:
    """Finish the task `name` of a batch together with what it does to the cases: one transaction, once per key."""
    with transaction.atomic():
        locked = Batch.objects.select_for_update(of=("self",)).select_related("process").get(pk=batch.pk)
        # Also where the task has come round again: an old page that is sent twice does nothing more.
        if Command.objects.filter(actor=by, key=f"{key}:batch").exists():
            return locked
        if STAGE_TASK.get(Stage(locked.stage)) != name:
            raise TaskMoved(number=locked.number, stage=locked.get_stage_display(), task=TASKS[name][0])
        _require(by, name, locked)
        with _open_task(locked, name) as activation:
            behalf = task_behalf(activation.task, by)
            if activation.task.owner_id != by.pk:
                _assign(activation, by)
            work(locked, behalf)
            locked.save()
            activation.process.refresh_from_db(fields=["sent_back"])
            activation.start(None)
            activation.execute()
            if at:
                _backdate(locked, activation.task, at)
        Command.objects.create(
            actor=by, key=f"{key}:batch", step=f"batch.{name}", request_hash=b"", answer={"batch": locked.pk}
        )
    return locked


def _backdate(batch: Batch, task: Task, at: datetime) -> None:
    """A past that is being replayed: the tasks bear its times too."""
    Task.objects.filter(pk=task.pk).update(started=at, finished=at)
    Task.objects.filter(process=batch.process, status__in=OPEN).update(created=at)


@contextmanager
def _open_task(batch: Batch, name: str) -> Iterator[Any]:
    task = open_task(batch)
    if task is None or task.flow_task.name != name:
        raise TaskMoved(number=batch.number, stage=batch.get_stage_display(), task=TASKS[name][0])
    with task.activation() as activation:
        yield activation


def _assign(activation: Any, user: User) -> None:
    if activation.assign.can_proceed():
        activation.assign(user)
    else:
        activation.reassign(user)


def _require(user: User, name: str, batch: Batch) -> None:
    if not may_take(user, name, batch):
        raise NotTheirTask(task=TASKS[name][0], number=batch.number)


def behalf_of(batch: Batch, by: User) -> int | None:
    """The absent colleague who holds the open task of `batch` and for whom `by` stands in; None for oneself."""
    task = open_task(batch)
    return task_behalf(task, by) if task else None


def task_behalf(task: Task, by: User) -> int | None:
    """The same for a task that is known."""
    owner: int | None = task.owner_id
    return owner if owner not in (None, by.pk) and owner in covered_by(by) else None


def _other_than(user: User, behalf: int | None, batch: Batch, *others: int | None) -> None:
    """A second person: neither who acts nor for whom they act is one of `others`."""
    if {user.pk, behalf} & {other for other in others if other is not None}:
        raise SecondPersonNeeded(number=batch.number)


def _cases(batch: Batch) -> list[int]:
    """The ids of a batch that has some.

    Raises:
        BatchEmpty: it has none.
    """
    ids = _ids(batch)
    if not ids:
        raise BatchEmpty(number=batch.number)
    return ids


def _ids(batch: Batch) -> list[int]:
    return list(Application.objects.filter(batch=batch).order_by("pk").values_list("pk", flat=True))
