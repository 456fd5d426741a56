"""Enrolling everybody who waits, in a fixed number of statements: after a list was imported."""

from dataclasses import dataclass
from datetime import datetime

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower

from accounts.models import Membership, Organisation, Role, User
from notifications import outbox
from workflows.engine import clock
from workflows.models import Competence, Expert, ExpertChange
from workflows.review.experts.deciding import TOPIC
from workflows.review.experts.refusals import NotOfOffice

Status = Expert.Status


@dataclass(frozen=True, slots=True)
class Approved:
    """How many are enrolled now, and how many still wait: without a field, or for somebody else to approve."""

    enrolled: int
    left: int


@transaction.atomic
def approve_waiting(office: Organisation, *, by: User, at: datetime | None = None) -> Approved:
    """As `deciding.approve`, for everybody of the office who waits and whom `by` may approve.

    Left out are those whom `by` entered, `by` themselves, who has no field, and whose address is the
    account of another expert.

    Raises:
        NotOfOffice: `by` is no official of the office.
    """
    if office.pk not in by.organisations_as(Role.OFFICIAL):
        raise NotOfOffice(office=office.name)
    waiting = Expert.objects.filter(office=office, status=Status.APPLIED)
    mine = Q(entered_by=by) | Q(user=by) | Q(email__iexact=by.email)
    ready = waiting.filter(Exists(Competence.objects.filter(expert=OuterRef("pk")))).exclude(mine)
    rows = list(ready.order_by("pk").select_for_update(of=("self",)))
    accounts = _accounts_of(rows)
    rows = [row for row in rows if row.user_id or row.email.lower() in accounts]
    when = at or clock.now()
    for row in rows:
        row.user_id = row.user_id or accounts[row.email.lower()]
        row.status, row.decided_by, row.decided_at, row.changed_at = Status.ENROLLED, by, when, when
    Expert.objects.bulk_update(
        rows, ["user", "status", "decided_by", "decided_at", "changed_at"], batch_size=500
    )
    Membership.objects.bulk_create(
        [
            Membership(user_id=row.user_id, organisation=office, role=Role.EXPERT, started_at=when)
            for row in rows
            if row.user_id
        ],
        ignore_conflicts=True,
    )
    changes = ExpertChange.objects.bulk_create(
        [ExpertChange(expert=row, what="approve", by=by, at=when) for row in rows]
    )
    outbox.put_all([(TOPIC, f"expert:{change.pk}", {"change": change.pk}) for change in changes])
    return Approved(len(rows), waiting.count())


def _accounts_of(rows: list[Expert]) -> dict[str, int]:
    """Address → the account that is linked: the one that is there, unless it is another expert's, or a new one."""
    wanted = {row.email.lower(): row for row in rows if row.user_id is None}
    there = User.objects.annotate(address=Lower("email")).filter(address__in=wanted)
    known = dict(there.values_list("address", "pk"))
    taken = set(Expert.objects.filter(user__in=known.values()).values_list("user", flat=True))
    made = User.objects.bulk_create(
        [
            User(email=email, name=row.name, phone=row.phone, password=make_password(None))
            for email, row in wanted.items()
            if email not in known
        ]
    )
    EmailAddress.objects.bulk_create(
        [EmailAddress(user=user, email=user.email, primary=True, verified=True) for user in made]
    )
    return {e: pk for e, pk in known.items() if pk not in taken} | {user.email: user.pk for user in made}
