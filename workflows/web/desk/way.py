"""The way that one case has gone, on the diagram of its programme and as a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from accounts.doors import door, signed_in
from accounts.models import Role
from config.words import T
from workflows.diagram.standing import way_of
from workflows.diagram.svg import with_way
from workflows.engine.operated import spoken
from workflows.models import Application, Event
from workflows.web.desk.case import head
from workflows.web.desk.reading import read_case
from workflows.web.pictures import events_of, picture, who_did


@dataclass(frozen=True, slots=True)
class Leg:
    """One move of the case: what it left, after how many days, by which step of whom, and where it came to."""

    source: T
    days: int
    step: T
    who: str
    at: datetime
    target: T
    tone: str


@door(Role.CLERK, Role.OFFICIAL, Role.CASHIER, Role.AUDITOR)
@require_GET
def case_way(request: HttpRequest, pk: int) -> HttpResponse:
    """The states that the case was in, and how long it stood in each."""
    case = read_case(signed_in(request), pk)
    events = events_of(case)
    drawn = picture(with_way, case.programme, get_language() or "zh-hans", way_of(case, events))
    legs = _legs(case, events)
    since = legs[-1].at if legs else case.created_at
    stood = (timezone.localdate() - timezone.localtime(since).date()).days
    return render(
        request, "desk/way.html", {**head(case, events), "picture": drawn, "legs": legs, "stood": stood}
    )


def _legs(case: Application, events: Sequence[Event]) -> list[Leg]:
    declared, since, legs = case.declaration, case.created_at, []
    for event in events:
        if event.source == event.target:
            continue
        step, target = spoken(declared, event.step), declared.state(event.target)
        label = step.done if step else T(event.step, event.step)
        days = (timezone.localtime(event.at).date() - timezone.localtime(since).date()).days
        legs.append(
            Leg(
                declared.state(event.source).label,
                days,
                label,
                who_did(event),
                event.at,
                target.label,
                target.tag,
            )
        )
        since = event.at
    return legs
