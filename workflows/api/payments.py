"""Disbursement: what can be paid, the lists for the bank, their lines with masked accounts, the ledger."""

from django.http import HttpRequest, QueryDict
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Schema

from accounts.models import Role, Scope
from accounts.sealing import mask
from workflows.api.bearer import asker
from workflows.api.case_out import iso
from workflows.api.keeping import key_of
from workflows.api.kinds import After, Id, Limit, Rows, Words
from workflows.api.lists import page_of
from workflows.api.routes import CASHIER, DESK, Routes, put_header
from workflows.engine.perform import perform
from workflows.models import PaymentLine, PaymentList, Round
from workflows.payments import make_list
from workflows.web.official.ledger import paid_lines
from workflows.web.official.once import made_once
from workflows.web.official.payment_list import read_list, require_role
from workflows.web.official.payments import ListSums, sums_of_lists, waiting_rounds
from workflows.web.official.scope import AUTHORITY, lists_by

routes = Routes("Payments")


class PayableOut(Schema):
    """What waits for payment in one round."""

    round: int
    title: str
    employers: int
    people: int
    amount_fen: int
    frozen: int
    may_list: bool


class ListSumsOut(Schema):
    lines: int
    people: int
    amount_fen: int
    paid: int
    paid_fen: int
    failed: int
    failed_fen: int
    waiting: int
    waiting_fen: int


class ListOut(Schema):
    """A payment list with its figures by what the bank said."""

    id: int
    number: str
    round: int
    made_by: str
    made_at: str
    exported_at: str | None
    returned_at: str | None
    sums: ListSumsOut


class PayLineOut(Schema):
    """One transfer; the account is masked."""

    position: int
    case: int
    number: str | None
    payee: str
    bank_name: str
    bank_code: str
    account: str
    amount_fen: int
    people: int
    state: str
    failure: str
    bank_reference: str
    paid_on: str | None


class LedgerLineOut(PayLineOut):
    """A paid transfer, with its list."""

    id: int
    payment_list: str


class MakeIn(Schema):
    round: Id


class AccountOut(Schema):
    position: int
    payee: str
    account: str


class BankFileOut(Schema):
    """Every line with its whole account, for the bank. Each time it is handed out is an event on all its cases."""

    number: str
    lines: list[AccountOut]


def _list_out(made: PaymentList, sums: ListSums) -> ListOut:
    return ListOut(
        id=made.pk,
        number=made.number,
        round=made.round_id,
        made_by=str(made.made_by),
        made_at=made.made_at.isoformat(),
        exported_at=iso(made.exported_at),
        returned_at=iso(made.returned_at),
        sums=ListSumsOut(**{name: getattr(sums, name) for name in ListSumsOut.model_fields}),
    )


def list_out(request: HttpRequest, pk: int) -> ListOut:
    """The list as it stands now."""
    return _list_out(read_list(asker(request), pk), sums_of_lists([pk]).get(pk, ListSums()))


def line_out(line: PaymentLine) -> PayLineOut:
    return PayLineOut(
        position=line.position,
        case=line.application_id,
        number=line.application.number,
        payee=line.payee,
        bank_name=line.bank_name,
        bank_code=line.bank_code,
        account=mask(line.account),
        amount_fen=line.amount_fen,
        people=line.people_count,
        state=line.state,
        failure=line.failure,
        bank_reference=line.bank_reference,
        paid_on=iso(line.paid_on),
    )


@routes.get("/payments/waiting", list[PayableOut], scope=Scope.PAYMENTS_READ, by=DESK)
def payments_waiting(request: HttpRequest) -> list[PayableOut]:
    """Rounds in which somebody can be paid now, or is kept from it by an objection."""
    return [
        PayableOut(
            round=row.round.pk,
            title=str(row.round.title),
            employers=row.employers,
            people=row.people,
            amount_fen=row.amount_fen,
            frozen=row.frozen,
            may_list=row.may_list,
        )
        for row in waiting_rounds(asker(request))
    ]


@routes.get("/payment-lists", Rows[ListOut], scope=Scope.PAYMENTS_READ, by=DESK)
def payment_lists(request: HttpRequest, after: After = None, limit: Limit = 30) -> Rows[ListOut]:
    """The payment lists of one's offices, newest first."""
    found = lists_by(asker(request)).select_related("made_by")
    page, following = page_of(request, found, after=after, limit=limit)
    sums = sums_of_lists([made.pk for made in page])
    rows = [_list_out(made, sums.get(made.pk, ListSums())) for made in page]
    return Rows[ListOut](rows=rows, next=following)


