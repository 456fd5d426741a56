"""Bringing cases anywhere on the way of a batch, through the real verbs."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.workflows.conftest import NUMBERS, compared
from workflows import approvals, batches, notices, objections, payments
from workflows.engine.perform import perform
from workflows.models import Application, Batch, NoticeLine, Objection, PaymentList, Round


def key() -> str:
    """A key that nothing else uses."""
    return f"way-{next(NUMBERS)}"


def verified(cases: Sequence[Application], clerk: User) -> list[Application]:
    """Drafts up to joint verification, as if the tax record agreed."""
    for case in cases:
        perform("submit", [case.pk], actor=case.created_by, key=key())
    ids = [case.pk for case in cases]
    perform("accept", ids, actor=clerk, key=key())
    perform("examine", ids, actor=clerk, key=key())
    compared(list(cases))
    perform("verify", ids, actor=clerk, key=key())
    return list(Application.objects.filter(pk__in=ids).order_by("pk"))


def prepared(round_: Round, cases: Sequence[Application], clerk: User) -> Batch:
    """A batch of verified cases with its preparer."""
    batch = approvals.open_batch(round_, by=clerk)
    approvals.consolidate(batch, [case.pk for case in cases], by=clerk, key=key())
    return batch


def awaiting_signature(round_: Round, cases: Sequence[Application], clerk: User, verifier: User) -> Batch:
    batch = approvals.hand_in(prepared(round_, cases, clerk), by=clerk, key=key())
    return approvals.verify(batch, by=verifier, key=key())


def approved(batch: Batch, official: User) -> Batch:
    return approvals.approve(batch, by=official, key=key(), signed=batches.manifest_sha256(batch))


def noticed(batch: Batch, approver: User, releaser: User) -> Batch:
    return approvals.release_notice(approved(batch, approver), by=releaser, key=key())


def cleared(batch: Batch, approver: User, releaser: User) -> datetime:
    """The notice over; returns a moment after its last day."""
    later = noticed(batch, approver, releaser).notice.shown_until + timedelta(hours=9)
    notices.end_due(at=later)
    return later


def listed(batch: Batch, approver: User, releaser: User, cashier: User) -> PaymentList:
    """A payment list of the whole batch."""
    return payments.make_list(batch.round, actor=cashier, at=cleared(batch, approver, releaser))


def objected(batch: Batch, position: int = 1) -> Objection:
    """An objection to one line of the batch's notice, while it stands."""
    line = NoticeLine.objects.get(notice__batch=batch, position=position)
    return objections.object_to(
        line, name="反对者王五", contact="13900001234", statement="此人去年已离职", key=key()
    )  # fmt: skip


def at_work(client: Client, user: User) -> None:
    """Sign in and open a page, so that what follows counts none of the statements of a session's first page."""
    client.force_login(user)
    client.get(reverse("batches"))


def form_of(page: HttpResponse, action: str) -> dict[str, str]:
    """The hidden fields of the form on a page that goes to `action`."""
    text = page.content.decode()
    found = re.search(rf'<form[^>]*action="{re.escape(action)}"[^>]*>(.*?)</form>', text, re.DOTALL)
    assert found, f"no form to {action}"
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', found[1]))


def press(client: Client, batch: Batch, action: str, **more: str) -> HttpResponse:
    """Press a button on the batch's page, with what its form holds."""
    url = reverse("batch_act", args=[batch.pk, action])
    return client.post(url, {**form_of(client.get(reverse("batch", args=[batch.pk])), url), **more})
