"""What a file says of the person, and of what they know."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.sealing import blind_index
from workflows.engine import clock
from workflows.models import Competence, Expert, ExpertField
from workflows.review.experts.changes import keep, locked, may_see
from workflows.review.experts.entering import DETAILS, require_new
from workflows.review.experts.refusals import NotYours, UnknownField

# What one changes oneself; name, number, address and years are the office's.
OWN_DETAILS = frozenset({"phone", "languages", "load_limit", "about"})
SEALED = frozenset({"phone", "id_number"})


@transaction.atomic
def change(expert: Expert, *, by: User, **details: Any) -> list[str]:
    """The file says `details` (some of `DETAILS`) from now on; returns the names of what really changed.

    The history holds old and new, but for sealed numbers.

    Raises:
        NotYours: `by` is the expert, and one of these is for the office.
        AddressTaken, NumberTaken: the new address or number is another file's.
    """
    if unknown := details.keys() - DETAILS:
        raise TypeError(f"no details of an expert: {sorted(unknown)}")
    row = locked(expert)
    if not may_see(by, row) and not details.keys() <= OWN_DETAILS:
        raise NotYours
    changed = [name for name in sorted(details) if getattr(row, name) != details[name]]
    if not changed:
        return []
    if {"email", "id_number"} & set(changed):
        require_new(details.get("email", row.email), details.get("id_number", row.id_number), but=row)
    said: dict[str, Any] = {
        name: [getattr(row, name), details[name]] if name not in SEALED else [] for name in changed
    }  # fmt: skip
    for name in changed:
        setattr(row, name, details[name])
    row.id_index, row.changed_at = blind_index(row.id_number), clock.now()
    row.save()
    keep(row, "details", by, **said)
    return changed


@transaction.atomic
def set_fields(expert: Expert, strengths: Mapping[str, int], *, by: User) -> bool:
    """The expert knows these fields (code → 1 to 3) and no others; whether that changed anything.

    Raises:
        UnknownField: a code that the tree does not have, or a retired field that they did not know before.
    """
    row = locked(expert)
    before = {one.field.code: one.strength for one in row.competences.select_related("field")}
    if before == dict(strengths):
        return False
    fields = {field.code: field for field in ExpertField.objects.filter(code__in=strengths)}
    for code in strengths:
        if code not in fields or (fields[code].retired_at and code not in before):
            raise UnknownField(name=code)
    row.competences.all().delete()
    Competence.objects.bulk_create(
        [
            Competence(expert=row, field=fields[code], strength=strength)
            for code, strength in strengths.items()
        ]
    )
    Expert.objects.filter(pk=row.pk).update(changed_at=clock.now())
    keep(row, "fields", by, before=before, after=dict(strengths))
    return True
