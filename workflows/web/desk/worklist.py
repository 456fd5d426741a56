"""The worklist: cases by deadline, with filters, search, claiming, and export."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.backends.utils import csrf_input
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.doors import door, signed_in
from accounts.models import Role, User
from config.words import T
from forms.roster import write_csv, write_xlsx
from workflows.engine.declare import Programme, Step
from workflows.errors import SheetFull
from workflows.models import ApplicationQuerySet
from workflows.programmes import registry
from workflows.search import offers
from workflows.web.desk.filters import ALL, WAITING, Listing, listing, with_parties
from workflows.web.desk.rows import COLUMNS, lines_of, rows_of
from workflows.web.desk.saved import offices_of, tabs_of
from workflows.web.desk.search_help import search_help
from workflows.web.desk.steps import many_steps

# What a sheet of Excel can hold beside its heading.
EXPORT_ROWS = 1_048_575
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@door(Role.CLERK, Role.OFFICIAL, Role.CASHIER, Role.AUDITOR)
@require_GET
def worklist(request: HttpRequest) -> HttpResponse:
    """What waits for me and my office, earliest deadline first."""
    user = signed_in(request)
    listed = listing(user, request.GET)
    page = listed.page(request.GET.get("after", ""), request.GET.get("before", ""), columns=COLUMNS)
    saved = tabs_of(user, listed.search.text)
    query = request.GET.copy()
    for name in ("after", "before"):
        query.pop(name, None)
    rows, steps = rows_of(page.rows, user), batch_steps(listed.tab, user)
    context = {
        "listed": listed,
        "rows": rows,
        "lines": lines_of(
            rows, choosing=bool(steps), csrf_field=csrf_input(request), here=request.get_full_path()
        ),
        "page": page,
        "tabs": _tabs(listed),
        "total": listed.total,
        "query": query.urlencode(),
        "filtered": any(value for name, value in query.items() if name not in ("tab", "q")),
        "saved": saved,
        "is_saved": any(tab.current for tab in saved),
        "search": listed.search,
        "offices": offices_of(user),
        "search_help": search_help(),
        "offers": offers(user),
        "narrowed": any(value for name, value in query.items() if name != "tab"),
        "batch_steps": steps,
    }
    return render(request, "desk/worklist.html", context)


def _tabs(listed: Listing) -> list[dict[str, Any]]:
    """Waiting, every state that holds a case (and the one that is open), all: each with its count."""
    counts = listed.counts
    tabs: list[dict[str, Any]] = [{"slug": WAITING, "label": _("Waiting for me"), "count": counts.waiting}]
    states = {str(s): s.label for programme in registry().values() for s in programme.states}
    tabs += [
        {"slug": slug, "label": label, "count": counts.by_state.get(slug, 0)}
        for slug, label in states.items()
        if counts.by_state.get(slug) or slug == listed.tab
    ]
    tabs.append({"slug": ALL, "label": _("All"), "count": counts.total})
    return tabs


def batch_steps(tab: str, user: User) -> list[tuple[Programme, Step]]:
    """The steps that can be taken on many cases of a tab by the roles of `user`."""
    steps = [
        (programme, step)
        for programme in registry().values()
        for step in many_steps(programme).values()
        if user.has_role(*step.by)
    ]
    return [(p, step) for p, step in steps if tab in (WAITING, ALL) or tab in step.sources]


@door(Role.CLERK, Role.OFFICIAL, Role.CASHIER, Role.AUDITOR)
@require_GET
def worklist_export(request: HttpRequest, kind: str) -> HttpResponse:
    """The list under its present filters, whole, as Excel or CSV."""
    listed = listing(signed_in(request), request.GET)
    listed.search.checked()
    cases = with_parties(listed.cases).order_by("due_on", "pk")
    if kind == "xlsx" and cases.count() > EXPORT_ROWS:
        raise SheetFull(most=f"{EXPORT_ROWS:,}")
    headers = [str(words) for words in HEADERS]
    title = _("Worklist")
    name = f"worklist-{timezone.localdate():%Y%m%d}.{kind}"
    if kind == "csv":
        response = HttpResponse(write_csv(headers, _lines(cases)), content_type="text/csv; charset=utf-8")
    else:
        data = write_xlsx(headers, _lines(cases), title=title, text_columns={0, 2})
        response = HttpResponse(data, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


HEADERS = (
    T("Number", "编号"),
    T("Applicant", "单位"),
    T("Credit code", "统一社会信用代码"),
    T("Year", "年度"),
    T("Industry", "行业"),
    T("State", "状态"),
    T("Due", "期限"),
    T("Promised", "承诺办结"),
    T("Handled by", "经办人员"),
    T("People", "人数"),
    T("Granted", "可奖励"),
    T("On hold", "暂缓"),
    T("Amount (yuan)", "金额（元）"),
)


def _lines(cases: ApplicationQuerySet) -> Iterator[list[Any]]:
    for case in cases.iterator(chunk_size=2000):
        yield [
            case.number,
            case.applicant.name,
            case.applicant.credit_code,
            case.year,
            case.applicant.get_industry_display(),
            str(case.standing.label),
            case.due_on,
            case.promised_on,
            str(case.assigned_to or ""),
            case.rows_total,
            case.rows_granted,
            case.rows_held,
            Decimal(case.amount_fen) / 100,
        ]
