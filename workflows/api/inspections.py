"""On-site inspections: tours, their visits, and what inspectors send from the spot."""

from datetime import date, time
from typing import Annotated

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Schema
from pydantic import Field

from accounts.models import Scope
from workflows.api.bearer import asker
from workflows.api.case_out import iso
from workflows.api.keeping import key_of
from workflows.api.kinds import (
    After,
    Id,
    Limit,
    Ref,
    Rows,
)
from workflows.api.lists import page_of
from workflows.api.routes import CLERK, DESK, Routes, put_header
from workflows.models import InspectionTour, Round
from workflows.review.inspections import tours as touring
from workflows.review.inspections.tours import Stop, inspectors_for
from workflows.web.inspections.planning import NoDay, round_to_tour, waiting_for_tour
from workflows.web.inspections.reading import tours_by, visits_by

routes = Routes("Inspections")
R, W = Scope.REVIEWS_READ, Scope.REVIEWS_WRITE


class TourOut(Schema):
    """A tour: one day on which inspectors go from firm to firm."""

    id: int
    number: str
    round: int
    held_on: str
    stage: str
    stage_label: str
    inspectors: list[Ref]


class StopOut(Schema):
    """A visit of a tour: `planned`, `noted`, `reported`, `signed` or `dropped`."""

    visit: int
    case: int
    number: str
    applicant: str
    starts_at: str
    standing: str
    outcome: str
    dropped_reason: str


class TourWhole(TourOut):
    """A tour with its visits."""

    handler: Ref
    planned_by: Ref
    stops: list[StopOut]


class WaitingVisitOut(Schema):
    """A case of a round that waits for a tour."""

    case: int
    number: str
    applicant: str
    due_on: str | None


class TourOffersOut(Schema):
    """Of what a tour of a round can be made: who can go along, at least how many, and which cases wait."""

    least: int
    inspectors: list[Ref]
    cases: list[WaitingVisitOut]


class StopIn(Schema):
    """A firm's case and the hour of the visit."""

    case: Id
    at: time


class TourIn(Schema):
    """The day, who goes along, and the firms with their hours."""

    held_on: date
    inspectors: Annotated[list[Id], Field(max_length=50)]
    stops: Annotated[list[StopIn], Field(max_length=200)]


def _tour(one: InspectionTour) -> dict[str, object]:
    return {
        "id": one.pk, "number": one.number, "round": one.round_id, "held_on": one.held_on.isoformat(),
        "stage": one.stage, "stage_label": one.get_stage_display(),
        "inspectors": [Ref(id=each.person_id, name=str(each.person)) for each in one.inspectors.all()],
    }  # fmt: skip


def _tour_whole(request: HttpRequest, pk: int) -> TourWhole:
    user = asker(request)
    found = tours_by(user).select_related("handler", "planned_by").prefetch_related("inspectors__person")
    one = get_object_or_404(found, pk=pk)
    visits = visits_by(user).filter(tour=one).select_related("application__applicant")
    stops = [
        StopOut(
            visit=v.pk, case=v.application_id, number=str(v.application), applicant=v.application.applicant.name,
            starts_at=v.starts_at.isoformat(), standing=v.standing, outcome=v.report.get("outcome", ""),
            dropped_reason=v.dropped_reason,
        )
        for v in visits
    ]  # fmt: skip
    parties = {
        name: Ref(id=of.pk, name=str(of))
        for name, of in (("handler", one.handler), ("planned_by", one.planned_by))
    }
    return TourWhole.model_validate({**_tour(one), **parties, "stops": stops})


@routes.get("/tours", Rows[TourOut], scope=R, by=DESK)
def tours(request: HttpRequest, mine: bool = False, after: After = None, limit: Limit = 30) -> Rows[TourOut]:
    """The tours of one's offices, newest first; or those that one goes along on and that are not done."""
    user = asker(request)
    found = tours_by(user).prefetch_related("inspectors__person")
    if mine:
        found = found.filter(inspectors__person=user.pk).exclude(stage=InspectionTour.Stage.DONE)
    rows, following = page_of(request, found, after=after, limit=limit)
    return Rows[TourOut](rows=[TourOut.model_validate(_tour(one)) for one in rows], next=following)


@routes.get("/tours/{pk}", TourWhole, scope=R, by=DESK)
def tour(request: HttpRequest, pk: Id) -> TourWhole:
    """One tour: who goes where, when, and how far each report is."""
    return _tour_whole(request, pk)


@routes.get("/rounds/{pk}/tour-offers", TourOffersOut, scope=R, by=CLERK)
def tour_offers(request: HttpRequest, pk: Id) -> TourOffersOut:
    """Who can go along on a tour of the round, and the first two hundred cases that wait for one."""
    user = asker(request)
    round_, rule = round_to_tour(user, pk)
    return TourOffersOut(
        least=rule.inspectors, inspectors=[Ref(id=one.pk, name=str(one)) for one in inspectors_for(round_)],
        cases=[
            WaitingVisitOut(case=one.pk, number=str(one), applicant=one.applicant.name, due_on=iso(one.due_on))
            for one in waiting_for_tour(user, round_)
        ],
    )  # fmt: skip


@routes.change("POST", "/rounds/{pk}/tours", TourWhole, scope=W, by=CLERK, status=201)
def tour_plan(request: HttpRequest, pk: Id, asked: TourIn) -> TourWhole:
    """Plan a tour; each firm hears when they come. All or none."""
    user = asker(request)
    round_: Round = round_to_tour(user, pk)[0]
    if not touring.may_be_on(asked.held_on):
        raise NoDay
    people = [one for one in inspectors_for(round_) if one.pk in asked.inspectors]
    waiting = {one.pk for one in waiting_for_tour(user, round_)}
    stops = [
        Stop(one.case, one.at.replace(second=0, microsecond=0, tzinfo=None))
        for one in asked.stops
        if one.case in waiting
    ]
    made = touring.plan(
        round_, held_on=asked.held_on, inspectors=people, stops=stops, by=user, key=key_of(request)
    )
    put_header(request, "Location", f"/api/v1/tours/{made.pk}")
    return _tour_whole(request, made.pk)
