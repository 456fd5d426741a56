"""The ledger 台账: what was paid, by round and month, each sum with its lines."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.doors import door, signed_in
from accounts.models import User
from accounts.sealing import mask
from config.words import T
from workflows.models import PaymentLine, Round
from workflows.web.official.exports import table
from workflows.web.official.scope import READERS, lists_by, rounds_by
from workflows.web.paging import page_of

MONTH = re.compile(r"(\d{4})-(\d\d)")
HEADERS = (
    T("Paid on", "拨付日期"),
    T("List", "清单"),
    T("Line", "行号"),
    T("Case", "编号"),
    T("Payee", "收款单位"),
    T("Account", "账号"),
    T("People", "人数"),
    T("Amount (yuan)", "金额（元）"),
    T("Reference", "流水号"),
    T("Round", "轮次"),
)


@dataclass(frozen=True, slots=True)
class MonthSum:
    """What one round paid in one month."""

    round: Round
    month: date
    employers: int
    people: int
    amount_fen: int

    @property
    def slug(self) -> str:
        return f"{self.month:%Y-%m}"


def paid_lines(user: User, query: QueryDict) -> QuerySet[PaymentLine]:
    """Paid lines that `user` may know of, narrowed by `round` and `month` of the query."""
    lines = PaymentLine.objects.filter(state=PaymentLine.State.PAID, payment_list__in=lists_by(user))
    round_ = query.get("round", "")
    if round_.isdecimal() and len(round_) < 18:
        lines = lines.filter(payment_list__round=int(round_))
    month = MONTH.fullmatch(query.get("month", ""))
    if month and 1 <= int(month[2]) <= 12:
        lines = lines.filter(paid_on__year=int(month[1]), paid_on__month=int(month[2]))
    return lines


@door(*READERS)
@require_GET
def ledger(request: HttpRequest) -> HttpResponse:
    """Sums by round and month, and the lines behind them."""
    user = signed_in(request)
    rounds = {round_.pk: round_ for round_ in rounds_by(user)}
    rows: Any = (
        paid_lines(user, QueryDict())
        .order_by()
        .values("payment_list__round")
        .annotate(month=TruncMonth("paid_on"), n=Count("application", distinct=True),
                  s_people=Sum("people_count"), fen=Sum("amount_fen"))
        .order_by("-month", "-payment_list__round")
    )  # fmt: skip
    sums = [
        MonthSum(rounds[r["payment_list__round"]], r["month"], r["n"], r["s_people"], r["fen"]) for r in rows
    ]
    lines = paid_lines(user, request.GET)
    chosen = lines.aggregate(n=Count("pk"), people=Sum("people_count"), fen=Sum("amount_fen"))
    page = page_of(
        lines.select_related("payment_list", "application").defer(
            "application__answers", "application__sealed_answers"
        ),
        request.GET,
        total=chosen["n"],
    )
    kept = request.GET.copy()
    for name in ("after", "before"):
        kept.pop(name, None)
    context = {
        "sums": sums,
        "all_fen": sum(one.amount_fen for one in sums),
        "chosen": chosen,
        "page": page,
        "query": kept.urlencode(),
        "narrowed": bool(kept),
        "round": request.GET.get("round", ""),
        "month": request.GET.get("month", ""),
    }
    return render(request, "official/ledger.html", context)


@door(*READERS)
@require_GET
def ledger_export(request: HttpRequest, kind: str) -> HttpResponse:
    """The lines under the present choice, whole, accounts masked."""
    lines = paid_lines(signed_in(request), request.GET)
    sums = lines.aggregate(people=Sum("people_count"), fen=Sum("amount_fen"))
    totals = [_("Total"), "", "", "", "", "", sums["people"] or 0, Decimal(sums["fen"] or 0) / 100, "", ""]
    return table(kind, "ledger", HEADERS, _rows(lines), totals, text_columns={3, 5, 8})


def _rows(lines: QuerySet[PaymentLine]) -> Iterator[list[Any]]:
    found = lines.select_related("payment_list__round", "application").order_by("paid_on", "pk")
    for line in found.iterator(chunk_size=2000):
        yield [
            line.paid_on, line.payment_list.number, line.position, line.application.number, line.payee,
            mask(line.account), line.people_count, Decimal(line.amount_fen) / 100, line.bank_reference,
            str(line.payment_list.round.title),
        ]  # fmt: skip
