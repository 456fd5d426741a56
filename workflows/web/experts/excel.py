"""Experts out of and into Excel: what is filtered, an empty template, an upload shown before it is applied."""

import json
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.doors import door, signed_in
from accounts.models import Organisation, Role, User
from config.errors import Refusal
from forms.roster import template_xlsx
from storage import uploads
from storage.errors import BadName
from storage.kinds import XLSX as XLSX_TYPE
from storage.models import Document
from storage.uploads import MB, UploadLimits
from storage.views import ticket_json
from workflows.review.experts import excel, importing
from workflows.review.experts.reading import with_rows
from workflows.web.desk.worklist import XLSX
from workflows.web.experts.office import bases_of, listed

LIMITS = UploadLimits(10 * MB, (XLSX_TYPE,))
EXPORTED_MAX = 20_000
LINES_SHOWN = 200


def _workbook(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    response["Cache-Control"] = "no-store"
    return response


@door(Role.CLERK, Role.OFFICIAL)
@require_safe
def experts_export(request: HttpRequest) -> HttpResponse:
    """The files that the list shows with these filters, without sealed numbers."""
    _form, _status, _matching, chosen = listed(request)
    rows = with_rows(chosen.order_by("pk"))[:EXPORTED_MAX]
    return _workbook(excel.written(rows, get_language() or "zh-hans"), "experts")


@door(Role.CLERK, Role.OFFICIAL)
@require_safe
def experts_template(_request: HttpRequest) -> HttpResponse:
    """An empty list."""
    return _workbook(template_xlsx(excel.ROSTER, get_language() or "zh-hans"), "experts-template")


def base_of(user: User) -> Organisation:
    """The database into which lists go: the first of the person's offices that keeps one."""
    bases = bases_of(user)
    if not bases:
        raise Http404
    return bases[0]


@door(Role.CLERK, Role.OFFICIAL)
@require_safe
def experts_import(request: HttpRequest) -> HttpResponse:
    """The place to upload a list, with the newest one."""
    return render(request, "experts/import.html", _panel(signed_in(request)))


@door(Role.CLERK, Role.OFFICIAL)
@require_safe
def experts_import_panel(request: HttpRequest) -> HttpResponse:
    """The same place alone; replaces itself when a file has passed its checks."""
    return render(request, "experts/part_upload.html", _panel(signed_in(request)))


def _panel(user: User) -> dict[str, object]:
    bases = bases_of(user)
    upload = importing.uploads_of(bases[0]).first() if bases else None
    return {"office": bases[0] if bases else None, "upload": upload, "limits": LIMITS, "most": excel.MAX_ROWS}


@door(Role.CLERK, Role.OFFICIAL)
@require_POST
def experts_import_begin(request: HttpRequest) -> HttpResponse:
    """Announce an upload: `{filename, size_bytes, content_type}` → where the browser posts it."""
    user = signed_in(request)
    office = base_of(user)
    try:
        asked = json.loads(request.body)
        filename, size_bytes = str(asked["filename"]), int(asked["size_bytes"])
    except (ValueError, TypeError, KeyError) as error:
        raise BadName(filename="", longest=uploads.LONGEST_NAME) from error
    ticket = uploads.begin(
        user=user, organisation=office, filename=filename, size_bytes=size_bytes,
        content_type=str(asked.get("content_type", "")), limits=LIMITS, purpose=importing.purpose_of(office),
    )  # fmt: skip
    return ticket_json(ticket)


@door(Role.CLERK, Role.OFFICIAL)
@require_http_methods(["GET", "HEAD", "POST"])
def experts_import_check(request: HttpRequest, document: UUID) -> HttpResponse:
    """What a list would add and change; with POST it is done."""
    user = signed_in(request)
    office = base_of(user)
    found: Document = get_object_or_404(importing.uploads_of(office), pk=document)
    try:
        said, problems = excel.read(found)
        if request.method == "POST":
            done = importing.apply(office, said, problems, by=user)
            messages.success(
                request,
                _("Added: %(added)s, changed: %(changed)s, unchanged: %(same)s.")
                % {"added": len(done.added), "changed": len(done.changed), "same": done.same},
            )
            return redirect("experts")
    except Refusal as refusal:
        if refusal.status >= 500:
            raise
        if not isinstance(refusal, importing.ListWrong):
            context = {"document": found, "refusal": refusal}
            return render(request, "experts/import_check.html", context, status=refusal.status)
    check = importing.check(office, said, problems)
    context = {"document": found, "check": check, "most": LINES_SHOWN}
    status = 409 if request.method == "POST" else 200
    return render(request, "experts/import_check.html", context, status=status)
