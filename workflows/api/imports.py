"""A roster by workbook: announced, posted, read by a worker, looked at, then applied or dropped."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Schema

from accounts.models import Scope
from config.words import T
from workflows import drafts, roster_imports
from workflows.api.bearer import asker
from workflows.api.case_out import own_case
from workflows.api.kinds import After, FileIn, Id, Limit, Rows, Sha256In, TicketOut
from workflows.api.lists import page_of
from workflows.api.problems import WrongOut
from workflows.api.routes import EMPLOYER, Routes
from workflows.api.uploads import announced, finished
from workflows.errors import Locked
from workflows.models import Application, RosterImport
from workflows.web.roster.roster import LIMITS
from workflows.web.roster.rows import problems_of

routes = Routes("The roster")
PURPOSE = "roster"


class ImportOut(Schema):
    """An uploaded roster: how far it is, and what applying it would do."""

    id: int
    stage: str
    stage_label: str
    failure: str
    rows_total: int
    rows_done: int
    rows_with_errors: int
    rows_added: int
    rows_changed: int
    rows_removed: int
    rows_same: int


class ImportRowOut(Schema):
    """A row of the upload with what is wrong in it; sealed values masked."""

    row: int
    change: str
    errors: list[WrongOut]


def _import_out(found: RosterImport) -> ImportOut:
    figures: dict[str, Any] = {
        name: getattr(found, name) for name in ImportOut.model_fields if name.startswith("rows_")
    }
    return ImportOut(
        id=found.pk,
        stage=found.stage,
        stage_label=found.get_stage_display(),
        failure=str(T(en=found.failure_en, zh=found.failure_zh)),
        **figures,
    )


def _case(request: HttpRequest, pk: int) -> Application:
    case = own_case(request, pk)
    if case.declaration.roster is None:
        raise Http404
    return case


def _open_case(request: HttpRequest, pk: int) -> Application:
    case = _case(request, pk)
    if not drafts.unlocked(case).roster():
        assert case.declaration.roster is not None
        raise Locked(what=case.declaration.roster.title)
    return case


def _import(request: HttpRequest, pk: int, import_pk: int) -> RosterImport:
    imports = RosterImport.objects.select_related("document", "application__round")
    return get_object_or_404(imports, application=_case(request, pk), pk=import_pk)


@routes.change(
    "POST", "/cases/{pk}/roster/uploads", TicketOut, scope=Scope.CASES_WRITE, by=EMPLOYER, status=201
)
def roster_begin(request: HttpRequest, pk: Id, asked: FileIn) -> TicketOut:
    """Announce a workbook (.xlsx) with the whole roster."""
    case = _open_case(request, pk)
    return announced(
        request,
        asked,
        organisation=case.applicant,
        limits=LIMITS,
        purpose=PURPOSE,
        finish=f"/api/v1/cases/{case.pk}/roster/uploads/{{document}}/finish",
    )


@routes.change(
    "POST",
    "/cases/{pk}/roster/uploads/{document}/finish",
    ImportOut,
    scope=Scope.CASES_WRITE,
    by=EMPLOYER,
)
def roster_finish(request: HttpRequest, pk: Id, document: UUID, asked: Sha256In) -> ImportOut:
    """The workbook is in the store: a worker reads it and compares it with the roster."""
    case = _open_case(request, pk)
    with transaction.atomic():
        found = finished(request, document, asked, purpose=PURPOSE)
        if found.organisation_id != case.applicant_id:
            raise Http404
        made = roster_imports.begin(case, found, by=asker(request))
    return _import_out(made)


@routes.get("/cases/{pk}/roster/imports", Rows[ImportOut], scope=Scope.CASES_READ, by=EMPLOYER)
def roster_imports_list(
    request: HttpRequest, pk: Id, after: After = None, limit: Limit = 30
) -> Rows[ImportOut]:
    """The uploads of the case's roster, newest first."""
    found = RosterImport.objects.filter(application=_case(request, pk))
    page, following = page_of(request, found, after=after, limit=limit)
    return Rows[ImportOut](rows=[_import_out(one) for one in page], next=following)


@routes.get("/cases/{pk}/roster/imports/{import_pk}", ImportOut, scope=Scope.CASES_READ, by=EMPLOYER)
def roster_import(request: HttpRequest, pk: Id, import_pk: Id) -> ImportOut:
    """One upload: how far it is, and what applying it would add, change and remove."""
    return _import_out(_import(request, pk, import_pk))


@routes.get(
    "/cases/{pk}/roster/imports/{import_pk}/errors",
    Rows[ImportRowOut],
    scope=Scope.CASES_READ,
    by=EMPLOYER,
)
def roster_import_errors(
    request: HttpRequest, pk: Id, import_pk: Id, after: After = None, limit: Limit = 30
) -> Rows[ImportRowOut]:
    """The rows of an upload in which something is wrong, by Excel's row number."""
    found = _import(request, pk, import_pk)
    roster = found.application.declaration.roster
    assert roster is not None
    rows = found.rows.exclude(problems=[])
    page, following = page_of(request, rows, after=after, limit=limit, by="position")
    return Rows[ImportRowOut](
        rows=[
            ImportRowOut(
                row=row.position,
                change=row.change,
                errors=[WrongOut(at=p.column, sentence=str(p.words)) for p in problems_of(roster, [row])],
            )
            for row in page
        ],
        next=following,
    )


@routes.change(
    "POST",
    "/cases/{pk}/roster/imports/{import_pk}/apply",
    ImportOut,
    scope=Scope.CASES_WRITE,
    by=EMPLOYER,
)
def roster_import_apply(request: HttpRequest, pk: Id, import_pk: Id) -> ImportOut:
    """Make the roster equal to the upload; a large one is applied by a worker (stage `applying`)."""
    return _import_out(roster_imports.apply_soon(_import(request, pk, import_pk)))


@routes.change(
    "POST",
    "/cases/{pk}/roster/imports/{import_pk}/drop",
    ImportOut,
    scope=Scope.CASES_WRITE,
    by=EMPLOYER,
)
def roster_import_drop(request: HttpRequest, pk: Id, import_pk: Id) -> ImportOut:
    """Leave the roster as it was."""
    roster_imports.drop(_import(request, pk, import_pk))
    return _import_out(_import(request, pk, import_pk))
