"""Cases brought to where a page needs them, through the real steps."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import User
from tests.workflows.conftest import compared, fresh, new_batch
from workflows import notices, payments
from workflows.engine.perform import perform
from workflows.models import Application, Batch, Notice, Round


def submitted(case: Application) -> Application:
    perform("submit", [case.pk], actor=case.created_by, key=f"s{case.pk}")
    return fresh(case)


def approved(
    cases: Sequence[Application], round_: Round, *, clerk: User, verifier: User, official: User
) -> Batch:
    """Submitted, checked, verified, in one batch, approved."""
    for case in cases:
        submitted(case)
    ids = [case.pk for case in cases]
    for step in ("accept", "examine"):
        perform(step, ids, actor=clerk, key=f"{step}{ids[0]}")
    compared(list(cases))
    perform("verify", ids, actor=clerk, key=f"v{ids[0]}")
    batch = new_batch(round_, clerk)
    perform("consolidate", ids, actor=clerk, key=f"c{ids[0]}", data={"batch": batch.pk})
    Batch.objects.filter(pk=batch.pk).update(verified_by=verifier, verified_at=timezone.now())
    perform("approve", ids, actor=official, key=f"k{ids[0]}")
    Batch.objects.filter(pk=batch.pk).update(approved_by=official, approved_at=timezone.now())
    return Batch.objects.get(pk=batch.pk)


def noticed(
    cases: Sequence[Application], round_: Round, *, clerk: User, verifier: User, official: User
) -> Notice:
    """As `approved`, and on public notice now, released by the verifier."""
    batch = approved(cases, round_, clerk=clerk, verifier=verifier, official=official)
    perform("release_notice", [case.pk for case in cases], actor=verifier, key=f"r{batch.pk}")
    return Notice.objects.get(batch=batch)


def ended(notice: Notice) -> datetime:
    """The notice's days are over: its rows say so, and its cases went on; gives the moment."""
    Notice.objects.filter(pk=notice.pk).update(shown_until=timezone.now() - timedelta(seconds=1))
    later = notice.shown_until + timedelta(days=1)
    notices.end_due(at=later)
    return later


def paid(notice: Notice, *, cashier: User) -> None:
    """The notice is over and the bank has paid every line."""
    later = ended(notice)
    made = payments.make_list(notice.batch.round, actor=cashier, at=later)
    results = [payments.Returned(line.position, paid=True, paid_on=later.date()) for line in made.lines.all()]
    payments.read_return(made, results, actor=cashier, key=f"p{made.pk}", at=later)
