"""The tax bureau's record of a round: read from Excel, kept by blind index, compared with every roster at once."""

from datetime import datetime
from io import BytesIO
from typing import Any

import structlog
from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.sealing import blind_index
from config.errors import Refusal
from config.words import T
from forms.errors import CellProblem
from forms.fields import IdentityNumber, Money
from forms.roster import Chunk, Column, Roster, read_xlsx
from storage import uploads
from storage.models import Document
from workflows.alone import alone
from workflows.engine.asking import doable
from workflows.engine.perform import Outcome, perform
from workflows.errors import Blocked
from workflows.models import (
    Application,
    ApplicationQuerySet,
    Command,
    Person,
    Round,
    TaxRecord,
    TaxRecordImport,
)

log = structlog.get_logger(__name__)
Stage = TaxRecordImport.Stage

# Problems kept with their place; the rest is counted.
PROBLEMS_KEPT = 500
COMPARE_TRIES = 5
LOCK_CLASS = 7101

RECORD = Roster(
    title=T("Tax record", "税务记录"),
    columns=(
        Column(
            "id_number",
            T("ID number", "证件号码"),
            IdentityNumber(depends_on=""),
            hint=T(
                "As text: Excel keeps 15 digits of a number only.", "设为文本格式：数字格式只保留 15 位。"
            ),
            aliases=("身份证号", "身份证号码", "纳税人识别号", "证件号", "Document number"),
        ),
        Column(
            "tax_fen",
            T("Income tax (yuan)", "个人所得税（元）"),
            Money(),
            hint=T("Several rows of one number are added up.", "同一号码有多行时相加。"),
            aliases=("个人所得税", "已缴税额（元）", "实缴税额（元）", "税额（元）", "Income tax"),
        ),
    ),
)


class ImportStarted(Refusal):
    code = "import_started"
    status = 409
    words = T(
        en="This file has already been read. Reload the page to see what came of it.",
        zh="这份文件已经开始读取。请刷新页面查看结果。",
    )


def begin(round_: Round, document: Document, *, by: User) -> TaxRecordImport:
    """An import of a file that is on its way; nothing is read before `start`."""
    return TaxRecordImport.objects.create(round=round_, document=document, imported_by=by)


def start(found: TaxRecordImport, *, complete: bool) -> None:
    """Have the file read and compared by a worker; `complete`: who is not in it has no tax record.

    Raises:
        NotVerified: the file has not passed its checks.
        ImportStarted: it was started before.
    """
    if found.document is not None:
        found.document.require_verified()
    started = TaxRecordImport.objects.filter(pk=found.pk, stage=Stage.WAITING).update(
        stage=Stage.READING, complete=complete
    )
    if not started:
        raise ImportStarted


def import_tax_record(import_id: int) -> None:
    """Read the file of an import that was started, keep its rows, compare. Safe to repeat and to run twice at once.

    A refusal of the file is written down with its words; a store that is away leaves the import for the sweeper.
    """
    with alone(LOCK_CLASS, import_id) as mine:
        if not mine:
            return
        found = TaxRecordImport.objects.select_related("round", "document", "imported_by").get(pk=import_id)
        try:
            if found.stage == Stage.READING:
                _read(found)
            if found.stage == Stage.COMPARING:
                _compare(found)
        except Refusal as refusal:
            if refusal.status >= 500:
                log.warning("tax_record_put_off", tax_record_import=found.pk, cause=refusal.code)
                return
            words = refusal.sentence
            _note(
                found,
                stage=Stage.FAILED,
                failure_en=words.en,
                failure_zh=words.zh,
                finished_at=timezone.now(),
            )
        log.info("tax_record_read", tax_record_import=found.pk, stage=found.stage, rows=found.rows_total)


def unfinished() -> list[int]:
    """Imports that were started and have not ended, for the sweeper."""
    return list(
        TaxRecordImport.objects.filter(stage__in=[Stage.READING, Stage.COMPARING]).values_list(
            "pk", flat=True
        )
    )


def _note(found: TaxRecordImport, **values: Any) -> None:
    """Progress that the page sees at once."""
    for name, value in values.items():
        setattr(found, name, value)
    found.save(update_fields=list(values))


