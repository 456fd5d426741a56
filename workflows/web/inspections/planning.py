"""Planning a tour: day, inspectors, firms with their hours; and putting a visit off."""

from datetime import date, time, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.doors import door, signed_in
from accounts.models import Role, User
from config.errors import Refusal
from config.words import T
from workflows.engine.rubric import Inspection
from workflows.models import Application, Round
from workflows.queries import desk_of
from workflows.review.inspections import tours
from workflows.review.inspections.tours import Stop, inspectors_for
from workflows.web.inspections.reading import read_visit
from workflows.web.keys import fresh_key, key_of
from workflows.web.official.once import made_once

FIRMS_SHOWN = 200
FIRST_HOUR, APART_MINUTES = 9, 90


class NoDay(Refusal):
    code = "no_day"
    status = 422
    words = T(
        en="Give the day of the tour as 2026-03-31, today or later.",
        zh="请填写考察日期，如 2026-03-31，不早于今天。",
    )


class NoHour(Refusal):
    code = "no_hour"
    status = 422
    words = T(en="Give {number} an hour such as 09:30.", zh="请为 {number} 填写时间，如 09:30。")


@door(Role.CLERK)
@require_http_methods(["GET", "HEAD", "POST"])
def tour_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Draw the form; make the tour. A refusal draws it again with what was typed."""
    user = signed_in(request)
    round_, _rule = round_to_tour(user, pk)
    if request.method != "POST":
        return _page(request, user, round_)
    try:
        made = made_once(user, key_of(request), "tour.plan", lambda: _plan(request, user, round_))
    except Refusal as refusal:
        return _page(request, user, round_, refusal)
    messages.success(request, _("The tour is planned; the firms have been told."))
    return redirect("tour", pk=made)


def round_to_tour(user: User, pk: int) -> tuple[Round, Inspection]:
    """A round of the clerk's office, and the rule of its inspections; a 404 for one without."""
    round_ = get_object_or_404(Round.objects.filter(handler__in=user.organisations_as(Role.CLERK)), pk=pk)
    if round_.declaration.inspection is None:
        raise Http404
    return round_, round_.declaration.inspection


def _plan(request: HttpRequest, user: User, round_: Round) -> Any:
    try:
        held_on = date.fromisoformat(request.POST.get("held_on", ""))
    except ValueError:
        raise NoDay from None
    if not tours.may_be_on(held_on):
        raise NoDay
    wanted = set(request.POST.getlist("inspector"))
    people = [person for person in inspectors_for(round_) if str(person.pk) in wanted]
    chosen = set(request.POST.getlist("case"))
    stops = [
        Stop(case.pk, _hour(request, case))
        for case in waiting_for_tour(user, round_)
        if str(case.pk) in chosen
    ]
    return tours.plan(round_, held_on=held_on, inspectors=people, stops=stops, by=user, key=key_of(request))


def _hour(request: HttpRequest, case: Application) -> time:
    try:
        return time.fromisoformat(request.POST.get(f"at-{case.pk}", "")).replace(second=0, tzinfo=None)
    except ValueError:
        raise NoHour(number=str(case)) from None


def waiting_for_tour(user: User, round_: Round) -> list[Application]:
    """Cases of the round that are to be inspected and stand on no tour, those due first."""
    found = desk_of(user).filter(round=round_, state="inspecting", inspected_on=None)
    found = found.select_related("applicant").defer("answers", "sealed_answers")
    return list(found.order_by("due_on", "pk")[:FIRMS_SHOWN])


def _page(request: HttpRequest, user: User, round_: Round, refusal: Refusal | None = None) -> HttpResponse:
    waiting, posted = waiting_for_tour(user, round_), request.POST
    chosen, going = set(posted.getlist("case")), set(posted.getlist("inspector"))
    rows = []
    for n, case in enumerate(waiting):
        minutes = FIRST_HOUR * 60 + APART_MINUTES * (n % 6)
        offered = f"{minutes // 60:02d}:{minutes % 60:02d}"
        rows.append((case, str(case.pk) in chosen, posted.get(f"at-{case.pk}", offered)))
    context = {
        "round": round_,
        "least": round_.declaration.inspection.inspectors if round_.declaration.inspection else 0,
        "people": [(p, str(p.pk) in going if refusal else p.pk == user.pk) for p in inspectors_for(round_)],
        "rows": rows,
        "held_on": posted.get("held_on", (timezone.localdate() + timedelta(days=3)).isoformat()),
        "key": fresh_key(),
        "refusal": refusal,
    }
    return render(request, "inspections/plan.html", context, status=refusal.status if refusal else 200)


@door(Role.CLERK)
@require_POST
def visit_drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Put one visit off, with the reason; the firm hears of it."""
    user = signed_in(request)
    visit = read_visit(user, pk)
    tours.drop(visit, reason=request.POST.get("reason", "")[:500], by=user, key=key_of(request))
    messages.success(request, _("The visit is put off. The case waits for another tour."))
    return redirect("tour", pk=visit.tour_id)
