"""Batches: the list, one of them, its manifest with the dry run, its cases."""

from typing import Annotated

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Schema

from accounts.models import Role, Scope, User
from workflows.api.bearer import asker
from workflows.api.case_out import CaseLine, iso, lines_of, readable_cases, ref
from workflows.api.keeping import key_of
from workflows.api.kinds import After, Id, Limit, Ref, Rows
from workflows.api.lists import page_of
from workflows.api.problems import ReasonOut, reason_out
from workflows.api.routes import CLERK, DESK, Routes, put_header
from workflows.approvals import STAGE_TASK, open_batch
from workflows.approvals import open_task as waiting_task
from workflows.batches import manifest_sha256
from workflows.flows.approval_batch import TASKS, may_take
from workflows.models import Application, Batch, Round
from workflows.web.official.batch import read_batch
from workflows.web.official.dry_run import dry_run, reasons_of
from workflows.web.official.once import made_once
from workflows.web.official.scope import batches_by
from workflows.web.official.sums import Sums, sums_of
from workflows.web.pictures import colleagues

routes = Routes("Batches")
# Of each reason so many cases are named; `/batches/{pk}/blocked` lists every one.
NAMED = 50


class SumsOut(Schema):
    """The figures of a batch."""

    cases: int
    people: int
    granted: int
    refused: int
    held: int
    amount_fen: int
    paid_fen: int
    unpaid: int


class BatchLine(Schema):
    """A batch in a list."""

    id: int
    number: str
    round: int
    stage: str
    stage_label: str
    prepared_by: Ref
    prepared_at: str
    sums: SumsOut


class TaskOut(Schema):
    """The task that waits on a batch: whose it is, and whether the asker's role may take it."""

    name: str
    label: str
    owner: Ref | None
    mine_to_take: bool


class BatchOut(BatchLine):
    """One batch with its people and the task that waits on it."""

    verified_by: Ref | None
    approved_by: Ref | None
    approved_at: str | None
    closed_at: str | None
    notice: int | None
    manifest_sha256: str
    task: TaskOut | None


class ObstacleOut(Schema):
    """One reason, on how many cases, some of them by name."""

    code: str
    count: int
    named: list[ReasonOut]


class ManifestOut(Schema):
    """What the next decision would decide: its hash, its figures, and everything that stands in its way.

    Sign by sending `sha256` back with the approval: a batch that has changed since is refused.
    """

    sha256: str
    stage: str
    step: str
    sums: SumsOut
    blocked: int
    obstacles: list[ObstacleOut]


class OpenIn(Schema):
    round: Id


class BlockedRow(Schema):
    """A case of the batch on which its next step cannot be taken, with every reason."""

    case: int
    reasons: list[ReasonOut]


def sums_out(sums: Sums) -> SumsOut:
    return SumsOut(**{name: getattr(sums, name) for name in SumsOut.model_fields})


def line(batch: Batch, sums: Sums) -> BatchLine:
    return BatchLine(
        id=batch.pk,
        number=batch.number,
        round=batch.round_id,
        stage=batch.stage,
        stage_label=batch.get_stage_display(),
        prepared_by=Ref(id=batch.prepared_by_id, name=str(batch.prepared_by)),
        prepared_at=batch.prepared_at.isoformat(),
        sums=sums_out(sums),
    )


def batch_out(request: HttpRequest, pk: int) -> BatchOut:
    """The batch as it stands now.

    Raises:
        Http404: the asker may not know of it.
    """
    user = asker(request)
    found = read_batch(user, pk)
    sums = sums_of([pk]).get(pk, Sums())
    notice = getattr(found, "notice", None)
    return BatchOut(
        **line(found, sums).model_dump(),
        verified_by=ref(found.verified_by),
        approved_by=ref(found.approved_by),
        approved_at=iso(found.approved_at),
        closed_at=iso(found.closed_at),
        notice=notice.pk if notice else None,
        manifest_sha256=found.manifest_sha256,
        task=_task(found, user),
    )


def _task(batch: Batch, user: User) -> TaskOut | None:
    waiting = waiting_task(batch)
    name = STAGE_TASK.get(Batch.Stage(batch.stage), "")
    if waiting is None or not name:
        return None
    return TaskOut(
        name=name,
        label=str(TASKS[name][0]),
        owner=ref(waiting.owner),
        mine_to_take=may_take(user, name, batch),
    )


@routes.get("/batches", Rows[BatchLine], scope=Scope.BATCHES_READ, by=DESK)
def batches(
    request: HttpRequest,
    after: After = None,
    limit: Limit = 30,
    stage: Batch.Stage | None = None,
    round_id: Annotated[Id | None, Query(alias="round")] = None,
) -> Rows[BatchLine]:
    """The batches of one's offices, newest first."""
    found: QuerySet[Batch] = batches_by(asker(request)).select_related("prepared_by")
    narrowed = {"stage": stage and stage.value, "round": round_id}
    found = found.filter(**{name: value for name, value in narrowed.items() if value is not None})
    page, following = page_of(request, found, after=after, limit=limit)
    sums = sums_of([one.pk for one in page])
    return Rows[BatchLine](rows=[line(one, sums.get(one.pk, Sums())) for one in page], next=following)