def _read(found: TaxRecordImport) -> None:
    """Rows of the file into the table, chunk by chunk, from the start."""
    document = found.document
    assert document is not None
    found.rows.all().delete()
    problems: list[dict[str, Any]] = []
    wrong = 0
    for chunk in read_xlsx(BytesIO(uploads.read(document)), RECORD, file=document.filename):
        bad = [p for row in chunk.rows for p in row.problems if not p.warning]
        wrong += len({p.row for p in bad})
        problems += [_problem(p) for p in bad[: PROBLEMS_KEPT - len(problems)]]
        _keep(found.pk, chunk)
        _note(found, rows_done=chunk.read, rows_total=chunk.total, rows_with_errors=wrong, problems=problems)
    # Somebody may stand in a row that could not be read: then nobody is taken as missing.
    _note(found, stage=Stage.COMPARING, complete=found.complete and not wrong)


def _problem(problem: CellProblem) -> dict[str, Any]:
    return {
        "row": problem.row,
        "column_en": problem.label.en,
        "column_zh": problem.label.zh,
        "value": problem.shown_value,
        "code": problem.code,
        "en": problem.words.en,
        "zh": problem.words.zh,
    }


def _keep(import_id: int, chunk: Chunk) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        columns = "tax_record_import_id, row, id_index, tax_fen"
        with cursor.copy(f"COPY workflows_taxrecord ({columns}) FROM STDIN") as copy:
            for row in chunk.rows:
                if not any(not p.warning for p in row.problems):
                    number = blind_index(str(row.values["id_number"]))
                    copy.write_row((import_id, row.number, number, row.values["tax_fen"]))


def _compare(found: TaxRecordImport) -> None:
    """Compare the cases of the round that can be compared, with one event each; then count.

    A file that is not complete says nothing of cases whose people are not in it: those are left alone.
    """
    key = f"tax-record:{found.pk}"
    cases = cases_to_compare(found.round, found.imported_by)
    if not found.complete:
        cases = cases.filter(Exists(_listed(found).filter(application=OuterRef("pk"))))
    done = compare(found, cases, by=found.imported_by, key=key)
    at = datetime.fromisoformat(done.at) if done else None
    people = (
        Person.objects.filter(application__round=found.round_id, compared_at=at)
        if at
        else Person.objects.none()
    )
    _note(
        found,
        stage=Stage.DONE,
        finished_at=timezone.now(),
        cases_compared=done.count if done else 0,
        rows_matched=found.rows.filter(_in_the_round(found)).count(),
        rows_compared=people.count(),
        rows_differing=people.filter(DIFFERS).count(),
    )


DIFFERS = Q(record_tax_fen=None) | ~Q(record_tax_fen=F("tax_fen"))
# The people whom a case's `rows_in_dispute` counts.
IN_DISPUTE = Q(compared_at__isnull=False) & DIFFERS & ~Q(released__contains=["H02"])


def cases_to_compare(round_: Round, by: User) -> ApplicationQuerySet:
    """Cases of a round that stand where `by` can compare them with the record."""
    return Application.objects.filter(doable(round_.declaration, "compare", by), round=round_)


def compare(found: TaxRecordImport, cases: ApplicationQuerySet, *, by: User, key: str) -> Outcome | None:
    """Perform `compare` on all of `cases` at once; None where there is none. The same key does it once.

    A case that moves away in the meantime is left out in the next try.

    Raises:
        Blocked: cases kept moving away in every try.
    """
    for left in range(COMPARE_TRIES, 0, -1):
        answered = Command.objects.filter(actor=by, key=key).values_list("answer", flat=True).first()
        if answered is not None:
            return Outcome(**answered)
        ids = list(cases.order_by("pk").values_list("pk", flat=True))
        if not ids:
            return None
        try:
            return perform("compare", ids, actor=by, key=key, data={"import": found.pk})
        except Blocked:
            if left == 1:
                raise
    raise AssertionError("unreachable")


def _in_the_round(found: TaxRecordImport) -> Exists:
    return Exists(
        Person.objects.filter(id_index=OuterRef("id_index"), application__round=found.round_id).exclude(
            application__number=None
        )
    )


def rows_of_nobody(found: TaxRecordImport) -> QuerySet[TaxRecord]:
    """Rows of the file whose number stands in no submitted application of the round."""
    return found.rows.filter(~_in_the_round(found)).order_by("row")


def _listed(found: TaxRecordImport) -> QuerySet[Person]:
    """People whose number is in the file."""
    rows = TaxRecord.objects.filter(tax_record_import=found, id_index=OuterRef("id_index"))
    return Person.objects.filter(Exists(rows))


def people_not_found(found: TaxRecordImport) -> QuerySet[Person]:
    """People of the round's running cases whose number is not in the file."""
    states = [str(state) for state in found.round.declaration.steps["compare"].sources]
    return (
        Person.objects.filter(application__round=found.round_id, application__state__in=states)
        .exclude(pk__in=_listed(found).values("pk"))
        .select_related("application__applicant")
        .order_by("application", "position")
    )
