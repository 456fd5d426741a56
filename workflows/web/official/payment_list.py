"""A payment list: its lines with masked accounts, the file for the bank, and what the bank said."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.doors import RoleNeeded, door, signed_in
from accounts.models import Role, User
from config.errors import Refusal
from config.words import T
from storage.uploads import RETURN
from workflows.bank_returns import uploads_of
from workflows.engine.asking import ROLE_WORDS
from workflows.engine.perform import perform
from workflows.models import Command, PaymentLine, PaymentList
from workflows.web.desk.reveal import AlreadyShown
from workflows.web.keys import fresh_key, key_of
from workflows.web.official.exports import table
from workflows.web.official.payments import ListSums, sums_of_lists
from workflows.web.official.scope import AUTHORITY, READERS, is_at, lists_by
from workflows.web.paging import page_of

LINE_TONES = {PaymentLine.State.WAITING: "wait", PaymentLine.State.PAID: "ok", PaymentLine.State.FAILED: "no"}
HEADERS = (
    T("Line", "行号"),
    T("Payee", "收款单位"),
    T("Bank", "开户银行"),
    T("Bank code", "联行号"),
    T("Account", "收款账号"),
    T("Amount (yuan)", "金额（元）"),
    T("Purpose", "用途"),
)


def read_list(user: User, pk: int) -> PaymentList:
    """The list, if an office of `user` handles or decides its round.

    Raises:
        Http404: `user` may not know of it.
    """
    found = lists_by(user).select_related("round", "authority", "made_by", "bank_return")
    return get_object_or_404(found, pk=pk)


def require_role(user: User, made: PaymentList, *roles: Role) -> None:
    """Nothing, where `user` holds one of `roles` at the list's authority.

    Raises:
        RoleNeeded: they do not.
    """
    if not is_at(user, made.authority_id, *roles):
        words = [ROLE_WORDS[role] for role in roles]
        raise RoleNeeded(roles=T(" / ".join(w.en for w in words), " / ".join(w.zh for w in words)))


@door(*READERS)
@require_GET
def payment_list(request: HttpRequest, pk: int) -> HttpResponse:
    """One list."""
    user = signed_in(request)
    return list_page(request, read_list(user, pk), user)


def list_page(
    request: HttpRequest,
    made: PaymentList,
    user: User,
    *,
    opened: PaymentLine | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    """The page of a list; `opened` is the line whose account is shown this once."""
    sums = sums_of_lists([made.pk]).get(made.pk, ListSums())
    lines = made.lines.select_related("application__applicant")
    if request.GET.get("show") == "failed":
        lines = lines.filter(state=PaymentLine.State.FAILED)
    total = sums.failed if request.GET.get("show") == "failed" else sums.lines
    page = page_of(lines.defer("application__answers", "application__sealed_answers"), request.GET,
                   by="position", total=total)  # fmt: skip
    later = _listed_again(page.rows)
    cashier = is_at(user, made.authority_id, Role.CASHIER)
    may_reveal = is_at(user, made.authority_id, *AUTHORITY)
    context = {
        "made": made,
        "sums": sums,
        "page": page,
        "rows": [
            {
                "line": line,
                "tone": LINE_TONES[PaymentLine.State(line.state)],
                "later": later.get(line.pk),
                "account": line.account if opened and opened.pk == line.pk else "",
                "key": fresh_key() if may_reveal else "",
            }
            for line in page.rows
        ],
        "opened": opened,
        "shown": request.GET.get("show", ""),
        "cashier": cashier,
        "may_reveal": may_reveal,
        "upload": uploads_of(made).first() if cashier else None,
        "limits": RETURN,
        "refusal": refusal,
    }
    response = render(
        request, "official/payment_list.html", context, status=refusal.status if refusal else 200
    )
    if opened:
        response["Cache-Control"] = "no-store"
    return response


def _listed_again(lines: Sequence[PaymentLine]) -> dict[int, PaymentLine]:
    """Failed line → the first later line of the same case, where its people were listed again."""
    failed = [line for line in lines if line.state == PaymentLine.State.FAILED]
    cases = [line.application_id for line in failed]
    again = PaymentLine.objects.filter(application__in=cases).select_related("payment_list").order_by("pk")
    found: dict[int, PaymentLine] = {}
    candidates = list(again)
    for line in failed:
        following = (c for c in candidates if c.application_id == line.application_id and c.pk > line.pk)
        nxt = next(following, None)
        if nxt is not None:
            found[line.pk] = nxt
    return found


@door(*READERS)
@require_http_methods(["GET", "HEAD", "POST"])
def payment_reveal(request: HttpRequest, pk: int, position: int) -> HttpResponse:
    """Show the whole account of one line, once; each time is an event."""
    user = signed_in(request)
    made = read_list(user, pk)
    if request.method != "POST":
        return redirect("payment_list", pk=pk)
    require_role(user, made, *AUTHORITY)
    line = get_object_or_404(made.lines, position=position)
    key = key_of(request)
    if Command.objects.filter(actor=user, key=key).exists():
        raise AlreadyShown
    data = {"field": "account", "list": made.number, "line": position}
    perform("reveal", [line.application_id], actor=user, key=key, data=data)
    return list_page(request, made, user, opened=line)


@door(Role.CASHIER)
@require_http_methods(["GET", "HEAD", "POST"])
def payment_export(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The file for the bank, with full accounts. Every file that leaves is an event on all its cases."""
    user = signed_in(request)
    made = read_list(user, pk)
    if request.method != "POST":
        return redirect("payment_list", pk=pk)
    require_role(user, made, Role.CASHIER)
    lines = list(made.lines.order_by("position"))
    # A key of its own: a second file is a second event, also where the form is sent twice.
    data = {"field": "accounts", "list": made.number, "format": kind}
    response = table(
        kind, made.number, HEADERS, _lines(made, lines), _totals(kind, lines), text_columns={3, 4}
    )
    perform("reveal", [line.application_id for line in lines], actor=user, key=fresh_key(), data=data)
    PaymentList.objects.filter(pk=made.pk, exported_at=None).update(exported_at=timezone.now())
    return response


def _totals(kind: str, lines: Sequence[PaymentLine]) -> list[Any]:
    """Totals under the Excel; a CSV is read by machines, line by line."""
    if kind == "csv":
        return []
    return [
        "",
        str(T("Total", "合计")),
        "",
        "",
        "",
        Decimal(sum(line.amount_fen for line in lines)) / 100,
        "",
    ]


def _lines(made: PaymentList, lines: Sequence[PaymentLine]) -> Iterator[list[Any]]:
    """The rows of the file. The purpose is for the bank and the payee: in Chinese whoever exports."""
    purpose = made.round.title.zh
    for line in lines:
        amount = Decimal(line.amount_fen).scaleb(-2).quantize(Decimal("0.01"))
        yield [line.position, line.payee, line.bank_name, line.bank_code, line.account, amount,
               f"{purpose} {made.number}-{line.position}"]  # fmt: skip
