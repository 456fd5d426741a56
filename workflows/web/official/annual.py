"""The figures of the annual report on a page, each with the way down to the rows that it was counted from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.doors import door, signed_in
from accounts.models import User
from accounts.templatetags.masking import masked_name
from config.templatetags.words import count, day, moment, percent, wan, yuan
from config.words import T
from workflows import reports
from workflows.models import (
    Application,
    EnteredFigure,
    PaymentLine,
    Person,
    ReviewSession,
    Round,
    SessionItem,
)
from workflows.rules import unknown_to
from workflows.web.official.scope import READERS, rounds_by
from workflows.web.paging import page_of

# Where the case stands in the rows of a figure.
CASE_OF: dict[Any, str] = {
    Application: "pk",
    Person: "application",
    PaymentLine: "application",
    SessionItem: "application",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the rows behind a figure: words or a number, and where it leads."""

    text: str
    url: str = ""
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """How rows of one model are listed."""

    headings: tuple[T, ...]
    cells: Callable[[Any], list[Cell]]
    with_parties: Callable[["QuerySet[Any]"], "QuerySet[Any]"]


def shown(key: str, value: reports.Value) -> str:
    """A figure as the page writes it: sums in yuan, shares in per cent; a dash where it cannot be said."""
    if value is None:
        return "—"
    if isinstance(value, Mapping):
        parts = reports.figure(key).parts
        return " · ".join(f"{parts[part]} {count(n)}" for part, n in value.items()) or "—"
    if key.endswith("_fen"):
        return wan(int(value))
    return percent(value) if isinstance(value, Decimal) else count(int(value))


def figures_of(round_: Round) -> list[dict[str, Any]]:
    """The annual report's figures of a round's programme and year; none where the report does not count it."""
    return [
        {
            "words": counted.figure.words,
            "value": shown(counted.figure.key, counted.value),
            "url": reverse("figure_rows", args=[round_.year, counted.figure.key]),
        }
        for counted in reports.annual_report(round_.year, as_of=timezone.now(), programme=round_.programme)
    ]


def may_read(user: User, programme: str, year: int) -> bool:
    """Whether an office of `user` handles or decides what the report of that year counts of a programme."""
    return rounds_by(user).filter(programme=programme, year=year).exists()


@door(*READERS)
@require_GET
def figure_rows(request: HttpRequest, year: int, key: str) -> HttpResponse:
    """The rows behind one figure, page by page."""
    try:
        figure = reports.figure(key)
    except KeyError:
        raise Http404 from None
    if not may_read(signed_in(request), figure.programme, year):
        raise Http404
    found = figure.rows(year)
    if found.model in CASE_OF:
        found = found.exclude(unknown_to(signed_in(request), case=CASE_OF[found.model]))
    kind = KINDS[found.model]
    page = page_of(kind.with_parties(found.order_by()), request.GET, total=found.count())
    rows = [kind.cells(row) for row in page.rows]
    context = {
        "figure": figure,
        "value": shown(key, figure.value(year)),
        "year": year,
        "as_of": timezone.now(),
        "headings": [(h, bool(rows) and rows[0][n].is_number) for n, h in enumerate(kind.headings)],
        "rows": rows,
        "page": page,
    }
    return render(request, "official/figure_rows.html", context)


def _case(case: Application) -> list[Cell]:
    return [
        Cell(case.number or "", reverse("case", args=[case.pk])),
        Cell(case.applicant.name),
        Cell(str(case.standing.label)),
        Cell(count(case.rows_total) if case.declaration.roster else "—", is_number=True),
        Cell(yuan(case.amount_fen), is_number=True),
    ]


def _person(person: Person) -> list[Cell]:
    result = _("Revoked") if person.revoked else person.get_result_display()
    return [
        Cell(masked_name(person.name)),
        Cell(person.application.applicant.name),
        Cell(person.application.number or "", reverse("case", args=[person.application_id])),
        Cell(str(result)),
        Cell(yuan(person.award_fen), is_number=True),
    ]


def _line(line: PaymentLine) -> list[Cell]:
    return [
        Cell(line.payee),
        Cell(line.payment_list.number, reverse("payment_list", args=[line.payment_list_id])),
        Cell(day(line.paid_on)),
        Cell(count(line.people_count), is_number=True),
        Cell(yuan(line.amount_fen), is_number=True),
    ]


def _entry(entry: EnteredFigure) -> list[Cell]:
    value = yuan(entry.value) if entry.key.endswith("_fen") else count(entry.value)
    return [
        Cell(entry.source),
        Cell(str(entry.entered_by)),
        Cell(moment(entry.entered_at)),
        Cell(value, is_number=True),
    ]


def _session(session: ReviewSession) -> list[Cell]:
    return [
        Cell(session.number),
        Cell(day(session.held_on)),
        Cell(str(session.get_stage_display())),
        Cell(count(session.items_count), is_number=True),  # type: ignore[attr-defined]
    ]


def _item(item: SessionItem) -> list[Cell]:
    return [
        Cell(item.session.number),
        Cell(item.application.number or "", reverse("case", args=[item.application_id])),
        Cell(item.application.applicant.name),
        Cell(moment(item.called_at)),
    ]


def _round(round_: Round) -> list[Cell]:
    return [Cell(str(round_.title)), Cell(round_.policy), Cell(str(round_.year), is_number=True)]


KINDS: dict[type[Any], Kind] = {
    Application: Kind(
        (
            T("Case", "编号"),
            T("Applicant", "单位"),
            T("State", "状态"),
            T("People", "人数"),
            T("Amount (yuan)", "金额（元）"),
        ),
        _case,
        lambda rows: rows.select_related("applicant").defer("answers", "sealed_answers"),
    ),
    Person: Kind(
        (
            T("Person", "人员"),
            T("Applicant", "单位"),
            T("Case", "编号"),
            T("Result", "结果"),
            T("Award (yuan)", "奖励（元）"),
        ),
        _person,
        lambda rows: rows.select_related("application__applicant").defer(
            "application__answers", "application__sealed_answers", "id_number", "raw"
        ),
    ),
    PaymentLine: Kind(
        (
            T("Payee", "收款单位"),
            T("List", "清单"),
            T("Paid on", "拨付日期"),
            T("People", "人数"),
            T("Amount (yuan)", "金额（元）"),
        ),
        _line,
        lambda rows: rows.select_related("payment_list").defer("account"),
    ),
    EnteredFigure: Kind(
        (T("Source", "来源"), T("Entered by", "录入人"), T("Entered", "录入时间"), T("Value", "数值")),
        _entry,
        lambda rows: rows.select_related("entered_by"),
    ),
    ReviewSession: Kind(
        (T("Session", "场次"), T("Day", "日期"), T("Stage", "阶段"), T("Cases", "件数")),
        _session,
        lambda rows: rows.annotate(items_count=Count("items", filter=Q(items__removed_at=None))),
    ),
    SessionItem: Kind(
        (T("Session", "场次"), T("Case", "编号"), T("Applicant", "申报单位"), T("Called", "开始时间")),
        _item,
        lambda rows: rows.select_related("session", "application__applicant").defer(
            "application__answers", "application__sealed_answers"
        ),
    ),
    Round: Kind(
        (T("Round", "轮次"), T("Policy version", "政策版本"), T("Year", "年度")),
        _round,
        lambda rows: rows,
    ),
}
