"""Applying to be an expert: by the person, or written down by a clerk of the office."""

from datetime import datetime
from typing import Any

from django.db import connection, transaction

from accounts.models import Organisation, OrganisationKind, User
from accounts.sealing import blind_index
from workflows.engine import clock
from workflows.models import Expert
from workflows.review.experts.changes import keep, locked
from workflows.review.experts.refusals import AddressTaken, AppliedAlready, NoDatabase, NumberTaken

# Any number will do: two who enter experts at once take turns for the next code.
LOCK = 7_190_004
DETAILS = frozenset(
    {"name", "email", "phone", "id_number", "languages", "in_field_since", "load_limit", "about"}
)
AGAIN = (Expert.Status.REFUSED, Expert.Status.REMOVED)


@transaction.atomic
def enter(
    office: Organisation, *, by: User, user: User | None = None, at: datetime | None = None, **details: Any
) -> Expert:
    """A file that waits for approval; `details` are those of `DETAILS`, name and e-mail among them.

    `user` is the person where they apply themselves, with the address that they sign in with. Whoever was
    refused or removed before applies again with the same file.

    Raises:
        NoDatabase: the organisation is no service organisation.
        AddressTaken, NumberTaken: the person is in the database already.
        AppliedAlready: so is `user`.
    """
    if unknown := details.keys() - DETAILS:
        raise TypeError(f"no details of an expert: {sorted(unknown)}")
    if office.kind != OrganisationKind.ASSOCIATION:
        raise NoDatabase(office=office.name)
    details["email"] = (user.email if user else str(details["email"])).strip().lower()
    when = at or clock.now()
    next_codes(0)
    earlier = Expert.objects.filter(user=user).first() if user else None
    if earlier is not None:
        return _again(earlier, by, when, details)
    require_new(details["email"], str(details.get("id_number", "")))
    made = Expert(
        code=next_codes(1)[0], office=office, user=user, entered_by=by, applied_at=when, changed_at=when
    )
    _write(made, details)
    made.save()
    keep(made, "enter", by, at=when, self=user is not None)
    return made


def _again(earlier: Expert, by: User, when: datetime, details: dict[str, Any]) -> Expert:
    row = locked(earlier)
    if row.status not in AGAIN:
        raise AppliedAlready(code=row.code)
    require_new(details["email"], str(details.get("id_number", "")), but=row)
    _write(row, details)
    row.status, row.entered_by, row.applied_at, row.changed_at = Expert.Status.APPLIED, by, when, when
    row.decided_by = row.decided_at = row.removed_by = row.removed_at = None
    row.reason = ""
    row.save()
    keep(row, "apply_again", by, at=when)
    return row


def require_new(email: str, id_number: str, *, but: Expert | None = None) -> None:
    """Nothing where nobody else in the database has this address or this number.

    Raises:
        AddressTaken, NumberTaken: somebody has; names the file.
    """
    others = Expert.objects.exclude(pk=but.pk) if but else Expert.objects.all()
    if taken := others.filter(email__iexact=email).only("code").first():
        raise AddressTaken(email=email, code=taken.code)
    index = blind_index(id_number)
    if index and (taken := others.filter(id_index=index).only("code").first()):
        raise NumberTaken(code=taken.code)


def _write(expert: Expert, details: dict[str, Any]) -> None:
    for name, value in details.items():
        setattr(expert, name, value)
    expert.id_index = blind_index(expert.id_number)


def next_codes(count: int) -> list[str]:
    """The next `count` free codes (E0001, E0002, …); nobody else gets any before this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        if not count:
            return []
        cursor.execute(
            "SELECT coalesce(max(substr(code, 2)::int), 0) FROM workflows_expert WHERE code ~ '^E[0-9]{1,9}$'"
        )
        (last,) = cursor.fetchone()
    return [f"E{last + n:04d}" for n in range(1, count + 1)]
