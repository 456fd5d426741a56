"""Tours: one's own first, the cases that wait for a visit, all tours; and one tour with its firms."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from accounts.doors import door, signed_in
from accounts.models import Role, User
from config.words import T, listed
from workflows.models import InspectionTour, Visit
from workflows.programmes import registry
from workflows.queries import desk_of
from workflows.web.desk.reading import read_case
from workflows.web.inspections.reading import read_visit, tours_by, visits_by
from workflows.web.keys import fresh_key
from workflows.web.official.scope import rounds_by
from workflows.web.paging import page_of

READERS = (Role.CLERK, Role.OFFICIAL, Role.CASHIER, Role.AUDITOR)
STAGES = {
    InspectionTour.Stage.VISITING: (T("Visits", "考察中"), "due"),
    InspectionTour.Stage.REPORTING: (T("Reports", "写报告"), "due"),
    InspectionTour.Stage.SIGNING: (T("Signatures", "待签字"), "due"),
    InspectionTour.Stage.DONE: (T("Done", "完成"), "ok"),
}
STANDINGS = {
    "planned": (T("Planned", "已安排"), "wait"),
    "noted": (T("Being filled in", "填写中"), "due"),
    "reported": (T("To be signed", "待签字"), "due"),
    "signed": (T("Signed", "已签字"), "ok"),
    "dropped": (T("Put off", "已取消"), ""),
}
OUTCOMES = {"pass": (T("Passes", "通过"), "ok"), "fail": (T("Does not pass", "不通过"), "no")}


@dataclass(frozen=True, slots=True)
class TourRow:
    """A tour on the list."""

    tour: InspectionTour
    firms: int
    signed: int
    names: str
    words: T
    tone: str


@door(*READERS)
@require_safe
def tours(request: HttpRequest) -> HttpResponse:
    """What waits for the person, what waits for a tour, and all tours."""
    user = signed_in(request)
    mine = tours_by(user).filter(inspectors__person=user).exclude(stage=InspectionTour.Stage.DONE)
    page = page_of(tours_by(user), request.GET, total=tours_by(user).count())
    context = {
        "mine": _rows(list(mine.order_by("held_on", "pk"))),
        "waiting": waiting_rounds(user),
        "rows": _rows(list(page.rows)),
        "page": page,
    }
    return render(request, "inspections/tours.html", context)


def _rows(found: list[InspectionTour]) -> list[TourRow]:
    """Two statements for any number of tours."""
    counted = (
        Visit.objects.filter(tour__in=found, dropped_at=None)
        .order_by()
        .values_list("tour")
        .annotate(firms=Count("pk"), signed=Count("signed_at"))
    )
    sums = {tour: (firms, signed) for tour, firms, signed in counted}
    people: dict[int, list[str]] = {}
    named = InspectionTour.objects.filter(pk__in=[t.pk for t in found]).order_by("inspectors__position")
    for tour, name in named.values_list("pk", "inspectors__person__name"):
        people.setdefault(tour, []).append(name)
    rows = []
    for one in found:
        firms, signed = sums.get(one.pk, (0, 0))
        words, tone = STAGES[InspectionTour.Stage(one.stage)]
        rows.append(TourRow(one, firms, signed, str(listed(people.get(one.pk, ()))), words, tone))
    return rows


def waiting_rounds(user: User) -> list[dict[str, Any]]:
    """Rounds of the person's offices with cases that are to be inspected and stand on no tour."""
    toured = [slug for slug, programme in registry().items() if programme.inspection is not None]
    offices = user.organisations_as(Role.CLERK)
    counts = (
        desk_of(user)
        .filter(programme__in=toured, state="inspecting", inspected_on=None)
        .order_by()
        .values("round")
        .annotate(n=Count("pk"), due=Min("due_on"))
    )
    rounds = {r.pk: r for r in rounds_by(user).filter(pk__in=[row["round"] for row in counts])}
    return [
        {"round": rounds[row["round"]], "cases": row["n"], "due_on": row["due"],
         "may_plan": rounds[row["round"]].handler_id in offices}
        for row in counts if row["round"] in rounds
    ]  # fmt: skip


@door(*READERS)
@require_safe
def tour(request: HttpRequest, pk: int) -> HttpResponse:
    """One tour: who goes where, when, and how far each report is."""
    user = signed_in(request)
    found = get_object_or_404(tours_by(user).select_related("round", "handler", "planned_by"), pk=pk)
    visits = visits_by(user).filter(tour=found).select_related("application__applicant", "dropped_by")
    people = list(found.inspectors.select_related("person"))
    context = {
        "tour": found,
        "words": STAGES[InspectionTour.Stage(found.stage)],
        "people": people,
        "goes_along": user.pk in {one.person_id for one in people},
        "may_drop": found.handler_id in user.organisations_as(Role.CLERK),
        "rows": [(v, *STANDINGS[v.standing], OUTCOMES.get(v.report.get("outcome", ""))) for v in visits],
        "key": fresh_key(),
    }
    return render(request, "inspections/tour.html", context)


@door(*READERS)
@require_safe
def case_inspection(request: HttpRequest, pk: int) -> HttpResponse:
    """From a case to its visit, or to planning one."""
    user = signed_in(request)
    case = read_case(user, pk)
    standing = case.visits.filter(dropped_at=None).first()
    if standing is not None:
        return redirect("visit", pk=read_visit(user, standing.pk).pk)
    may_plan = case.handler_id in user.organisations_as(Role.CLERK)
    return (
        redirect("tour_plan", pk=case.round_id)
        if may_plan and case.declaration.inspection
        else redirect("tours")
    )
