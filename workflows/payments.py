"""Disbursement 拨付: a list for the bank, the bank's return read back, and the ledger that follows from both."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, QuerySet, Sum, Value
from django.utils import timezone

from accounts.models import User
from config.errors import Refusal
from config.words import T
from workflows.engine.asking import doable
from workflows.engine.facts import recount_people
from workflows.engine.perform import Move, perform
from workflows.models import Application, ApplicationQuerySet, PaymentLine, PaymentList, Person, Result, Round
from workflows.programmes import programme, registry
from workflows.rules import unknown_to


class NothingToPay(Refusal):
    code = "nothing_to_pay"
    status = 409
    words = T(en="Nothing waits for payment in {round}.", zh="{round}没有待拨付的款项。")


class LineSettled(Refusal):
    code = "line_settled"
    status = 409
    words = T(en="Line {line} of list {number} is already settled.", zh="{number} 第 {line} 行已有结果。")


def payable(round_: Round) -> "QuerySet[Person]":
    """People of the round to be paid now: granted, not frozen, notice over, on no line that waits or is paid."""
    return payable_people().filter(application__round=round_)


def payable_people() -> "QuerySet[Person]":
    """`payable` in all rounds."""
    return Person.objects.filter(
        application__state="cleared",
        result=Result.GRANTED,
        revoked=False,
        frozen=False,
    ).filter(payment_line=None, award_fen__gt=0)


def payable_cases() -> ApplicationQuerySet:
    """Cases of programmes without a roster to be paid now: granted, no objection open or upheld, on no line that
    waits or is paid."""
    alone = [slug for slug, programme in registry().items() if programme.roster is None]
    listed = PaymentLine.objects.filter(application=OuterRef("pk")).exclude(state=PaymentLine.State.FAILED)
    return Application.objects.filter(
        ~Exists(listed), programme__in=alone, state="cleared", rows_granted__gt=0, rows_frozen=0,
        amount_fen__gt=F("paid_fen"),
    )  # fmt: skip


def make_list(round_: Round, *, actor: User, at: datetime | None = None) -> PaymentList:
    """One list with one line per employer for everybody who can be paid now; set-based in the number of people.

    Cases from which a conflict keeps `actor` away are left to a colleague.

    Raises:
        NothingToPay: nobody waits, or nobody whom `actor` may know of.
    """
    with transaction.atomic():
        Round.objects.select_for_update().get(pk=round_.pk)
        sums = _sums(round_, actor)
        if not sums:
            raise NothingToPay(round=round_.title)
        ordinal = PaymentList.objects.filter(round=round_).count() + 1
        made = PaymentList.objects.create(
            number=f"BF{round_.declaration.code}{round_.year}-{ordinal:02d}",
            round=round_,
            authority=round_.authority,
            made_by=actor,
            made_at=at or timezone.now(),
        )
        cases = Application.objects.select_related("applicant").in_bulk([row["application"] for row in sums])
        lines = PaymentLine.objects.bulk_create(
            _line(made, position, cases[row["application"]], row)
            for position, row in enumerate(sums, start=1)
        )
        for line in lines if round_.declaration.roster is not None else ():
            payable(round_).filter(application_id=line.application_id).update(payment_line=line)
    return made


def is_anything_payable(round_: Round) -> bool:
    """Whether a list of the round would have a line now."""
    waiting: QuerySet[Any] = (
        payable_cases().filter(round=round_) if round_.declaration.roster is None else payable(round_)
    )
    return waiting.exists()


def _sums(round_: Round, actor: User) -> list[dict[str, Any]]:
    """What each case of the round is to be paid now: `application`, `amount` in fen, `persons` it is for."""
    if round_.declaration.roster is None:
        cases: Any = (
            payable_cases().filter(round=round_).exclude(unknown_to(actor, case="pk")).order_by("number")
        )
        unpaid = F("amount_fen") - F("paid_fen")
        return list(cases.values(application=F("pk"), amount=unpaid, persons=Value(1)))
    known = payable(round_).exclude(unknown_to(actor, case="application"))
    people: Any = known.values("application").order_by("application__number")
    return list(people.annotate(amount=Sum("award_fen"), persons=Count("pk")))


def _line(made: PaymentList, position: int, case: Application, row: Mapping[str, Any]) -> PaymentLine:
    sealed = json.loads(case.sealed_answers or "{}")
    return PaymentLine(
        payment_list=made,
        application=case,
        position=position,
        payee=case.answers.get("account_name") or case.applicant.name,
        bank_name=case.answers.get("bank_name", ""),
        bank_code=case.answers.get("bank_code", ""),
        account=sealed.get("account", ""),
        amount_fen=row["amount"],
        people_count=row["persons"],
    )


@dataclass(frozen=True, slots=True)
class Returned:
    """What the bank says of one line of a list."""

    position: int
    paid: bool
    paid_on: date | None = None
    reference: str = ""
    failure: str = ""


def read_return(
    made: PaymentList, results: Iterable[Returned], *, actor: User, key: str, at: datetime | None = None
) -> None:
    """Take the bank's word for the lines of a list; paid cases go on, people of failed lines can be listed again.

    Raises:
        LineSettled: a line has its result already and this one says otherwise.
    """
    by_position = {result.position: result for result in results}
    with transaction.atomic():
        lines = {line.position: line for line in made.lines.select_for_update().order_by("pk")}
        changed = [_settled(made, lines[p], r) for p, r in sorted(by_position.items()) if p in lines]
        fresh = [line for line in changed if line is not None]
        if fresh:
            PaymentLine.objects.bulk_update(fresh, ["state", "failure", "bank_reference", "paid_on"])
            failed = [line.pk for line in fresh if line.state == PaymentLine.State.FAILED]
            Person.objects.filter(payment_line__in=failed).update(payment_line=None)
            ids = sorted({line.application_id for line in fresh})
            data = {"payment_list": made.number}
            perform("record_payment", ids, actor=actor, key=f"{key}:record", data=data, at=at)
            go_on(ids, actor=actor, key=f"{key}:pay", at=at)
        PaymentList.objects.filter(pk=made.pk).update(returned_at=at or timezone.now())


def _settled(made: PaymentList, line: PaymentLine, result: Returned) -> PaymentLine | None:
    state = PaymentLine.State.PAID if result.paid else PaymentLine.State.FAILED
    if line.state == state:
        return None
    if line.state != PaymentLine.State.WAITING:
        raise LineSettled(number=made.number, line=line.position)
    line.state, line.failure = state, result.failure[:200]
    line.bank_reference, line.paid_on = result.reference[:60], result.paid_on
    return line


def go_on(ids: Iterable[int], *, actor: User, key: str, at: datetime | None = None) -> None:
    """Cases that are paid in full and have nobody frozen go on to onward payment."""

    cases = Application.objects.filter(pk__any=list(ids))
    for slug in cases.values_list("programme", flat=True).distinct().order_by():
        ready = list(cases.filter(doable(programme(slug), "pay", actor)).values_list("pk", flat=True))
        if ready:
            perform("pay", ready, actor=actor, key=key, at=at)


def record_return(move: Move) -> None:
    """Effect: the paid sums of the cases follow from their lines."""
    recount_people(move.ids)