@routes.change("POST", "/payment-lists", ListOut, scope=Scope.PAYMENTS_WRITE, by=CASHIER, status=201)
def payment_list_make(request: HttpRequest, asked: MakeIn) -> ListOut:
    """Make one list of everybody in a round who can be paid now."""
    user = asker(request)
    mine = Round.objects.filter(authority__in=user.organisations_as(Role.CASHIER))
    round_ = get_object_or_404(mine, pk=asked.round)
    pk = made_once(user, key_of(request), "payment_list", lambda: make_list(round_, actor=user))
    put_header(request, "Location", f"/api/v1/payment-lists/{pk}")
    return list_out(request, pk)


@routes.get("/payment-lists/{pk}", ListOut, scope=Scope.PAYMENTS_READ, by=DESK)
def payment_list(request: HttpRequest, pk: Id) -> ListOut:
    """One list."""
    return list_out(request, pk)


@routes.get("/payment-lists/{pk}/lines", Rows[PayLineOut], scope=Scope.PAYMENTS_READ, by=DESK)
def payment_list_lines(
    request: HttpRequest,
    pk: Id,
    after: After = None,
    limit: Limit = 30,
    state: PaymentLine.State | None = None,
) -> Rows[PayLineOut]:
    """The lines of a list, accounts masked."""
    lines = read_list(asker(request), pk).lines.select_related("application")
    lines = lines.defer("application__answers", "application__sealed_answers")
    if state is not None:
        lines = lines.filter(state=state.value)
    page, following = page_of(request, lines, after=after, limit=limit, by="position")
    return Rows[PayLineOut](rows=[line_out(line) for line in page], next=following)


@routes.change(
    "POST",
    "/payment-lists/{pk}/lines/{position}/reveal",
    AccountOut,
    scope=Scope.SEALED_READ,
    by=DESK,
    kept=False,
)
def payment_line_reveal(request: HttpRequest, pk: Id, position: Id) -> AccountOut:
    """Show the whole account of one line, once; it is an event of the case."""
    user = asker(request)
    made = read_list(user, pk)
    require_role(user, made, *AUTHORITY)
    line = get_object_or_404(made.lines, position=position)
    data = {"field": "account", "list": made.number, "line": position}
    perform("reveal", [line.application_id], actor=user, key=key_of(request), data=data)
    return AccountOut(position=position, payee=line.payee, account=line.account)


@routes.change(
    "POST",
    "/payment-lists/{pk}/export",
    BankFileOut,
    scope=Scope.SEALED_READ,
    by=CASHIER,
    kept=False,
)
def payment_list_export(request: HttpRequest, pk: Id) -> BankFileOut:
    """The lines with their whole accounts, for the bank; each time is an event on all the cases."""
    user = asker(request)
    made = read_list(user, pk)
    require_role(user, made, Role.CASHIER)
    lines = list(made.lines.order_by("position"))
    data = {"field": "accounts", "list": made.number, "format": "api"}
    perform("reveal", [line.application_id for line in lines], actor=user, key=key_of(request), data=data)
    PaymentList.objects.filter(pk=made.pk, exported_at=None).update(exported_at=timezone.now())
    return BankFileOut(
        number=made.number,
        lines=[AccountOut(position=one.position, payee=one.payee, account=one.account) for one in lines],
    )


@routes.get("/ledger", Rows[LedgerLineOut], scope=Scope.PAYMENTS_READ, by=DESK)
def ledger(
    request: HttpRequest, after: After = None, limit: Limit = 30, round_id: Words = "", month: Words = ""
) -> Rows[LedgerLineOut]:
    """The paid lines of one's offices, newest first, narrowed by `round_id` and `month` (2019-10)."""
    query = QueryDict(mutable=True)
    query.update({"round": round_id, "month": month})
    lines = paid_lines(asker(request), query).select_related("payment_list", "application")
    lines = lines.defer("application__answers", "application__sealed_answers")
    page, following = page_of(request, lines, after=after, limit=limit)
    rows = [
        LedgerLineOut(**line_out(one).model_dump(), id=one.pk, payment_list=one.payment_list.number)
        for one in page
    ]
    return Rows[LedgerLineOut](rows=rows, next=following)
