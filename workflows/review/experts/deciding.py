"""Enrolling 入库 and removing 出库: decided by an official of the office, with the account and the role."""

from datetime import datetime

from django.db import transaction

from accounts.models import Membership, Role, User
from config.words import T
from notifications import outbox
from workflows.engine import clock
from workflows.models import Assignment, Expert, Seat
from workflows.review import counting
from workflows.review.experts.changes import keep, locked, reason_of, require_decider
from workflows.review.experts.refusals import AddressTaken, SamePerson, StillIncomplete
from workflows.review.sessions import seating, turns

TOPIC = "expert.decided"
Status = Expert.Status


@transaction.atomic
def approve(expert: Expert, *, by: User, at: datetime | None = None) -> Expert:
    """The person is enrolled from now on, may sign in with the address of the file, and is told so.

    An account with that address is linked; where there is none it is made, without a password: the
    message says how to set one.

    Raises:
        NotOfOffice: `by` is no official of the office.
        WrongStatus: the file does not wait.
        SamePerson: `by` entered it, or is the expert.
        StillIncomplete: it has no field.
        AddressTaken: the account of that address is another expert's.
    """
    row = locked(expert, Status.APPLIED)
    require_decider(by, row)
    if by.pk in (row.entered_by_id, row.user_id) or by.email.lower() == row.email.lower():
        raise SamePerson(name=row.name)
    if not row.competences.exists():
        raise StillIncomplete(name=row.name, missing=T("no field is chosen", "未选择专业领域"))
    when = at or clock.now()
    row.user = row.user or _account_of(row)
    row.status, row.decided_by, row.decided_at, row.changed_at, row.reason = (
        Status.ENROLLED,
        by,
        when,
        when,
        "",
    )
    row.save(update_fields=["user", "status", "decided_by", "decided_at", "changed_at", "reason"])
    Membership.objects.get_or_create(
        user=row.user, organisation=row.office, role=Role.EXPERT, ended_at=None, defaults={"started_at": when}
    )
    change = keep(row, "approve", by, at=when)
    outbox.put(TOPIC, f"expert:{change.pk}", {"change": change.pk})
    return row


def _account_of(expert: Expert) -> User:
    known = User.objects.filter(email__iexact=expert.email).select_related("expert").first()
    if known is None:
        return User.objects.create_user(expert.email, name=expert.name, phone=expert.phone)
    if (other := getattr(known, "expert", None)) is not None:
        raise AddressTaken(email=expert.email, code=other.code)
    return known


@transaction.atomic
def refuse(expert: Expert, *, by: User, reason: str, at: datetime | None = None) -> Expert:
    """The application is not granted; the person may apply again.

    Raises:
        NotOfOffice, WrongStatus, ReasonNeeded
    """
    row = locked(expert, Status.APPLIED)
    require_decider(by, row)
    when = at or clock.now()
    row.status, row.decided_by, row.decided_at, row.changed_at = Status.REFUSED, by, when, when
    return _decided(row, "refuse", by, reason_of(reason), when)


@transaction.atomic
def suspend(expert: Expert, *, by: User, reason: str, at: datetime | None = None) -> Expert:
    """Nobody asks them until they are resumed, and what they were assigned is closed to them meanwhile.

    Their seats in sessions to come fall, and whoever follows by the draw is invited.

    Raises:
        NotOfOffice, WrongStatus, ReasonNeeded
    """
    row = locked(expert, Status.ENROLLED)
    require_decider(by, row)
    when = at or clock.now()
    why = reason_of(reason)
    row.status, row.changed_at = Status.SUSPENDED, when
    _decided(row, "suspend", by, why, when)
    _leave_seats(row, by, why, at)
    counting.recount(_cases_of(row))
    return row


@transaction.atomic
def resume(expert: Expert, *, by: User, reason: str = "", at: datetime | None = None) -> Expert:
    """They can be asked again.

    Raises:
        NotOfOffice, WrongStatus
    """
    row = locked(expert, Status.SUSPENDED)
    require_decider(by, row)
    when = at or clock.now()
    row.status, row.changed_at = Status.ENROLLED, when
    _decided(row, "resume", by, " ".join(reason.split())[:500], when)
    counting.recount(_cases_of(row))
    return row


@transaction.atomic
def remove(expert: Expert, *, by: User, reason: str, at: datetime | None = None) -> Expert:
    """Out of the database: role, open assignments and seats to come end. The file stays, with the reason.

    Raises:
        NotOfOffice, WrongStatus, ReasonNeeded
    """
    row = locked(expert, Status.ENROLLED, Status.SUSPENDED)
    require_decider(by, row)
    why, when = reason_of(reason), at or clock.now()
    cases = _cases_of(row)
    Assignment.objects.filter(expert=row).exclude(state=Assignment.State.ENDED).update(
        state=Assignment.State.ENDED, ended_at=when, ended_reason=why
    )
    if row.user_id:
        Membership.objects.in_force().filter(
            user=row.user_id, organisation=row.office_id, role=Role.EXPERT
        ).update(ended_at=when)
    row.status, row.removed_by, row.removed_at, row.changed_at = Status.REMOVED, by, when, when
    _decided(row, "remove", by, why, when, assignments=len(cases))
    _leave_seats(row, by, why, at)
    counting.recount(cases)
    return row


def _leave_seats(expert: Expert, by: User, why: str, at: datetime | None) -> None:
    """In sessions that are still to be held; each finds its successor by itself."""
    seats = Seat.objects.filter(
        expert=expert, state__in=counting.SITTING, session__stage__in=turns.BEFORE
    ).select_related("session", "expert")
    for one in seats.order_by("session"):
        with turns.turn(one.session, by=by, at=at, own=False) as taken:
            seating.fall(taken, one, Seat.State.PREVENTED, why)


def _cases_of(expert: Expert) -> list[int]:
    """The cases that they were to review."""
    return list(
        Assignment.objects.filter(expert=expert)
        .exclude(state=Assignment.State.ENDED)
        .values_list("application", flat=True)
    )


def _decided(row: Expert, what: str, by: User, reason: str, when: datetime, **data: int) -> Expert:
    """Save, keep the line of the history, and tell the person."""
    row.reason = reason if what != "resume" else ""
    row.save()
    change = keep(row, what, by, at=when, reason=reason, **data)
    outbox.put(TOPIC, f"expert:{change.pk}", {"change": change.pk})
    return row
