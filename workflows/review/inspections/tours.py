"""Tours: planning one with at least two inspectors, putting a visit off, carrying its tasks on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import transaction
from django.db.models import Max, Q

from accounts.models import Membership, Role, User
from workflows.engine import clock
from workflows.engine.clock import HERE
from workflows.engine.perform import perform
from workflows.flows.inspection import InspectionFlow, go_on
from workflows.models import Application, InspectionTour, Round, TourInspector, Visit
from workflows.review.inspections.errors import (
    NoInspection,
    NoStops,
    NotAnInspector,
    OnAnotherTour,
    SameHour,
    TooFewInspectors,
)


@dataclass(frozen=True, slots=True)
class Stop:
    """A firm's case and the hour of the visit."""

    case: int
    at: time


def inspectors_for(round_: Round) -> list[User]:
    """Who can go along: clerks of the round's office and officials of its authority, by name."""
    working = Membership.objects.in_force().filter(
        Q(organisation=round_.handler_id, role=Role.CLERK)
        | Q(organisation=round_.authority_id, role=Role.OFFICIAL),
        user__is_active=True,
    )
    return list(User.objects.filter(pk__in=working.values("user")).order_by("name", "pk"))


def may_be_on(day: date) -> bool:
    """Whether a tour can be planned for that day: today, or later."""
    return day >= clock.day_of(clock.now())


def plan(
    round_: Round, *, held_on: date, inspectors: Sequence[User], stops: Sequence[Stop], by: User, key: str,
    at: datetime | None = None,
) -> InspectionTour:  # fmt: skip
    """A tour of `round_` with its process; each firm hears when they come. All or none.

    Raises:
        TooFewInspectors, NotAnInspector, NoStops, SameHour: the plan cannot work; names what.
        Blocked: a case cannot be visited now.
    """
    rule = round_.declaration.inspection
    if rule is None:
        raise NoInspection
    people = list(dict.fromkeys(inspectors))
    _require_people(round_, people, rule.inspectors)
    _require_hours(stops)
    with transaction.atomic():
        Round.objects.select_for_update().get(pk=round_.pk)
        ordinal = (round_.inspection_tours.aggregate(last=Max("ordinal"))["last"] or 0) + 1
        tour = InspectionTour.objects.create(
            number=f"{round_.declaration.code}{round_.year}-K{ordinal:02d}", round=round_, ordinal=ordinal,
            handler_id=round_.handler_id, authority_id=round_.authority_id, held_on=held_on, planned_by=by,
            planned_at=at or clock.now(),
        )  # fmt: skip
        TourInspector.objects.bulk_create(
            TourInspector(tour=tour, person=person, position=n) for n, person in enumerate(people, start=1)
        )
        names = "、".join(str(person) for person in people)
        cases = set(Application.objects.filter(round=round_).values_list("pk", flat=True))
        for n, stop in enumerate(sorted(stops, key=lambda stop: stop.at), start=1):
            if stop.case not in cases:
                raise Application.DoesNotExist
            visit = _visit(tour, n, stop)
            perform(
                "plan_visit", [stop.case], actor=by, key=f"{key[:50]}:{stop.case}", data={"visit": visit.pk},
                reason=f"{stop.at:%H:%M} · {names}", at=at,
            )  # fmt: skip
        InspectionFlow.start.run(tour=tour)
    return tour


def drop(visit: Visit, *, reason: str, by: User, key: str, at: datetime | None = None) -> None:
    """The visit does not take place; its case can be planned anew, and the others of the tour go on.

    Raises:
        ReasonMissing, Blocked: no reason is given; or the report is signed already.
    """
    with transaction.atomic():
        perform(
            "drop_visit",
            [visit.application_id],
            actor=by,
            key=key,
            reason=reason,
            data={"visit": visit.pk},
            at=at,
        )
        go_on(visit.tour, by=by)


def _visit(tour: InspectionTour, position: int, stop: Stop) -> Visit:
    standing = Visit.objects.filter(application=stop.case, dropped_at=None).select_related("tour").first()
    if standing is not None:
        raise OnAnotherTour(number=str(standing.application), tour=standing.tour.number)
    starts_at = datetime.combine(tour.held_on, stop.at, tzinfo=HERE)
    return Visit.objects.create(tour=tour, application_id=stop.case, position=position, starts_at=starts_at)


def _require_people(round_: Round, people: Sequence[User], least: int) -> None:
    if len(people) < least:
        raise TooFewInspectors(least=least)
    known = {person.pk for person in inspectors_for(round_)}
    for person in people:
        if person.pk not in known:
            raise NotAnInspector(name=str(person))


def _require_hours(stops: Sequence[Stop]) -> None:
    if not stops:
        raise NoStops
    seen: set[time] = set()
    for stop in stops:
        if stop.at in seen:
            raise SameHour(time=f"{stop.at:%H:%M}")
        seen.add(stop.at)
