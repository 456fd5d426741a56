"""An uploaded roster: read into staging, compared with what is there, applied or dropped; all set-based.

Nothing of an upload touches the roster before the employer has seen what it would change. Wrong cells come
along with what was typed, sealed, and their problems, so that nothing is lost.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from io import BytesIO
from typing import Any

import structlog
from django.db import connection, transaction
from django.utils import timezone
from psycopg.types.json import Jsonb

from accounts.models import User
from accounts.sealing import seal
from config.errors import Refusal
from config.words import T
from forms.roster import ReadRow, read_xlsx
from storage import uploads
from storage.models import Document
from workflows.corrections import recount_points
from workflows.drafts import unlocked
from workflows.errors import Locked
from workflows.models import Application, CorrectionPoint, RosterImport
from workflows.roster_difference import forget, match, removed_by, write
from workflows.roster_rows import COPIED, FACTS, months_between, row_of, tenure_until
from workflows.rosters import redecide

__all__ = [
    "ImportSettled",
    "all_problems",
    "apply",
    "begin",
    "drop",
    "months_between",
    "read",
    "remove",
    "removed_by",
]

log = structlog.get_logger(__name__)
Stage = RosterImport.Stage
PEOPLE = T(en="Roster", zh="人员名单")


class ImportSettled(Refusal):
    code = "import_settled"
    status = 409
    words = T(
        en="This upload has already been applied or dropped. Reload the page.",
        zh="这次上传已经采用或放弃。请刷新页面。",
    )


def begin(case: Application, document: Document, *, by: User) -> RosterImport:
    """An import of `document` for a case whose roster may change.

    Raises:
        Locked: the roster cannot be changed now.
    """
    if not unlocked(case).roster():
        raise Locked(what=PEOPLE)
    return RosterImport.objects.create(application=case, document=document, started_by=by)


def read(import_id: int) -> RosterImport:
    """Read the file into staging and say what it would change. Safe to repeat: it starts over."""
    found = RosterImport.objects.select_related("application__round", "document").get(pk=import_id)
    if found.stage not in (Stage.WAITING, Stage.READING):
        return found
    _note(found, stage=Stage.READING, rows_done=0)
    found.rows.all().delete()
    try:
        _stage(found)
    except Refusal as refusal:
        words = refusal.sentence
        _note(found, stage=Stage.FAILED, failure_en=words.en, failure_zh=words.zh, finished_at=timezone.now())
        return found
    _compare(found)
    log.info("roster_read", roster_import=found.pk, rows=found.rows_total, wrong=found.rows_with_errors)
    return found


def _note(found: RosterImport, **values: Any) -> None:
    """Progress that others see at once."""
    for name, value in values.items():
        setattr(found, name, value)
    found.save(update_fields=list(values))


def _stage(found: RosterImport) -> None:
    roster = found.application.declaration.roster
    assert roster is not None
    source = BytesIO(uploads.read(found.document))
    until = tenure_until(found.application)
    wrong = 0
    for chunk in read_xlsx(source, roster, file=found.document.filename):
        rows = [_row(found.pk, row, until) for row in chunk.rows]
        wrong += sum(any(not p.warning for p in row.problems) for row in chunk.rows)
        with transaction.atomic(), connection.cursor() as cursor:
            columns = ", ".join(("roster_import_id", "change", *COPIED))
            with cursor.copy(f"COPY workflows_stagedperson ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        _note(found, rows_done=chunk.read, rows_total=chunk.total, rows_with_errors=wrong)


def _row(import_id: int, row: ReadRow, until: date) -> tuple[Any, ...]:
    """A row in the order of the COPY."""
    kept = row_of(row.values, lambda: row.raw, row.problems, until)
    return (
        import_id, "added", row.number, seal(kept.id_number), kept.id_index,
        *(kept.facts[name] for name in FACTS), seal(kept.raw), Jsonb(kept.problems),
    )  # fmt: skip


def _compare(found: RosterImport) -> None:
    with transaction.atomic():
        added, changed, same, removed = match(found)
        _note(
            found, stage=Stage.READY, rows_added=added, rows_changed=changed, rows_same=same, rows_removed=removed,
            finished_at=timezone.now(),
        )  # fmt: skip


def apply(found: RosterImport) -> RosterImport:
    """Make the roster equal to the upload, in one transaction: added, changed, removed; then decide and count.

    Raises:
        ImportSettled: it was applied or dropped before.
        Locked: the roster cannot be changed any more.
    """
    with transaction.atomic():
        case = Application.objects.select_for_update().get(pk=found.application_id)
        locked = RosterImport.objects.select_for_update().get(pk=found.pk)
        if locked.stage == Stage.APPLIED:
            return locked
        if locked.stage != Stage.READY:
            raise ImportSettled
        if not unlocked(case).roster():
            raise Locked(what=PEOPLE)
        # Others may have edited the roster since the upload was read.
        _compare(locked)
        write(locked)
        locked.stage = Stage.APPLIED
        locked.save(update_fields=["stage"])
        _answer_points(case)
        redecide([case.pk])
    return locked


def drop(found: RosterImport) -> None:
    """Leave the roster as it is; the upload is kept as dropped."""
    RosterImport.objects.filter(pk=found.pk, stage__in=[Stage.WAITING, Stage.READING, Stage.READY]).update(
        stage=Stage.DROPPED, finished_at=timezone.now()
    )


def remove(case: Application, people: Iterable[int]) -> None:
    """Take people off a roster that may change.

    Raises:
        Locked: the roster cannot be changed now.
    """
    with transaction.atomic():
        locked = Application.objects.select_for_update().get(pk=case.pk)
        if not unlocked(locked).roster():
            raise Locked(what=PEOPLE)
        forget(list(locked.people.filter(pk__in=list(people)).values_list("pk", flat=True)))
        redecide([case.pk])


def _answer_points(case: Application) -> None:
    """A new roster answers the points that asked for it."""
    if case.standing.stops_clock:
        CorrectionPoint.objects.filter(
            application=case, closed_at=None, kind=CorrectionPoint.Kind.ROSTER
        ).update(answered_at=timezone.now())
        recount_points(case.pk)


def all_problems(found: RosterImport) -> Iterator[tuple[int, dict[str, Any]]]:
    """(Excel row, problem) of every wrong cell, in order; streamed."""
    for position, problems in (
        found.rows.exclude(problems=[]).order_by("position").values_list("position", "problems")
    ):
        for problem in problems:
            yield position, problem
