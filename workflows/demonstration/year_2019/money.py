"""Disbursement and onward payment: lists for the bank, its returns, and each employer's receipt."""

from datetime import date, datetime
from functools import partial

from workflows import drafts
from workflows.demonstration.cases import ids
from workflows.demonstration.days import at
from workflows.demonstration.papers import Wanted
from workflows.demonstration.year_2019.year import Year
from workflows.models import Application

# Working days from the release of a notice to the list that holds its cases.
LISTED_AFTER = 8


def pay(year: Year) -> None:
    """A list after every second notice, and one for what was left: repaid transfers, answered objections."""
    slots = year.plan.slots()
    failing = next(year.claim_of(c).id for c in year.plan.courses if c.bank_fails)
    days = {year.days.after(year.released_on(slot), LISTED_AFTER) for slot in (*slots[1::2], slots[-1])}
    days.add(year.days.after(year.released_on(slots[-1]), LISTED_AFTER + 5))
    for day in sorted(days):
        returned = at(year.days.after(day, 3), 14, 20)
        year.office.pay(at(day, 10, 0), returned, failing=failing)
        year.replay.on(returned.replace(minute=40), partial(_received, year))


def _received(year: Year, now: datetime) -> None:
    """Batches that are done are closed; each employer pays on and sends its receipt in its own time."""
    year.office.close_finished(now)
    by_case = {claim.id: claim for claim in year.claims.values()}
    receipts = []
    for case in (
        Application.objects.filter(round=year.round, state="paid").exclude(pk__in=year.paid).order_by("pk")
    ):
        year.paid.add(case.pk)
        claim, when = by_case[case.pk], _some_day_after(year, now.date())
        receipts.append(Wanted(case, claim.firm, "onward_receipt", claim.by, when))
        year.replay.step(when, "confirm_onward", ids(claim), claim.by)
    if receipts:
        year.press.hand_in(receipts)
        drafts.recount_papers(*(receipt.case.pk for receipt in receipts))


def _some_day_after(year: Year, day: date) -> datetime:
    later = year.days.after(day, year.plan.random.randrange(3, 18))
    return at(later, 14, 0, year.plan.random)
