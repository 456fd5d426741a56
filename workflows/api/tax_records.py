"""The tax record of a round: announced, posted, read and compared by a worker, compared again."""

from uuid import UUID

from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Schema

from accounts.models import Role, Scope
from config.nudge import nudge
from storage.models import Document
from workflows import records
from workflows.api.bearer import asker
from workflows.api.case_out import iso
from workflows.api.keeping import key_of
from workflows.api.kinds import After, DocumentOut, FileIn, Id, Limit, Rows, Sha256In, TicketOut
from workflows.api.lists import page_of
from workflows.api.routes import CLERK, DESK, Routes
from workflows.api.uploads import announced, document_out, finished
from workflows.models import Round, TaxRecordImport
from workflows.web.desk.tax_record import LIMITS, rounds_of

routes = Routes("Tax records")
PURPOSE = "tax_record"


class RecordOut(Schema):
    """One import of the tax bureau's file: how far it is, and what the comparison found."""

    id: int
    round: int
    stage: str
    stage_label: str
    failure: str
    complete: bool
    imported_at: str
    finished_at: str | None
    rows_total: int
    rows_done: int
    rows_with_errors: int
    rows_matched: int
    rows_compared: int
    rows_differing: int
    cases_compared: int


class ReadIn(Schema):
    """`complete`: who is not in the file has no tax record."""

    complete: bool = False


class ComparedOut(Schema):
    cases: int


def _out(found: TaxRecordImport) -> RecordOut:
    figures = {name: getattr(found, name) for name in RecordOut.model_fields if name.startswith("rows_")}
    return RecordOut(
        id=found.pk,
        round=found.round_id,
        stage=found.stage,
        stage_label=found.get_stage_display(),
        failure=str(found.failure),
        complete=found.complete,
        imported_at=found.imported_at.isoformat(),
        finished_at=iso(found.finished_at),
        cases_compared=found.cases_compared,
        **figures,
    )


def _round_to_fill(request: HttpRequest, pk: int) -> Round:
    mine = Round.objects.filter(handler__in=asker(request).organisations_as(Role.CLERK))
    return get_object_or_404(mine.select_related("handler"), pk=pk)


def _import(request: HttpRequest, pk: int) -> TaxRecordImport:
    found = TaxRecordImport.objects.select_related("round", "document", "imported_by")
    return get_object_or_404(found, pk=pk, round__in=rounds_of(asker(request)).order_by().values("pk"))


def _import_to_fill(request: HttpRequest, pk: int) -> TaxRecordImport:
    found = _import(request, pk)
    _round_to_fill(request, found.round_id)
    return found


@routes.get("/rounds/{pk}/tax-records", Rows[RecordOut], scope=Scope.CASES_READ, by=DESK)
def tax_records(request: HttpRequest, pk: Id, after: After = None, limit: Limit = 30) -> Rows[RecordOut]:
    """The imports of a round's tax record, newest first."""
    round_ = get_object_or_404(rounds_of(asker(request)), pk=pk)
    found = TaxRecordImport.objects.filter(round=round_)
    page, following = page_of(request, found, after=after, limit=limit)
    return Rows[RecordOut](rows=[_out(one) for one in page], next=following)


@routes.get("/tax-records/{pk}", RecordOut, scope=Scope.CASES_READ, by=DESK)
def tax_record(request: HttpRequest, pk: Id) -> RecordOut:
    """One import: how far it is, and what it found."""
    return _out(_import(request, pk))


@routes.change("POST", "/rounds/{pk}/tax-records", TicketOut, scope=Scope.CASES_WRITE, by=CLERK, status=201)
def tax_record_begin(request: HttpRequest, pk: Id, asked: FileIn) -> TicketOut:
    """Announce the tax bureau's workbook (.xlsx). `finish` names the import that is to be started then."""
    round_ = _round_to_fill(request, pk)
    ticket = announced(
        request, asked, organisation=round_.handler, limits=LIMITS, purpose=PURPOSE, finish="{document}"
    )
    found = records.begin(round_, Document.objects.get(pk=ticket.document), by=asker(request))
    return ticket.model_copy(
        update={"finish": f"/api/v1/tax-records/{found.pk}/uploads/{ticket.document}/finish"}
    )


@routes.change(
    "POST",
    "/tax-records/{pk}/uploads/{document}/finish",
    DocumentOut,
    scope=Scope.CASES_WRITE,
    by=CLERK,
)
def tax_record_finish(request: HttpRequest, pk: Id, document: UUID, asked: Sha256In) -> DocumentOut:
    """The workbook is in the store: a worker checks it. Start the import when it is verified."""
    _import_to_fill(request, pk)
    return document_out(finished(request, document, asked, purpose=PURPOSE))


@routes.change("POST", "/tax-records/{pk}/start", RecordOut, scope=Scope.CASES_WRITE, by=CLERK)
def tax_record_start(request: HttpRequest, pk: Id, asked: ReadIn) -> RecordOut:
    """Have the workbook read and compared by a worker; one event for each case that is compared."""
    found = _import_to_fill(request, pk)
    records.start(found, complete=asked.complete)
    transaction.on_commit(lambda: nudge("workflows.import_tax_record", str(found.pk)))
    return _out(_import(request, pk))


@routes.change("POST", "/tax-records/{pk}/compare", ComparedOut, scope=Scope.CASES_WRITE, by=CLERK)
def tax_record_compare(request: HttpRequest, pk: Id) -> ComparedOut:
    """Compare the cases that have come since with a record that was imported before."""
    found, user = _import_to_fill(request, pk), asker(request)
    cases = records.cases_to_compare(found.round, user).filter(rows_uncompared__gt=0)
    done = records.compare(found, cases, by=user, key=key_of(request))
    return ComparedOut(cases=done.count if done else 0)
