"""The worklist: cases by deadline, with filters, search, claiming, and export."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.doors import door, signed_in
from accounts.models import Role, User
from config.words import T
from forms.roster import write_csv, write_xlsx
from workflows.engine.declare import Programme, State, Step
from workflows.errors import SheetFull
from workflows.models import Application, ApplicationQuerySet
from workflows.programmes import registry
from workflows.rules import holds_role
from workflows.search import hints, offers
from workflows.web.desk.filters import ALL, WAITING, Listing, listing, with_parties
from workflows.web.desk.saved import offices_of, tabs_of
from workflows.web.desk.steps import fresh_key, many_steps

# What a sheet of Excel can hold beside its heading.
EXPORT_ROWS = 1_048_575
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Row:
    """One case in the list, as its reader sees it."""

    case: Application
    standing: State
    days_over: int
    may_claim: bool
    key: str


@door(Role.CLERK, Role.OFFICIAL, Role.CASHIER, Role.AUDITOR)
@require_GET
def worklist(request: HttpRequest) -> HttpResponse:
    """What waits for me and my office, earliest deadline first."""
    user = signed_in(request)
    listed = listing(user, request.GET)
    page = listed.page(request.GET.get("after", ""), request.GET.get("before", ""))
    today = timezone.localdate()
    saved = tabs_of(user, listed.search.text)
    query = request.GET.copy()
    for name in ("after", "before"):
        query.pop(name, None)
    context = {
        "listed": listed,
        "rows": [_row(case, user, today) for case in page.rows],
        "page": page,
        "tabs": _tabs(listed),
        "total": listed.total,
        "query": query.urlencode(),
        "filtered": any(value for name, value in query.items() if name not in ("tab", "q")),
        "saved": saved,
        "is_saved": any(tab.current for tab in saved),
        "search": listed.search,
        "offices": offices_of(user),
        "hints": hints(),
        "offers": offers(user),
        "narrowed": any(value for name, value in query.items() if name != "tab"),
        "batch_steps": batch_steps(listed.tab, user),
    }
    return render(request, "desk/worklist.html", context)


def _row(case: Application, user: User, today: date) -> Row:
    claim = case.declaration.steps.get("claim")
    may_claim = (
        claim is not None
        and case.assigned_to_id is None
        and case.state in claim.sources
        and holds_role(claim.by, user, case)
    )
    runs = case.due_on is not None and not case.standing.outcome and not case.standing.stops_clock
    over = (today - case.due_on).days if case.due_on and runs else 0
    return Row(case, case.standing, max(0, over), may_claim, fresh_key() if may_claim else "")


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
    T("Employer", "单位"),
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
