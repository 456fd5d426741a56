"""Disbursement: what can be paid now, by round, and the lists that went to the bank."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts.doors import door, signed_in
from accounts.models import Role, User
from config.errors import Refusal
from workflows.models import PaymentLine, PaymentList, Person, Round
from workflows.payments import make_list, payable_cases, payable_people
from workflows.programmes import registry
from workflows.rules import unknown_to
from workflows.web.keys import fresh_key, key_of
from workflows.web.official.once import made_once
from workflows.web.official.scope import READERS, is_at, lists_by, rounds_by
from workflows.web.paging import page_of

LineState = PaymentLine.State


@dataclass(frozen=True, slots=True)
class RoundRow:
    """What waits for payment in one round."""

    round: Round
    employers: int
    people: int
    amount_fen: int
    frozen: int
    may_list: bool
    key: str


@dataclass(frozen=True, slots=True)
class ListSums:
    """The figures of a payment list by what the bank said."""

    lines: int = 0
    people: int = 0
    amount_fen: int = 0
    paid: int = 0
    paid_fen: int = 0
    failed: int = 0
    failed_fen: int = 0
    waiting: int = 0
    waiting_fen: int = 0

    @property
    def settled(self) -> int:
        return self.paid + self.failed

    @property
    def settled_fen(self) -> int:
        return self.paid_fen + self.failed_fen


def sums_of_lists(lists: QuerySet[PaymentList] | list[int]) -> dict[int, ListSums]:
    """List id → its figures; one statement."""
    paid, failed, waiting = (Q(state=s) for s in (LineState.PAID, LineState.FAILED, LineState.WAITING))
    rows: Any = (
        PaymentLine.objects.filter(payment_list__in=lists)
        .order_by()
        .values("payment_list")
        .annotate(
            lines=Count("pk"), s_people=Sum("people_count"), s_amount=Sum("amount_fen"),
            paid=Count("pk", filter=paid), paid_fen=Sum("amount_fen", filter=paid),
            failed=Count("pk", filter=failed), failed_fen=Sum("amount_fen", filter=failed),
            waiting=Count("pk", filter=waiting), waiting_fen=Sum("amount_fen", filter=waiting),
        )
    )  # fmt: skip
    return {row["payment_list"]: _sums(row) for row in rows}


def _sums(row: dict[str, Any]) -> ListSums:
    figures = {name: row[name] or 0 for name in ListSums.__slots__ if name in row}
    return ListSums(people=row["s_people"] or 0, amount_fen=row["s_amount"] or 0, **figures)


def waiting_rounds(user: User) -> list[RoundRow]:
    """Rounds in which somebody can be paid, or is kept from it by an objection; three statements."""
    rounds = rounds_by(user)
    kept = unknown_to(user, case="application")
    rows: Any = (
        payable_people()
        .filter(application__round__in=rounds)
        .exclude(kept)
        .order_by()
        .values("application__round")
    )
    rows = rows.annotate(employers=Count("application", distinct=True), n=Count("pk"), fen=Sum("award_fen"))
    sums: dict[int, dict[str, Any]] = {row["application__round"]: row for row in rows}
    sums |= _cases_waiting(rounds, unknown_to(user, case="pk"))
    cleared = Person.objects.filter(
        application__state="cleared", application__round__in=rounds, frozen=True
    ).exclude(kept)
    frozen: dict[int, int] = dict(
        cleared.order_by().values_list("application__round").annotate(n=Count("pk"))
    )
    found = Round.objects.filter(pk__in=[*sums, *frozen]).order_by("-year", "-pk")
    nothing: dict[str, Any] = {"employers": 0, "n": 0, "fen": 0}
    return [
        RoundRow(
            round_,
            (row := sums.get(round_.pk, nothing))["employers"],
            row["n"],
            row["fen"],
            frozen.get(round_.pk, 0),
            bool(row["n"]) and is_at(user, round_.authority_id, Role.CASHIER),
            fresh_key(),
        )
        for round_ in found
    ]


def _cases_waiting(rounds: QuerySet[Round], kept: Q) -> dict[int, dict[str, Any]]:
    """The same figures of rounds whose programme has no roster, where some programme has none."""
    if all(programme.roster is not None or not programme.pays for programme in registry().values()):
        return {}
    rows: Any = payable_cases().filter(round__in=rounds).exclude(kept).order_by().values("round")
    rows = rows.annotate(n=Count("pk"), employers=F("n"), fen=Sum(F("amount_fen") - F("paid_fen")))
    return {row["round"]: row for row in rows}


@door(*READERS)
@require_GET
def payments(request: HttpRequest) -> HttpResponse:
    """What waits for payment, and all lists, newest first."""
    return _page(request, signed_in(request))


def _page(request: HttpRequest, user: User, refusal: Refusal | None = None) -> HttpResponse:
    found = lists_by(user)
    page = page_of(found.select_related("round", "made_by"), request.GET, total=found.count())
    sums = sums_of_lists([made.pk for made in page.rows])
    context = {
        "waiting": waiting_rounds(user),
        "page": page,
        "rows": [(made, sums.get(made.pk, ListSums())) for made in page.rows],
        "refusal": refusal,
    }
    return render(request, "official/payments.html", context, status=refusal.status if refusal else 200)


@door(Role.CASHIER)
@require_http_methods(["GET", "HEAD", "POST"])
def payments_make(request: HttpRequest) -> HttpResponse:
    """Make one list of everybody in a round who can be paid now."""
    if request.method != "POST":
        return redirect("payments")
    user = signed_in(request)
    wanted = request.POST.get("round", "")
    mine = Round.objects.filter(authority__in=user.organisations_as(Role.CASHIER))
    round_ = get_object_or_404(mine, pk=int(wanted) if wanted.isdecimal() and len(wanted) < 18 else 0)
    try:
        made = made_once(user, key_of(request), "payment_list", lambda: make_list(round_, actor=user))
    except Refusal as refusal:
        return _page(request, user, refusal)
    return redirect("payment_list", pk=made)
