"""The tax record of a round: upload it, watch it being read and compared, see who differs and who is missing."""

import json
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.doors import door, signed_in
from accounts.models import Role, User
from config.nudge import nudge
from forms.roster import template_xlsx
from storage import uploads
from storage.kinds import XLSX
from storage.uploads import UploadLimits
from storage.views import ticket_json
from workflows import records
from workflows.models import Application, Round, TaxRecordImport
from workflows.queries import OFFICE_ROLES, desk_of
from workflows.web.keys import fresh_key

LIMITS = UploadLimits(30 * uploads.MB, (XLSX,))
SHOWN = 30
ROWS_NAMED = 50
IMPORTS_SHOWN = 12
Stage = TaxRecordImport.Stage


def rounds_of(user: User) -> QuerySet[Round]:
    """Rounds that an office of `user` handles or decides."""
    offices = sorted(user.organisations_as(*OFFICE_ROLES))
    return Round.objects.filter(Q(handler__in=offices) | Q(authority__in=offices)).order_by(
        "-year", "programme"
    )


def _round(user: User, pk: int) -> Round:
    return get_object_or_404(rounds_of(user), pk=pk)


def _round_to_fill(user: User, pk: int) -> Round:
    return get_object_or_404(Round, pk=pk, handler__in=user.organisations_as(Role.CLERK))


def _import(user: User, pk: int) -> TaxRecordImport:
    found = TaxRecordImport.objects.select_related("round", "document", "imported_by")
    return get_object_or_404(found, pk=pk, round__in=rounds_of(user).values("pk"))


@door(Role.CLERK, Role.OFFICIAL, Role.CASHIER, Role.AUDITOR)
@require_GET
def tax_records(request: HttpRequest) -> HttpResponse:
    """The rounds, each with its newest import."""
    rounds = list(rounds_of(signed_in(request)))
    newest: dict[int, TaxRecordImport] = {}
    for found in TaxRecordImport.objects.filter(round__in=rounds).order_by("round", "imported_at"):
        newest[found.round_id] = found
    rows = [{"round": round_, "newest": newest.get(round_.pk)} for round_ in rounds]
    return render(request, "desk/tax_records.html", {"rows": rows})


@door(Role.CLERK, Role.OFFICIAL, Role.CASHIER, Role.AUDITOR)
@require_GET
def tax_record(request: HttpRequest, pk: int) -> HttpResponse:
    """The tax record of one round: upload, earlier imports, and the cases that differ now."""
    user = signed_in(request)
    round_ = _round(user, pk)
    return render(
        request, "desk/tax_record.html", {"round": round_, **_panel(round_, user), **_standing(round_, user)}
    )


@door(Role.CLERK, Role.OFFICIAL, Role.CASHIER, Role.AUDITOR)
@require_GET
def tax_record_panel(request: HttpRequest, pk: int) -> HttpResponse:
    """The upload's part of the page alone, for after an upload."""
    user = signed_in(request)
    round_ = _round(user, pk)
    return render(request, "desk/tax_record_panel.html", {"round": round_, **_panel(round_, user)})


def _panel(round_: Round, user: User) -> dict[str, Any]:
    may_import = round_.handler_id in user.organisations_as(Role.CLERK)
    waiting = (
        TaxRecordImport.objects.filter(
            round=round_, imported_by=user, stage=Stage.WAITING, document__state="verified"
        )
        .select_related("document")
        .order_by("-imported_at")
        .first()
        if may_import
        else None
    )
    return {"may_import": may_import, "waiting": waiting, "limits": LIMITS, "columns": records.RECORD.columns}


def _standing(round_: Round, user: User) -> dict[str, Any]:
    cases = desk_of(user).filter(round=round_).select_related("applicant").defer("answers", "sealed_answers")
    found = (
        TaxRecordImport.objects.filter(round=round_)
        .exclude(stage=Stage.WAITING)
        .select_related("document", "imported_by")
        .order_by("-imported_at")
    )
    imports = list(found[:IMPORTS_SHOWN])
    newest = next((found for found in imports if found.stage == Stage.DONE), None)
    rest = records.cases_to_compare(round_, user).filter(rows_uncompared__gt=0) if newest else None
    return {
        "imports": imports,
        "newest": newest,
        "rest": rest.count() if rest is not None else 0,
        "rest_key": fresh_key(),
        **differing(cases),
    }


