"""The tree of fields as the office edits it: add, rename, move, retire. What is used is never taken away."""

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from workflows.models import ExpertField
from workflows.review.experts.eligible import with_parts
from workflows.review.experts.refusals import FieldBelowItself, FieldCodeTaken, FieldInUse


@transaction.atomic
def add(*, code: str, title_zh: str, title_en: str, parent: ExpertField | None = None) -> ExpertField:
    """A new field, the last of its parent's.

    Raises:
        FieldCodeTaken: the code is another's, perhaps a retired one's.
    """
    _lock()
    code = "".join(code.split()).upper()
    if other := ExpertField.objects.filter(code=code).first():
        raise FieldCodeTaken(code=code, title=str(other))
    last = ExpertField.objects.filter(parent=parent).aggregate(last=Max("position"))["last"]
    return ExpertField.objects.create(
        code=code,
        title_zh=title_zh,
        title_en=title_en,
        parent=parent,
        position=0 if last is None else last + 1,
    )


@transaction.atomic
def change(field: ExpertField, *, title_zh: str, title_en: str, parent: ExpertField | None) -> None:
    """The field is called so, and stands under `parent` (at the top where there is none), with all its parts.

    Raises:
        FieldBelowItself: `parent` is the field or one of its parts.
    """
    _lock()
    if parent is not None and parent.pk in with_parts([field]):
        raise FieldBelowItself(title=str(field))
    if parent != field.parent:
        last = ExpertField.objects.filter(parent=parent).aggregate(last=Max("position"))["last"]
        field.position = 0 if last is None else last + 1
    field.title_zh, field.title_en, field.parent = title_zh, title_en, parent
    field.save(update_fields=["title_zh", "title_en", "parent", "position"])


@transaction.atomic
def shift(field: ExpertField, by: int) -> None:
    """The field changes places with its neighbour above (−1) or below (1); at the end it stays."""
    _lock()
    row = list(ExpertField.objects.filter(parent=field.parent_id).order_by("position", "pk"))
    here = next(n for n, one in enumerate(row) if one.pk == field.pk)
    there = here + (1 if by > 0 else -1)
    if 0 <= there < len(row):
        row[here], row[there] = row[there], row[here]
    for position, one in enumerate(row):
        one.position = position
    ExpertField.objects.bulk_update(row, ["position"])


@transaction.atomic
def retire(field: ExpertField) -> None:
    """Nobody chooses the field any more; those who know it keep it.

    Raises:
        FieldInUse: it has parts that are not retired.
    """
    _lock()
    if field.parts.filter(retired_at=None).exists():
        raise FieldInUse(title=str(field))
    ExpertField.objects.filter(pk=field.pk, retired_at=None).update(retired_at=timezone.now())


@transaction.atomic
def restore(field: ExpertField) -> None:
    """The field can be chosen again, and what it stands under too."""
    _lock()
    above: ExpertField | None = field
    while above is not None:
        ExpertField.objects.filter(pk=above.pk).update(retired_at=None)
        above = above.parent


def _lock() -> None:
    """One at a time edits the tree, so that no two moves make a ring."""
    list(ExpertField.objects.select_for_update().order_by("pk").values_list("pk"))
