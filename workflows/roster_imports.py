"""An uploaded roster: read into staging, compared with what is there, applied or dropped; all set-based.

Nothing of an upload touches the roster before the employer has seen what it would change. Wrong cells come
along with what was typed, sealed, and their problems, so that nothing is lost.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import partial
from io import BytesIO
from typing import Any, BinaryIO

import structlog
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from accounts.sealing import seal_all
from config.errors import Refusal
from config.nudge import nudge
from config.words import T
from forms.roster import Chunk, Roster, read_xlsx
from storage import uploads
from storage.models import Document, DocumentState
from workflows.alone import alone
from workflows.corrections import recheck_points
from workflows.drafts import unlocked
from workflows.errors import Locked
from workflows.models import Application, RosterImport
from workflows.roster_copying import copied
from workflows.roster_difference import MANY, match, removed_by, write
from workflows.roster_rows import COPIED, FACTS, months_between, rows_of, tenure_until
from workflows.rosters import redecide

__all__ = [
    "PEOPLE", "PURPOSE", "ImportSettled", "all_problems", "apply", "apply_asked", "apply_soon", "begin", "compare",
    "drop", "hear", "months_between", "read", "removed_by", "stage", "unapplied", "unread",
]  # fmt: skip

log = structlog.get_logger(__name__)
Stage = RosterImport.Stage
PEOPLE = T(en="Roster", zh="人员名单")
PURPOSE = "roster"
UNSETTLED = (Stage.WAITING, Stage.READING, Stage.READY)
# An upload that waits longer than this was not heard of by a worker.
WAITED = timedelta(seconds=30)
LOCK_CLASS = 7102


class ImportSettled(Refusal):
    code = "import_settled"
    status = 409
    words = T(
        en="This upload has already been applied or dropped. Reload the page.",
        zh="这次上传已经采用或放弃。请刷新页面。",
    )


def begin(case: Application, document: Document, *, by: User) -> RosterImport:
    """An import of `document` for a case whose roster may change; it is read once the document is verified.

    Earlier uploads that were not applied are dropped. Beginning again with the same document changes nothing.

    Raises:
        Locked: the roster cannot be changed now.
    """
    with transaction.atomic():
        locked = Application.objects.select_for_update().get(pk=case.pk)
        already = RosterImport.objects.filter(application=locked, document=document).first()
        if already is not None and already.stage in UNSETTLED:
            return already
        if not unlocked(locked).roster():
            raise Locked(what=PEOPLE)
        for earlier in RosterImport.objects.filter(application=locked, stage__in=UNSETTLED):
            drop(earlier)
        made = RosterImport.objects.create(application=locked, document=document, started_by=by)
        hear(document)
    return made


def hear(document: Document) -> None:
    """A document has its verdict: an import that waits for it is read by a worker, or failed for the same reason."""
    if not document.is_settled:
        return
    for found in RosterImport.objects.filter(document=document, stage=Stage.WAITING):
        if document.state == DocumentState.VERIFIED:
            # Waking fails nothing: the sweeper finds what waits.
            transaction.on_commit(partial(nudge, "workflows.read_roster", str(found.pk)))
        elif document.reason is not None:
            _fail(found, document.reason)


def unread() -> list[int]:
    """Imports to go on with: those whose worker was not woken, and those whose worker died."""
    waiting = Q(stage=Stage.WAITING, document__state=DocumentState.VERIFIED)
    overdue = waiting & Q(document__verified_at__lt=timezone.now() - WAITED)
    return list(
        RosterImport.objects.filter(overdue | Q(stage=Stage.READING))
        .order_by("pk")
        .values_list("pk", flat=True)
    )


def read(import_id: int) -> RosterImport:
    """Read the file into staging and say what it would change. Safe to repeat: it starts over; never twice at once.

    A file that cannot be read fails with its words; a store that is away leaves the import for the sweeper.
    """
    with alone(LOCK_CLASS, import_id) as mine:
        found = RosterImport.objects.select_related("application__round", "document").get(pk=import_id)
        if not mine or found.stage not in (Stage.WAITING, Stage.READING):
            return found
        _note(found, stage=Stage.READING, rows_done=0, rows_with_errors=0)
        found.rows.all().delete()
        try:
            roster = found.application.declaration.roster
            assert roster is not None
            done = stage(found, roster, BytesIO(uploads.read(found.document)))
        except Refusal as refusal:
            if refusal.status >= 500:
                log.warning("roster_put_off", roster_import=found.pk, cause=refusal.code)
                _note(found, stage=Stage.WAITING)
            else:
                _fail(found, refusal.sentence)
            return found
        if done:
            compare(found)
        else:
            found.rows.all().delete()
        log.info("roster_read", roster_import=found.pk, rows=found.rows_total, wrong=found.rows_with_errors)
    return found


def _note(found: RosterImport, **values: Any) -> bool:
    """Progress that others see at once; False where the import has been dropped meanwhile."""
    for name, value in values.items():
        setattr(found, name, value)
    return bool(RosterImport.objects.filter(pk=found.pk, stage__in=UNSETTLED).update(**values))


def _fail(found: RosterImport, words: T) -> None:
    _note(found, stage=Stage.FAILED, failure_en=words.en, failure_zh=words.zh, finished_at=timezone.now())


def stage(found: RosterImport, roster: Roster, source: BinaryIO) -> bool:
    """Copy the file into staging, chunk by chunk; False where it was dropped on the way."""
    until = tenure_until(found.application)
    columns = ", ".join(("roster_import_id", "change", *COPIED))
    wrong = 0
    for chunk in read_xlsx(source, roster, file=found.document.filename):
        rows = copied(_staged(found.pk, chunk, until))
        wrong += sum(any(not p.warning for p in problems) for problems in chunk.problems.values())
        copying = f"COPY workflows_stagedperson ({columns}) FROM STDIN"
        with transaction.atomic(), connection.cursor() as cursor, cursor.copy(copying) as copy:
            copy.write(rows)
        if not _note(found, rows_done=chunk.read, rows_total=chunk.total, rows_with_errors=wrong):
            return False
    return True


def _staged(import_id: int, chunk: Chunk, until: date) -> list[Sequence[Any]]:
    """The columns of the COPY for a chunk."""
    size = len(chunk.numbers)
    rows = rows_of(chunk.values, size, chunk.typed, chunk.problems, until)
    return [
        [import_id] * size, ["added"] * size, chunk.numbers, seal_all(rows.id_number), rows.id_index,
        *(rows.facts[name] for name in FACTS), seal_all(rows.raw),
        [json.dumps(problems) if problems else "[]" for problems in rows.problems],
    ]  # fmt: skip


def compare(found: RosterImport) -> None:
    with transaction.atomic():
        added, changed, same, removed = match(found)
        _note(
            found, stage=Stage.READY, rows_added=added, rows_changed=changed, rows_same=same, rows_removed=removed,
            finished_at=timezone.now(),
        )  # fmt: skip


def apply_soon(found: RosterImport) -> RosterImport:
    """As `apply`; a large upload is applied by a worker, since nobody waits for a page that long.

    Raises:
        ImportSettled, Locked: as `apply`.
    """
    with transaction.atomic():
        case = Application.objects.select_for_update().get(pk=found.application_id)
        locked = RosterImport.objects.select_for_update().get(pk=found.pk)
        if locked.rows_total < MANY or locked.stage != Stage.READY:
            return locked if locked.stage == Stage.APPLYING else apply(locked)
        if not unlocked(case).roster():
            raise Locked(what=PEOPLE)
        RosterImport.objects.filter(pk=locked.pk).update(stage=Stage.APPLYING)
        transaction.on_commit(partial(nudge, "workflows.apply_roster", str(locked.pk)))
    return RosterImport.objects.get(pk=locked.pk)


def unapplied() -> list[int]:
    """Imports that are to be applied by a worker."""
    return list(RosterImport.objects.filter(stage=Stage.APPLYING).order_by("pk").values_list("pk", flat=True))


def apply_asked(import_id: int) -> None:
    """Apply an import that waits for it. Safe to repeat; never twice at once."""
    with alone(LOCK_CLASS, import_id) as mine:
        found = RosterImport.objects.get(pk=import_id)
        if not mine or found.stage != Stage.APPLYING:
            return
        try:
            apply(found)
        except Locked as refusal:
            words = refusal.sentence
            RosterImport.objects.filter(pk=found.pk, stage=Stage.APPLYING).update(
                stage=Stage.FAILED, failure_en=words.en, failure_zh=words.zh
            )
            found.rows.all().delete()


def apply(found: RosterImport) -> RosterImport:
    """Make the roster equal to the upload, in one transaction: added, changed, removed; then decide and count.

    Raises:
        ImportSettled: it was dropped before, or is not ready.
        Locked: the roster cannot be changed any more.
    """
    with transaction.atomic():
        case = Application.objects.select_for_update().get(pk=found.application_id)
        locked = RosterImport.objects.select_for_update().get(pk=found.pk)
        if locked.stage == Stage.APPLIED:
            return locked
        if locked.stage not in (Stage.READY, Stage.APPLYING):
            raise ImportSettled
        if not unlocked(case).roster():
            raise Locked(what=PEOPLE)
        # Others may have edited the roster since the upload was read.
        locked.rows_added, locked.rows_changed, locked.rows_same, locked.rows_removed = match(locked)
        write(locked)
        locked.stage, locked.finished_at = Stage.APPLIED, timezone.now()
        locked.save()
        locked.rows.all().delete()
        redecide([case.pk])
        if case.standing.stops_clock:
            recheck_points(case, roster_changed=True)
    return locked


def drop(found: RosterImport) -> None:
    """Leave the roster as it is; the upload is kept as dropped, its rows are not. One being applied goes on."""
    with transaction.atomic():
        if _note(found, stage=Stage.DROPPED, finished_at=timezone.now()):
            found.rows.all().delete()


def all_problems(found: RosterImport) -> Iterator[tuple[int, dict[str, Any]]]:
    """(Excel row, problem) of every wrong cell, in order; streamed."""
    wrong = found.rows.exclude(problems=[]).order_by("position").values_list("position", "problems")
    for position, problems in wrong.iterator():
        for problem in problems:
            yield position, problem
