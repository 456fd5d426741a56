"""What people do with a batch: fill it, hand it in, verify, sign, send back, take out, release, close."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Schema
from pydantic import Field, StringConstraints

from accounts.models import Scope
from workflows import approvals
from workflows.api.batches import BatchOut, batch_out, takers
from workflows.api.bearer import asker
from workflows.api.keeping import key_of
from workflows.api.kinds import Digest, Id, Ids
from workflows.api.routes import CLERK, DESK, Declare, Routes
from workflows.errors import NothingSelected
from workflows.models import Application, Batch
from workflows.web.official.adding import fitting
from workflows.web.official.batch import read_batch
from workflows.web.official.batch_acts import NobodyChosen
from workflows.web.official.dry_run import reasons_of

routes = Routes("Batches")
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


def _act(name: str) -> Declare:
    return routes.change("POST", f"/batches/{{pk}}/{name}", BatchOut, scope=Scope.BATCHES_WRITE, by=DESK)


class CasesIn(Schema):
    """The cases by id, or `all` that fit."""

    cases: Ids = []
    all: bool = False


class OutIn(Schema):
    """The cases by id, or `blocked`: every one that keeps the batch from going on."""

    reason: Reason
    cases: Annotated[list[Id], Field(max_length=100_000)] = []
    blocked: bool = False


class SignIn(Schema):
    """The hash of the manifest that the signer has read."""

    sha256: Digest


class WhyIn(Schema):
    reason: Reason


class ToIn(Schema):
    """The colleague who takes it over."""

    to: Id


def _read(request: HttpRequest, pk: int) -> Batch:
    return read_batch(asker(request), pk)


@routes.change("POST", "/batches/{pk}/cases", BatchOut, scope=Scope.BATCHES_WRITE, by=CLERK)
def batch_add_cases(request: HttpRequest, pk: Id, asked: CasesIn) -> BatchOut:
    """Consolidate verified cases of the batch's round into it, all or none."""
    user, batch = asker(request), _read(request, pk)
    if asked.all:
        ids = list(fitting(batch, user).order_by("pk").values_list("pk", flat=True))
    else:
        # What does not belong here is not told from what does not exist.
        known = Application.objects.filter(round=batch.round_id, handler=batch.handler_id)
        ids = list(known.filter(pk__any=asked.cases).values_list("pk", flat=True))
    if not ids:
        raise NothingSelected
    approvals.consolidate(batch, ids, by=user, key=key_of(request))
    return batch_out(request, pk)


@_act("take-out")
def batch_take_out(request: HttpRequest, pk: Id, asked: OutIn) -> BatchOut:
    """Take cases out of the batch, with a reason; its others go on."""
    user, batch = asker(request), _read(request, pk)
    ids = asked.cases
    if asked.blocked:
        whole = Application.objects.filter(batch=batch).values_list("pk", flat=True)
        ids = list(reasons_of(batch, list(whole), user))
    if not ids:
        raise NothingSelected
    approvals.take_out(batch, ids, by=user, key=key_of(request), reason=asked.reason)
    return batch_out(request, pk)


@_act("claim")
def batch_claim(request: HttpRequest, pk: Id) -> BatchOut:
    """Take the task that waits on the batch."""
    approvals.claim(_read(request, pk), by=asker(request))
    return batch_out(request, pk)


@_act("hand-over")
def batch_hand_over(request: HttpRequest, pk: Id, asked: ToIn) -> BatchOut:
    """Give the task that waits on the batch to a colleague who may take it."""
    batch = _read(request, pk)
    to = takers(batch).get(asked.to)
    if to is None:
        raise NobodyChosen
    approvals.hand_over(batch, by=asker(request), to=to)
    return batch_out(request, pk)


@_act("hand-in")
def batch_hand_in(request: HttpRequest, pk: Id) -> BatchOut:
    """The preparer hands the batch in for verification."""
    approvals.hand_in(_read(request, pk), by=asker(request), key=key_of(request))
    return batch_out(request, pk)


@_act("verify")
def batch_verify(request: HttpRequest, pk: Id) -> BatchOut:
    """A second person has looked through the batch."""
    approvals.verify(_read(request, pk), by=asker(request), key=key_of(request))
    return batch_out(request, pk)


@_act("approve")
def batch_approve(request: HttpRequest, pk: Id, asked: SignIn) -> BatchOut:
    """Sign the manifest: every case is approved, or none. A batch that has changed since it was read is refused."""
    approvals.approve(_read(request, pk), by=asker(request), key=key_of(request), signed=asked.sha256.lower())
    return batch_out(request, pk)


@_act("send-back")
def batch_send_back(request: HttpRequest, pk: Id, asked: WhyIn) -> BatchOut:
    """Send the whole batch back to its preparer, with the reason."""
    approvals.send_back(_read(request, pk), by=asker(request), key=key_of(request), reason=asked.reason)
    return batch_out(request, pk)


@_act("release-notice")
def batch_release_notice(request: HttpRequest, pk: Id) -> BatchOut:
    """Release the public notice of an approved batch; another person than the one who approved it."""
    approvals.release_notice(_read(request, pk), by=asker(request), key=key_of(request))
    return batch_out(request, pk)


@_act("close")
def batch_close(request: HttpRequest, pk: Id) -> BatchOut:
    """Close a batch of which every case is paid."""
    approvals.close(_read(request, pk), by=asker(request), key=key_of(request))
    return batch_out(request, pk)
