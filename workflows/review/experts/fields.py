"""The tree of fields as the office edits it: add, rename, move, retire. What is used is never taken away."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import User
from workflows.models import ExpertField, FieldChange
from workflows.review.experts.eligible import with_parts
from workflows.review.experts.refusals import FieldBelowItself, FieldCodeTaken, FieldInUse


@transaction.atomic
def add(
    *, code: str, title_zh: str, title_en: str, by: User, parent: ExpertField | None = None
) -> ExpertField:
    """A new field, the last of its parent's.

    Raises:
        FieldCodeTaken: the code is another's, perhaps a retired one's.
    """
    _lock()
    code = "".join(code.split()).upper()
    if other := ExpertField.objects.filter(code=code).first():
        raise FieldCodeTaken(code=code, title=str(other))
    last = ExpertField.objects.filter(parent=parent).aggregate(last=Max("position"))["last"]
    made = ExpertField.objects.create(
        code=code,
        title_zh=title_zh,
        title_en=title_en,
        parent=parent,
        position=0 if last is None else last + 1,
    )
    keep("add", by, {}, [made])
    return made


@transaction.atomic
def change(field: ExpertField, *, title_zh: str, title_en: str, parent: ExpertField | None, by: User) -> None:
    """The field is called so, and stands under `parent` (at the top where there is none), with all its parts.

    Raises:
        FieldBelowItself: `parent` is the field or one of its parts.
    """
    _lock()
    if parent is not None and parent.pk in with_parts([field]):
        raise FieldBelowItself(title=str(field))
    before = {field.pk: _said(ExpertField.objects.get(pk=field.pk))}
    if parent != field.parent:
        last = ExpertField.objects.filter(parent=parent).aggregate(last=Max("position"))["last"]
        field.position = 0 if last is None else last + 1
    field.title_zh, field.title_en, field.parent = title_zh, title_en, parent
    field.save(update_fields=["title_zh", "title_en", "parent", "position"])
    keep("change", by, before, [field])


@transaction.atomic
def shift(field: ExpertField, places: int, *, by: User) -> None:
    """The field changes places with its neighbour above (−1) or below (1); at the end it stays."""
    _lock()
    row = list(ExpertField.objects.filter(parent=field.parent_id).order_by("position", "pk"))
    here = next(n for n, one in enumerate(row) if one.pk == field.pk)
    there = here + (1 if places > 0 else -1)
    before = {one.pk: _said(one) for one in row}
    if 0 <= there < len(row):
        row[here], row[there] = row[there], row[here]
    for position, one in enumerate(row):
        one.position = position
    ExpertField.objects.bulk_update(row, ["position"])
    keep("move", by, before, row)


@transaction.atomic
def retire(field: ExpertField, *, by: User) -> None:
    """Nobody chooses the field any more; those who know it keep it.

    Raises:
        FieldInUse: it has parts that are not retired.
    """
    _lock()
    if field.parts.filter(retired_at=None).exists():
        raise FieldInUse(title=str(field))
    for standing in ExpertField.objects.filter(pk=field.pk, retired_at=None):
        before = {standing.pk: _said(standing)}
        standing.retired_at = timezone.now()
        standing.save(update_fields=["retired_at"])
        keep("retire", by, before, [standing])


@transaction.atomic
def restore(field: ExpertField, *, by: User) -> None:
    """The field can be chosen again, and what it stands under too."""
    _lock()
    above: ExpertField | None = ExpertField.objects.get(pk=field.pk)
    while above is not None:
        before = {above.pk: _said(above)}
        above.retired_at = None
        above.save(update_fields=["retired_at"])
        keep("restore", by, before, [above])
        above = above.parent


def _said(field: ExpertField) -> dict[str, Any]:
    """What stands in a field's row, as its history keeps it."""
    return {
        "code": field.code, "title_zh": field.title_zh, "title_en": field.title_en, "parent": field.parent_id,
        "position": field.position, "retired_at": field.retired_at and field.retired_at.isoformat(),
    }  # fmt: skip


def keep(what: str, by: User, before: Mapping[int, dict[str, Any]], rows: Sequence[ExpertField]) -> None:
    """One line of history for each row that is not as it was."""
    FieldChange.objects.bulk_create(
        FieldChange(field=row, what=what, by=by, before=before.get(row.pk, {}), after=_said(row))
        for row in rows
        if before.get(row.pk) != _said(row)
    )


def _lock() -> None:
    """One at a time edits the tree, so that no two moves make a ring."""
    list(ExpertField.objects.select_for_update().order_by("pk").values_list("pk"))