@routes.change("POST", "/batches", BatchOut, scope=Scope.BATCHES_WRITE, by=CLERK, status=201)
def batch_open(request: HttpRequest, asked: OpenIn) -> BatchOut:
    """Open a new batch of a round that one's office handles."""
    user = asker(request)
    mine = Round.objects.filter(handler__in=user.organisations_as(Role.CLERK))
    round_ = get_object_or_404(mine, pk=asked.round)
    pk = made_once(user, key_of(request), "batch", lambda: open_batch(round_, by=user))
    put_header(request, "Location", f"/api/v1/batches/{pk}")
    return batch_out(request, pk)


@routes.get("/batches/{pk}", BatchOut, scope=Scope.BATCHES_READ, by=DESK)
def batch(request: HttpRequest, pk: Id) -> BatchOut:
    """One batch: its stage, its figures, its people, the task that waits."""
    return batch_out(request, pk)


@routes.get("/batches/{pk}/manifest", ManifestOut, scope=Scope.BATCHES_READ, by=DESK)
def batch_manifest(request: HttpRequest, pk: Id) -> ManifestOut:
    """The manifest with the dry run: its hash, its figures, every kind of blocker with the cases it is about."""
    user = asker(request)
    found = read_batch(user, pk)
    # The hash first: whatever changes meanwhile makes the signature fail, never the other way round.
    signed = manifest_sha256(found)
    run = dry_run(found, _ids(found), user, named=NAMED)
    return ManifestOut(
        sha256=signed,
        stage=found.stage,
        step=STAGE_TASK.get(Batch.Stage(found.stage), ""),
        sums=sums_out(sums_of([pk]).get(pk, Sums())),
        blocked=run.blocked,
        obstacles=[
            ObstacleOut(
                code=o.code,
                count=o.count,
                named=[
                    ReasonOut(case=n.case.pk, code=o.code, sentence=str(n.words), mend=_mend(n.case))
                    for n in o.named
                ],
            )
            for o in run.obstacles
        ],
    )


def _mend(case: Application) -> str:
    return f"/api/v1/cases/{case.pk}"


@routes.get("/batches/{pk}/blocked", Rows[BlockedRow], scope=Scope.BATCHES_READ, by=DESK)
def batch_blocked(request: HttpRequest, pk: Id, after: After = None, limit: Limit = 30) -> Rows[BlockedRow]:
    """Every case of the batch on which its next step cannot be taken, each with all its reasons."""
    user = asker(request)
    found = read_batch(user, pk)
    reasons = reasons_of(found, _ids(found), user)
    cases = Application.objects.filter(pk__any=list(reasons)).only("pk", "round")
    page, following = page_of(request, cases, after=after, limit=limit, by="pk")
    rows = [
        BlockedRow(case=c.pk, reasons=[reason_out(r, c.pk, c.round_id) for r in reasons[c.pk]]) for c in page
    ]
    return Rows[BlockedRow](rows=rows, next=following)


@routes.get("/batches/{pk}/cases", Rows[CaseLine], scope=Scope.BATCHES_READ, by=DESK)
def batch_cases(request: HttpRequest, pk: Id, after: After = None, limit: Limit = 30) -> Rows[CaseLine]:
    """The cases of the batch."""
    user = asker(request)
    found = read_batch(user, pk)
    cases = readable_cases(user).filter(batch=found.pk).defer("answers", "sealed_answers")
    page, following = page_of(request, cases, after=after, limit=limit, by="pk")
    return Rows[CaseLine](rows=lines_of(page, user), next=following)


class TaskColleagueOut(Schema):
    id: int
    name: str


@routes.get("/batches/{pk}/colleagues", list[TaskColleagueOut], scope=Scope.BATCHES_READ, by=DESK)
def batch_colleagues(request: HttpRequest, pk: Id) -> list[TaskColleagueOut]:
    """Those to whom the task that waits on the batch can be handed over."""
    return [TaskColleagueOut(id=p.pk, name=p.name) for p in takers(read_batch(asker(request), pk)).values()]


def takers(batch: Batch) -> dict[int, User]:
    """Who can take the task that waits on the batch, by id."""
    task = STAGE_TASK.get(Batch.Stage(batch.stage), "")
    roles = TASKS[task][1] if task else ()
    offices = (batch.handler_id, batch.authority_id)
    found = {p.pk: p for role in roles for office in offices for p in colleagues(office, role)}
    return {pk: person for pk, person in found.items() if may_take(person, task, batch)}


def _ids(batch: Batch) -> list[int]:
    return list(Application.objects.filter(batch=batch).order_by("pk").values_list("pk", flat=True))
