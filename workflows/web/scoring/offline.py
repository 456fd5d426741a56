"""Score sheets in Excel: download all, fill them in without a connection, upload, compare, take over."""

import io
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.doors import door, signed_in
from accounts.models import Role
from config.errors import Refusal
from config.words import T
from workflows.review.sheets.drafts import NoSheet
from workflows.review.sheets.incoming import PreviewOver, read_workbook, signed, take
from workflows.review.sheets.workbook import open_sheets, write_sheets

LARGEST_BYTES = 2 * 1024 * 1024
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class NoFile(Refusal):
    code = "no_file"
    status = 422
    words = T("Choose the workbook that you filled in.", "请选择填写好的工作簿。")


class FileTooLarge(Refusal):
    code = "file_too_large"
    status = 422
    words = T("The file is larger than {most} MB.", "文件超过 {most} MB。")


@door(Role.EXPERT)
@require_safe
def score_sheets_export(request: HttpRequest) -> HttpResponse:
    """The workbook of all my open sheets."""
    data = write_sheets(open_sheets(signed_in(request)))
    response = HttpResponse(data, content_type=XLSX)
    response["Content-Disposition"] = 'attachment; filename="score-sheets.xlsx"'
    response["Cache-Control"] = "no-store"
    return response


@door(Role.EXPERT)
@require_http_methods(["GET", "HEAD", "POST"])
def score_sheets(request: HttpRequest) -> HttpResponse:
    """Download and upload; what an upload would change is shown before it is taken."""
    if request.method != "POST":
        return _drawn(request)
    try:
        if "token" in request.POST:
            return _take(request)
        return _compare(request)
    except Refusal as refusal:
        return _drawn(request, refusal=refusal, status=refusal.status)
    except NoSheet:
        return _drawn(request, refusal=PreviewOver(), status=409)


def _take(request: HttpRequest) -> HttpResponse:
    n = take(signed_in(request), request.POST["token"])
    words = ngettext("%(n)s sheet is taken over; it is not submitted yet.",
                     "%(n)s sheets are taken over; they are not submitted yet.", n)  # fmt: skip
    messages.success(request, words % {"n": n})
    return redirect("reviews")


def _compare(request: HttpRequest) -> HttpResponse:
    sent = request.FILES.get("workbook")
    if sent is None:
        raise NoFile
    if (sent.size or 0) > LARGEST_BYTES:
        raise FileTooLarge(most=LARGEST_BYTES // 1024**2)
    user = signed_in(request)
    found = read_workbook(user, io.BytesIO(sent.read()), sent.name or "workbook.xlsx")
    wrong = any(one.faults for one in found)
    takes = any(one.takes for one in found)
    return _drawn(
        request, found=found, token=signed(user, found) if takes else "", status=422 if wrong else 200
    )


def _drawn(request: HttpRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {"sheets": open_sheets(signed_in(request)), **more}
    response = render(request, "scoring/offline.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response
