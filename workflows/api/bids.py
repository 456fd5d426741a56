"""Bids: the office asks for them, experts say which cases they would gladly review."""

from collections import defaultdict
from datetime import date
from typing import Annotated

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Schema
from pydantic import Field

from accounts.models import Role, Scope
from workflows.api.bearer import asker
from workflows.api.kinds import After, Id, Limit, Rows
from workflows.api.lists import page_of
from workflows.api.planning import routes
from workflows.api.routes import CLERK
from workflows.models import Bid, CaseField
from workflows.review.assignment.bidding import LEAST, MOST, ask_for_bids, bid, biddable
from workflows.review.planning.again import end_of
from workflows.web.planning.scope import rounds_by

EXPERT = frozenset({Role.EXPERT})


class BidsIn(Schema):
    """The last day on which experts can bid; the office closes at 18:00."""

    until: date


class BidsAskedOut(Schema):
    """So many experts are told."""

    experts: int


class BidCaseOut(Schema):
    """A case as experts see it before anything is assigned: number, fields by code, and one's own bid."""

    case: int
    number: str
    fields: list[str]
    bid: int


class BidIn(Schema):
    """2: gladly. 1: would do. 0: nothing to say. −1: rather not. −2: I cannot judge it."""

    case: Id
    bid: Annotated[int, Field(ge=LEAST, le=MOST)]


class BidsSayIn(Schema):
    """One's bids; other cases keep theirs."""

    bids: Annotated[list[BidIn], Field(max_length=1000)]


class BidsKeptOut(Schema):
    """So many bids are kept."""

    bids: int


@routes.change("POST", "/rounds/{pk}/planning/bids", BidsAskedOut, scope=Scope.REVIEWS_WRITE, by=CLERK)
def planning_bids(request: HttpRequest, pk: Id, asked: BidsIn) -> BidsAskedOut:
    """Ask the experts of the office for bids on the cases before the panel."""
    user = asker(request)
    round_ = get_object_or_404(rounds_by(user), pk=pk)
    return BidsAskedOut(experts=ask_for_bids(round_, end_of(asked.until), by=user))


@routes.get("/bids", Rows[BidCaseOut], scope=Scope.REVIEWS_READ, by=EXPERT)
def bids(request: HttpRequest, after: After = None, limit: Limit = 30) -> Rows[BidCaseOut]:
    """The cases on which one can bid now; nothing of who applies."""
    user = asker(request)
    cases = biddable(user).select_related("round").defer("answers", "sealed_answers")
    rows, following = page_of(request, cases, after=after, limit=limit, by="pk")
    mine = dict(
        Bid.objects.filter(expert__user=user, application__in=rows).values_list("application", "value")
    )
    fields: dict[int, list[str]] = defaultdict(list)
    known = CaseField.objects.filter(application__in=rows).order_by("pk")
    for case, code in known.values_list("application", "field__code"):
        fields[case].append(code)
    found = [
        BidCaseOut(case=one.pk, number=str(one.number), fields=fields[one.pk], bid=mine.get(one.pk, 0))
        for one in rows
    ]
    return Rows[BidCaseOut](rows=found, next=following)


@routes.change("PUT", "/bids", BidsKeptOut, scope=Scope.REVIEWS_WRITE, by=EXPERT)
def bids_say(request: HttpRequest, asked: BidsSayIn) -> BidsKeptOut:
    """Say how gladly one would review cases; nothing is promised by it."""
    said = {one.case: one.bid for one in asked.bids}
    bid(asker(request), said)
    return BidsKeptOut(bids=len(said))
