"""The bank's return: announced, posted, looked at, then recorded, all of it or nothing."""

from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Schema

from accounts.models import Role, Scope
from storage.models import Document
from storage.uploads import RETURN
from workflows.api.bearer import asker
from workflows.api.keeping import key_of
from workflows.api.kinds import DocumentOut, FileIn, Id, Sha256In, TicketOut
from workflows.api.payments import ListOut, list_out
from workflows.api.problems import WrongOut
from workflows.api.routes import CASHIER, Routes
from workflows.api.uploads import announced, document_out, finished
from workflows.bank_returns import Check, apply, check, purpose_of, read_file, uploads_of
from workflows.models import PaymentList
from workflows.web.official.payment_list import read_list, require_role

routes = Routes("Payments")


class CheckOut(Schema):
    """What recording the return would do, by lines of the list; nothing is done by looking.

    `unknown`, `otherwise`, `amounts` and `errors` stand against it: then nothing of it is recorded.
    """

    paid: list[int]
    failed: list[int]
    same: list[int]
    otherwise: list[int]
    amounts: list[int]
    unknown: list[int]
    missing: list[int]
    errors: list[WrongOut]
    paid_fen: int
    failed_fen: int


def _mine(request: HttpRequest, pk: int) -> PaymentList:
    user = asker(request)
    made = read_list(user, pk)
    require_role(user, made, Role.CASHIER)
    return made


def _document(made: PaymentList, document: UUID) -> Document:
    found: Document = get_object_or_404(uploads_of(made), pk=document)
    return found


def _check_out(found: Check) -> CheckOut:
    return CheckOut(
        paid=[line.position for line, _ in found.paid],
        failed=[line.position for line, _ in found.failed],
        same=[line.position for line, _ in found.same],
        otherwise=[line.position for line, _ in found.otherwise],
        amounts=[line.position for line, _ in found.amounts],
        unknown=[result.position for result in found.unknown],
        missing=[line.position for line in found.missing],
        errors=[WrongOut(at=f"{p.row}.{p.column}", sentence=str(p.words)) for p in found.problems],
        paid_fen=found.paid_fen,
        failed_fen=found.failed_fen,
    )


@routes.change(
    "POST", "/payment-lists/{pk}/returns", TicketOut, scope=Scope.PAYMENTS_WRITE, by=CASHIER, status=201
)
def bank_return_begin(request: HttpRequest, pk: Id, asked: FileIn) -> TicketOut:
    """Announce the bank's return: Excel or CSV."""
    made = _mine(request, pk)
    return announced(
        request,
        asked,
        organisation=made.authority,
        limits=RETURN,
        purpose=purpose_of(made),
        finish=f"/api/v1/payment-lists/{made.pk}/returns/{{document}}/finish",
    )


@routes.change(
    "POST",
    "/payment-lists/{pk}/returns/{document}/finish",
    DocumentOut,
    scope=Scope.PAYMENTS_WRITE,
    by=CASHIER,
)
def bank_return_finish(request: HttpRequest, pk: Id, document: UUID, asked: Sha256In) -> DocumentOut:
    """The file is in the store: a worker checks it."""
    made = _mine(request, pk)
    return document_out(finished(request, document, asked, purpose=purpose_of(made)))


@routes.get("/payment-lists/{pk}/returns/{document}", CheckOut, scope=Scope.PAYMENTS_READ, by=CASHIER)
def bank_return(request: HttpRequest, pk: Id, document: UUID) -> CheckOut:
    """What recording this return would do to the list, line by line."""
    made = _mine(request, pk)
    return _check_out(check(made, read_file(_document(made, document))))


@routes.change(
    "POST",
    "/payment-lists/{pk}/returns/{document}/apply",
    ListOut,
    scope=Scope.PAYMENTS_WRITE,
    by=CASHIER,
)
def bank_return_apply(request: HttpRequest, pk: Id, document: UUID) -> ListOut:
    """Record what the bank says, all of it or nothing; paid cases go on by themselves."""
    made = _mine(request, pk)
    apply(made, _document(made, document), actor=asker(request), key=key_of(request))
    return list_out(request, pk)
