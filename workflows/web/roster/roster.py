"""The people of an application: a table with what is wrong and what is to be expected, a template, the errors."""

from itertools import islice
from typing import Any

from django.db.models import QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from accounts.doors import door, signed_in
from accounts.models import Role
from config.words import T
from forms.roster import Roster, problems_xlsx, template_xlsx
from storage.interface import disposition
from storage.kinds import XLSX
from storage.uploads import ROSTER, UploadLimits
from workflows import drafts
from workflows.models import Application, Person, RosterImport
from workflows.web.applicant.cases import own_case
from workflows.web.paging import page_of
from workflows.web.roster.rows import headings, lines_of, problems_of

Stage = RosterImport.Stage
# Excel has room for about a million rows.
PROBLEMS_LISTED = 1_000_000
# Old workbooks (.xls) are refused when they are announced, not after the upload.
LIMITS = UploadLimits(ROSTER.max_bytes, (XLSX,))
LANGUAGES = ("zh-hans", "en")
TEMPLATE_NAME = T("roster-template.xlsx", "人员名单模板.xlsx")
ERRORS_NAME = T("roster-errors.xlsx", "名单问题清单.xlsx")


def case_and_roster(request: HttpRequest, pk: int) -> tuple[Application, Roster]:
    """One's own case and the roster that its programme declares.

    Raises:
        Http404: not one's own, or a programme without a roster.
    """
    case = own_case(signed_in(request), pk)
    if case.declaration.roster is None:
        raise Http404
    return case, case.declaration.roster


@door(Role.OWNER, Role.AGENT)
@require_safe
def application_roster(request: HttpRequest, pk: int) -> HttpResponse:
    """The roster, 30 people at a time, while something of it can be changed; afterwards the status has it."""
    case, roster = case_and_roster(request, pk)
    rights = drafts.unlocked(case)
    if not (rights.everything or rights.points):
        return redirect("application", pk=case.pk)
    people, found = _wanted(case, request)
    page = page_of(people, request.GET, by="position", total=people.count() if found else case.rows_total)
    lines = lines_of(case, list(page.rows), roster)
    context = {
        "case": case,
        "roster": roster,
        "headings": headings(roster),
        "page": page,
        "lines": [(line, rights.person(line.person.pk)) for line in lines],
        "totals": Person.objects.filter(application=case).aggregate(
            pay_fen=Sum("pay_fen"), tax_fen=Sum("tax_fen")
        ),
        "may_add": rights.roster(),
        "wrong_only": "wrong" in request.GET,
        "words": request.GET.get("q", "")[:80],
        "newest": _unsettled(case),
        "limits": LIMITS,
    }
    return render(request, "roster/roster.html", context)


def _wanted(case: Application, request: HttpRequest) -> tuple[QuerySet[Person], bool]:
    """The people that the filters leave, and whether there is a filter."""
    people = Person.objects.filter(application=case)
    words = request.GET.get("q", "").strip()[:80]
    if "wrong" in request.GET:
        people = people.exclude(problems=[])
    if words:
        people = people.filter(name__icontains=words)
    return people, bool(words) or "wrong" in request.GET


def _unsettled(case: Application) -> RosterImport | None:
    """The newest upload, where there is something to do about it."""
    newest = RosterImport.objects.filter(application=case).select_related("document").order_by("-pk").first()
    return newest if newest is not None and newest.stage not in (Stage.APPLIED, Stage.DROPPED) else None


@door(Role.OWNER, Role.AGENT)
@require_safe
def application_roster_template(request: HttpRequest, pk: int, language: str) -> HttpResponse:
    """The empty workbook, in one of the two languages."""
    _case, roster = case_and_roster(request, pk)
    if language not in LANGUAGES:
        raise Http404
    return workbook(template_xlsx(roster, language), TEMPLATE_NAME.in_language(language))


@door(Role.OWNER, Role.AGENT)
@require_safe
def application_roster_errors(request: HttpRequest, pk: int) -> HttpResponse:
    """All wrong cells of the roster as a workbook."""
    case, roster = case_and_roster(request, pk)
    rows = Person.objects.filter(application=case).exclude(problems=[]).order_by("position")
    return errors_workbook(problems_of(roster, rows.iterator()))


def errors_workbook(problems: Any) -> HttpResponse:
    """Wrong cells, one a row, to work through beside the file."""
    language = get_language() or "zh-hans"
    listed: Any = islice(problems, PROBLEMS_LISTED)
    return workbook(problems_xlsx(listed, language), ERRORS_NAME.in_language(language))


def workbook(data: bytes, filename: str) -> HttpResponse:
    response = HttpResponse(data, content_type=XLSX)
    response["Content-Disposition"] = disposition(filename, inline=False)
    response["Cache-Control"] = "private, no-store"
    return response
