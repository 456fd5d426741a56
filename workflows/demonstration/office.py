"""What the offices do in the demonstration: compare with the tax record, carry a batch, pay a list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from workflows import approvals, batches, notices, payments
from workflows.demonstration.cast import Cast
from workflows.demonstration.replay import Replay, act
from workflows.engine.clock import HERE
from workflows.models import (
    Application,
    Batch,
    PaymentLine,
    PaymentList,
    Person,
    Round,
    TaxRecord,
    TaxRecordImport,
)

WRONG_ACCOUNT = "户名与账号不符"


@dataclass(frozen=True, slots=True)
class BatchTimes:
    """When a batch takes which turn; it stops where a time is missing."""

    consolidated: datetime
    handed_in: datetime | None = None
    verified: datetime | None = None
    approved: datetime | None = None
    released: datetime | None = None


@dataclass
class Office:
    """The offices of one round, on the replay's agenda."""

    replay: Replay
    round: Round
    cast: Cast

    def compare(self, at: datetime, cases: Sequence[int], records: Mapping[int, int] | None = None) -> None:
        """A clerk imports the tax bureau's record of everybody in `cases` (as declared, but for `records`:
        person id → tax in fen) and compares them with it, at once."""
        people = list(Person.objects.filter(application__in=cases).only("id_index", "tax_fen"))
        other = records or {}
        taxes = {bytes(p.id_index): other.get(p.pk, p.tax_fen or 0) for p in people}
        made = TaxRecordImport.objects.create(
            round=self.round, imported_by=self.cast.clerk, imported_at=at, stage=TaxRecordImport.Stage.DONE,
            rows_total=len(taxes), rows_done=len(taxes), rows_matched=len(taxes), rows_compared=len(people),
            rows_differing=len(other), cases_compared=len(cases),
        )  # fmt: skip
        TaxRecord.objects.bulk_create(
            [TaxRecord(tax_record_import=made, id_index=index, tax_fen=tax) for index, tax in taxes.items()],
            batch_size=500,
        )
        programme = self.round.programme
        act("compare", cases, self.cast.clerk, at, data={"import": made.pk}, programme=programme)

    def batch(self, cases: Sequence[int], times: BatchTimes) -> list[Batch]:
        """A clerk makes a batch of `cases`, which goes from hand to hand; the list holds it once it is open."""
        made: list[Batch] = []
        clerk, verifier, approver = self.cast.clerk, self.cast.second_official, self.cast.official

        def key(at: datetime) -> str:
            return f"demo:batch:{made[0].pk}:{at:%y%m%d%H%M}"

        def consolidate(at: datetime) -> None:
            made.append(approvals.open_batch(self.round, by=clerk, at=at))
            approvals.consolidate(made[0], cases, by=clerk, key=key(at), at=at)

        def approve(at: datetime) -> None:
            signed = batches.manifest_sha256(made[0])
            approvals.approve(made[0], by=approver, key=key(at), signed=signed, at=at)

        self.replay.on(times.consolidated, consolidate)
        if times.handed_in:
            self.replay.on(
                times.handed_in, lambda at: approvals.hand_in(made[0], by=clerk, key=key(at), at=at)
            )
        if times.verified:
            self.replay.on(
                times.verified, lambda at: approvals.verify(made[0], by=verifier, key=key(at), at=at)
            )
        if times.approved:
            self.replay.on(times.approved, approve)
        if times.released:
            self.replay.on(
                times.released,
                lambda at: approvals.release_notice(made[0], by=verifier, key=key(at), at=at),
            )
        return made

    def end_notices(self, at: datetime) -> None:
        self.replay.on(at, notices.end_due)

    def pay(
        self, listed_at: datetime, returned_at: datetime | None, *, failing: int | None = None
    ) -> list[PaymentList]:
        """The cashier lists what can be paid then, and reads the bank's return; `failing` is the case whose
        first transfer fails. The list holds the payment list once it is made."""
        made: list[PaymentList] = []

        def make(at: datetime) -> None:
            if payments.is_anything_payable(self.round):
                made.append(payments.make_list(self.round, actor=self.cast.cashier, at=at))
                PaymentList.objects.filter(pk=made[0].pk).update(exported_at=at + timedelta(minutes=10))

        def read(at: datetime) -> None:
            if made:
                self._read_return(made[0], at, failing)

        self.replay.on(listed_at, make)
        if returned_at:
            self.replay.on(returned_at, read)
        return made

    def _read_return(self, made: PaymentList, at: datetime, failing: int | None) -> None:
        day = at.astimezone(HERE).date()
        if PaymentLine.objects.filter(application=failing, state=PaymentLine.State.FAILED).exists():
            failing = None
        results = [
            payments.Returned(line.position, paid=False, failure=WRONG_ACCOUNT)
            if line.application_id == failing
            else payments.Returned(
                line.position, paid=True, paid_on=day, reference=f"DEMO{day:%Y%m%d}{line.pk:06d}"
            )
            for line in made.lines.order_by("position")
        ]
        payments.read_return(made, results, actor=self.cast.cashier, key=f"demo:return:{made.pk}", at=at)

    def close_finished(self, at: datetime) -> None:
        """Officials close the batches whose cases are all paid by now."""
        for batch in Batch.objects.filter(round=self.round, stage=Batch.Stage.NOTICED).order_by("pk"):
            if not Application.objects.filter(batch=batch).exclude(state__in=["paid", "closed"]).exists():
                approvals.close(batch, by=self.cast.official, key=f"demo:close:{batch.pk}", at=at)