def differing(cases: QuerySet[Application]) -> dict[str, Any]:
    """Cases with people who differ from the record now, most of them first."""
    found = cases.filter(rows_in_dispute__gt=0).order_by("-rows_in_dispute", "pk")
    return {"differing": found[:SHOWN], "differing_total": found.count()}


@door(Role.CLERK)
@require_POST
def tax_record_begin(request: HttpRequest, pk: int) -> HttpResponse:
    """The browser announces the file: `{filename, size_bytes, content_type}`; it posts it to the store itself."""
    user = signed_in(request)
    round_ = _round_to_fill(user, pk)
    asked = _asked(request)
    with transaction.atomic():
        ticket = uploads.begin(
            user=user,
            organisation=round_.handler,
            filename=str(asked.get("filename", "")),
            size_bytes=int(asked.get("size_bytes") or 0),
            content_type=str(asked.get("content_type", "")),
            limits=LIMITS,
            purpose="tax_record",
        )
        records.begin(round_, ticket.document, by=user)
    return ticket_json(ticket)


def _asked(request: HttpRequest) -> dict[str, Any]:
    try:
        asked = json.loads(request.body)
        return {**asked, "size_bytes": int(asked.get("size_bytes") or 0)}
    except (ValueError, TypeError, AttributeError):
        return {}


@door(Role.CLERK)
@require_POST
def tax_record_start(request: HttpRequest, pk: int) -> HttpResponse:
    """Read the uploaded file and compare; the page of the import shows how far it is."""
    user = signed_in(request)
    found = _import(user, pk)
    _round_to_fill(user, found.round_id)
    with transaction.atomic():
        records.start(found, complete="complete" in request.POST)
        transaction.on_commit(lambda: nudge("workflows.import_tax_record", str(found.pk)))
    return redirect("tax_record_import", pk=found.pk)


@door(Role.CLERK, Role.OFFICIAL, Role.CASHIER, Role.AUDITOR)
@require_GET
def tax_record_import(request: HttpRequest, pk: int) -> HttpResponse:
    """One import: how far it is; when it is done, who differs and who could not be found."""
    user = signed_in(request)
    found = _import(user, pk)
    context: dict[str, Any] = {"found": found, "round": found.round}
    if request.headers.get("HX-Request") and not found.is_settled:
        return render(request, "desk/tax_record_progress.html", context)
    if found.stage == Stage.DONE:
        cases = desk_of(user).filter(round=found.round_id).select_related("applicant")
        missing = records.people_not_found(found).filter(application__in=cases.values("pk"))
        nobodys = records.rows_of_nobody(found)
        context |= {
            **differing(cases),
            "missing": missing[:SHOWN],
            "missing_total": missing.count(),
            "nobodys": list(nobodys.values_list("row", flat=True)[:ROWS_NAMED]),
            "nobodys_total": nobodys.count(),
        }
    response = render(request, "desk/tax_record_import.html", context)
    if request.headers.get("HX-Request"):
        # It has ended since the page asked last: the whole page is drawn anew.
        response["HX-Refresh"] = "true"
    return response


@door(Role.CLERK)
@require_POST
def tax_record_compare(request: HttpRequest, pk: int) -> HttpResponse:
    """Compare the cases that have come since with a record that was imported before."""
    user = signed_in(request)
    found = _import(user, pk)
    _round_to_fill(user, found.round_id)
    cases = records.cases_to_compare(found.round, user).filter(rows_uncompared__gt=0)
    done = records.compare(found, cases, by=user, key=request.POST.get("key", "")[:80])
    count = done.count if done else 0
    words = ngettext("%(n)s case was compared.", "%(n)s cases were compared.", count)
    messages.success(request, words % {"n": count})
    return redirect("tax_record", pk=found.round_id)


@door(Role.CLERK, Role.OFFICIAL, Role.CASHIER, Role.AUDITOR)
@require_GET
def tax_record_template(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - a view
    """The workbook to fill in."""
    response = HttpResponse(template_xlsx(records.RECORD, get_language() or "zh-hans"), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{_("tax-record")}.xlsx"'
    return response
