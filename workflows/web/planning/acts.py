"""What a clerk does with a proposal: confirm or accept it, propose again with pins, drop it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.doors import door, signed_in
from accounts.models import Role, User
from config.errors import Refusal
from config.templatetags.words import count
from config.words import T
from workflows.models import PlanningRun
from workflows.review.assignment.confirming import confirm
from workflows.review.planning import runs
from workflows.review.planning.again import again, end_of, pinned_pairs, pinned_sessions
from workflows.web.planning.run import read_run, run_page

Kind = PlanningRun.Kind


class DayMissing(Refusal):
    code = "due_missing"
    status = 422
    words = T(en="Choose the day by which the reviews are due.", zh="请选择评审截止日期。")


@door(Role.CLERK)
@require_http_methods(["GET", "HEAD", "POST"])
def planning_act(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Do `action` on the run; what is refused draws the page as it stands."""
    act = ACTS.get(action)
    if act is None:
        raise Http404
    user = signed_in(request)
    found = read_run(user, pk)
    if request.method != "POST":
        return redirect("planning_run", pk=pk)
    try:
        return act(request, found, user)
    except Refusal as refusal:
        return run_page(request, read_run(user, pk), user, refusal)


def _confirm(request: HttpRequest, found: PlanningRun, user: User) -> HttpResponse:
    if found.kind == Kind.SESSIONS:
        return _accept(request, found, user)
    day = _day(request.POST.get("due_on", ""))
    done = confirm(found, by=user, due_at=end_of(day), although_short=bool(request.POST.get("short")))
    words = ngettext(
        "%(n)s review is assigned; the expert is told.",
        "%(n)s reviews are assigned; the experts are told.",
        done,
    )
    messages.success(request, words % {"n": count(done)})
    return redirect("planning_round", pk=found.round_id)


def _accept(request: HttpRequest, found: PlanningRun, user: User) -> HttpResponse:
    from workflows.review.planning.accepting import accept  # noqa: PLC0415

    made = accept(found, by=user, panels=request.POST.get("panels") == "seated")
    words = ngettext("%(n)s session is made.", "%(n)s sessions are made.", len(made))
    messages.success(request, words % {"n": count(len(made))})
    return redirect("sessions")


def _again(request: HttpRequest, found: PlanningRun, user: User) -> HttpResponse:
    """The same question with the pins that were ticked; the rest changes as little as can be."""
    ticked = request.POST.getlist
    if found.kind == Kind.ASSIGN:
        shown = {int(one) for one in ticked("shown") if one.isdecimal()}
        pins = pinned_pairs(
            found, shown=shown, keep=_pairs(ticked("keep")), without=_pairs(ticked("without"))
        )
    else:
        pins = pinned_sessions(found, keep=set(ticked("keep")), without=set(ticked("without")))
    return redirect("planning_run", pk=again(found, pins, by=user).pk)


def _pairs(ticked: list[str]) -> list[tuple[int, int]]:
    split = (one.split(".") for one in ticked)
    return [(int(one[0]), int(one[1])) for one in split if len(one) == 2 and all(p.isdecimal() for p in one)]


def _drop(request: HttpRequest, found: PlanningRun, user: User) -> HttpResponse:
    runs.drop(found, by=user)
    messages.success(request, _("The proposal is dropped; nobody was told of it."))
    return redirect("planning_round", pk=found.round_id)


def _day(text: str) -> Any:
    try:
        found = parse_date(text)
    except ValueError:
        found = None
    if found is None:
        raise DayMissing
    return found


ACTS: dict[str, Callable[[HttpRequest, PlanningRun, User], HttpResponse]] = {
    "confirm": _confirm,
    "again": _again,
    "drop": _drop,
}
