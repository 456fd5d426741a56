"""What a clerk does with a proposal: confirm or accept it, propose again with pins, drop it."""

from collections.abc import Callable
from datetime import datetime, time
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.doors import door, signed_in
from accounts.models import Role, User
from config.errors import Refusal
from config.nudge import nudge
from config.templatetags.words import count
from config.words import T
from workflows.engine.clock import HERE
from workflows.models import PlanningRun
from workflows.review.assignment.confirming import confirm
from workflows.review.planning import runs
from workflows.web.planning.run import read_run, run_page

Kind = PlanningRun.Kind
END_OF_DAY = time(18, 0)
PARTS = 3


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
    done = confirm(
        found, by=user, due_at=datetime.combine(day, END_OF_DAY, tzinfo=HERE),
        although_short=bool(request.POST.get("short")),
    )  # fmt: skip
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
    pinned = _pinned_pairs if found.kind == Kind.ASSIGN else _pinned_sessions
    run = runs.ask(found.round, found.kind, {**found.asked, **pinned(request, found)}, by=user)
    transaction.on_commit(lambda: nudge("workflows.work_out_planning", str(run.pk)))
    return redirect("planning_run", pk=run.pk)


def _pinned_pairs(request: HttpRequest, found: PlanningRun) -> dict[str, Any]:
    shown = {one for one in request.POST.getlist("shown") if one.isdecimal()}
    kept = [pair for pair in found.asked.get("pins", []) if str(pair[0]) not in shown]
    left = found.asked.get("without", [])
    pairs = {(case, expert) for case, expert, _ in found.found.get("pairs", [])}

    def ticked(name: str) -> list[list[int]]:
        split = (one.split(".") for one in request.POST.getlist(name))
        numbers = [
            [int(part) for part in one] for one in split if len(one) == 2 and all(p.isdecimal() for p in one)
        ]
        return [one for one in numbers if (one[0], one[1]) in pairs]

    without = ticked("without")
    pins = [one for one in ticked("keep") if one not in without]
    return {
        "pins": [*kept, *pins],
        "without": [*left, *without],
        "standing": [list(one) for one in sorted(pairs)],
    }


def _pinned_sessions(request: HttpRequest, found: PlanningRun) -> dict[str, Any]:
    keep = set(request.POST.getlist("keep"))
    case_pins: list[list[Any]] = []
    expert_pins: list[list[Any]] = []
    without = list(found.asked.get("without", []))
    for one in found.found.get("sessions", []):
        where = [one["on"], one["half"], one["room"]]
        name = ".".join(map(str, where))
        out = {pk for pk in one["panel"] if f"{name}.{pk}" in request.POST.getlist("without")}
        without += [[pk, *where] for pk in sorted(out)]
        if name in keep:
            case_pins += [[pk, *where] for pk in one["cases"]]
            expert_pins += [[pk, *where] for pk in one["panel"] if pk not in out]
    standing = found.found.get("sessions", [])
    return {"case_pins": case_pins, "expert_pins": expert_pins, "without": without, "standing": standing}


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
