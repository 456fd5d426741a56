"""Batches: consolidating cases, taking one out, and what must still be true when they are approved."""

from django.db import connection

from config.errors import Refusal
from config.words import T
from workflows.engine.chosen import are
from workflows.engine.decide import same_person_elsewhere
from workflows.engine.freeze import FINGERPRINT
from workflows.engine.perform import Move
from workflows.models import Application, Batch, BatchItem, Person, Result


class DuplicatesFound(Refusal):
    """Somebody who is to be granted stands in another application as well."""

    code = "duplicates_found"
    status = 409
    words = T(
        en="{count} people of this batch now stand in another application too: check for duplicates, then approve.",
        zh="本批有 {count} 人同时出现在另一份申报中：请先查重处理，再审批。",
    )


class BatchClosed(Refusal):
    code = "batch_closed"
    status = 409
    words = T(en="Batch {number} does not take cases any more.", zh="批次 {number} 已不能再加入。")


def join(move: Move) -> None:
    """Effect: the applications enter the batch named in data (`batch`)."""
    batch = Batch.objects.select_for_update().get(pk=move.data["batch"])
    if batch.stage != Batch.Stage.PREPARING:
        raise BatchClosed(number=batch.number)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO workflows_batchitem (batch_id, application_id, added_at, removed_reason)
                SELECT %(batch)s, a.id, %(at)s, '' FROM workflows_application a WHERE {are("a.id", move.ids)}""",  # noqa: S608
            {"batch": batch.pk, "at": move.at, **move.ids.parameters},
        )
    Application.objects.filter(pk__any=move.ids).update(batch=batch)


def leave(move: Move) -> None:
    """Effect: the applications leave their batch; the item stays with the reason."""
    BatchItem.objects.filter(application_id__any=move.ids, removed_at=None).update(
        removed_at=move.at, removed_by=move.actor.pk, removed_reason=move.reason[:500]
    )
    Application.objects.filter(pk__any=move.ids).update(batch=None)


def refuse_new_duplicates(move: Move) -> None:
    """Effect: nobody who is granted may stand in another application by now, unless that was released.

    Raises:
        DuplicatesFound: somebody does.
    """
    people = Person.objects.filter(application_id__any=move.ids, result=Result.GRANTED).exclude(
        released__contains=["H01"]
    )
    count = people.filter(same_person_elsewhere()).count()
    if count:
        raise DuplicatesFound(count=count)


def manifest_sha256(batch: Batch) -> str:
    """The hash of what is signed: ids and versions of the cases in the batch, in id order."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {FINGERPRINT} FROM workflows_application WHERE batch_id = %s",  # noqa: S608
            [batch.pk],
        )
        (found,) = cursor.fetchone()
    return str(found)
