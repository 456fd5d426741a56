"""The rounds whose cases are before a panel, and what is asked of the solvers for one of them."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.doors import door, signed_in
from accounts.models import Role, User
from config.templatetags.words import count
from workflows.models import Application, Assignment, Bid, CaseField, PlanningRun, Round, SessionItem
from workflows.programmes import registry
from workflows.review.assignment.bidding import BidsDayWrong, ask_for_bids
from workflows.review.planning.again import put
from workflows.review.planning.waiting import AllInSessions, NothingBeforePanel, before_panel
from workflows.web.paging import page_of
from workflows.web.planning.days import day_end
from workflows.web.planning.forms import AssignForm, SessionsForm
from workflows.web.planning.scope import rounds_by, runs_by

Kind, Stage = PlanningRun.Kind, PlanningRun.Stage
TONES = {
    Stage.WAITING: "wait",
    Stage.READY: "due",
    Stage.REFUSED: "no",
    Stage.ACCEPTED: "ok",
    Stage.DROPPED: "",
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """A round and how far its cases before the panel are."""

    round: Round
    cases: int
    without_field: int
    assigned: int
    in_sessions: int


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run of the list, with the tone of its stage."""

    run: PlanningRun
    tone: str


@door(Role.CLERK)
@require_safe
def planning(request: HttpRequest) -> HttpResponse:
    """Every round of the person's office with cases before a panel, newest first."""
    page = page_of(panel_rounds(signed_in(request)), request.GET)
    return render(request, "planning/rounds.html", {"page": page, "rows": waiting_of(page.rows)})


@door(Role.CLERK)
@require_http_methods(["GET", "HEAD", "POST"])
def planning_round(request: HttpRequest, pk: int) -> HttpResponse:
    """Both questions of a round, and what was worked out before; a question that is posted is put to a worker."""
    user = signed_in(request)
    round_ = get_object_or_404(rounds_by(user), pk=pk)
    kind = request.POST.get("kind", "")
    assign = AssignForm(request.POST if kind == Kind.ASSIGN else None)
    sessions = SessionsForm(round_, request.POST if kind == Kind.SESSIONS else None)
    bids_refusal = None
    if kind == "bids":
        try:
            told = ask_for_bids(round_, day_end(request.POST.get("bids_until", "")), by=user)
        except (AllInSessions, BidsDayWrong, NothingBeforePanel) as refusal:
            bids_refusal = refusal
        else:
            words = ngettext("%(n)s expert is asked for bids.", "%(n)s experts are asked for bids.", told)
            messages.success(request, words % {"n": count(told)})
            return redirect("planning_round", pk=round_.pk)
    form: AssignForm | SessionsForm | None = {Kind.ASSIGN: assign, Kind.SESSIONS: sessions}.get(kind)  # type: ignore[call-overload]
    if form is not None and form.is_valid():
        try:
            run = put(round_, kind, form.asked(), by=user)
        except (NothingBeforePanel, AllInSessions) as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            return redirect("planning_run", pk=run.pk)
    found = runs_by(user).filter(round=round_)
    page = page_of(found.select_related("made_by").defer("asked", "found"), request.GET)
    (figures,) = waiting_of([round_])
    context = {
        "round": round_,
        "bids": Bid.objects.filter(application__round=round_).values("expert").distinct().count()
        if round_.bids_until
        else 0,
        "bids_open": round_.bids_until is not None and round_.bids_until > timezone.now(),
        "bids_refusal": bids_refusal,
        "figures": figures,
        "assign": assign,
        "sessions": sessions,
        "form": form if form is not None and form.errors else None,
        "page": page,
        "rows": [RunRow(one, TONES[Stage(one.stage)]) for one in page.rows],
    }
    return render(
        request, "planning/round.html", context, status=422 if context["form"] or bids_refusal else 200
    )


def panel_rounds(user: User) -> QuerySet[Round]:
    """The rounds of the person's office whose programme has a panel."""
    return rounds_by(user).filter(programme__in=_with_panel())


def waiting_of(rounds: Any) -> list[Waiting]:
    """The figures of these rounds; one statement."""
    own = OuterRef("pk")
    rows = (
        Application.objects.filter(before_panel(), round__in=[one.pk for one in rounds], number__isnull=False)
        .annotate(
            in_field=Exists(CaseField.objects.filter(application=own)),
            has=Exists(Assignment.objects.filter(application=own, state=Assignment.State.STANDING)),
            heard=Exists(SessionItem.objects.filter(application=own, removed_at=None)),
        )
        .order_by()
        .values("round")
        .annotate(
            cases=Count("pk"),
            none=Count("pk", filter=Q(in_field=False)),
            assigned=Count("pk", filter=Q(has=True)),
            seated=Count("pk", filter=Q(heard=True)),
        )
    )
    figures = {row["round"]: row for row in rows}
    nothing = dict.fromkeys(("cases", "none", "assigned", "seated"), 0)
    return [
        Waiting(one, row["cases"], row["none"], row["assigned"], row["seated"])
        for one in rounds
        for row in [figures.get(one.pk, nothing)]
    ]


def _with_panel() -> list[str]:
    return [slug for slug, programme in registry().items() if "put_to_panel" in programme.steps]
