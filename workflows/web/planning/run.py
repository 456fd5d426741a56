"""What was worked out: how far it is, why there is no answer, or the proposal before anybody is told."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.doors import door, signed_in
from accounts.models import Role, User
from config.errors import Refusal
from config.words import T
from workflows.engine.phases import phase_of
from workflows.models import PlanningRun
from workflows.review.planning import runs
from workflows.web.keys import fresh_key
from workflows.web.planning.assigned import assigned
from workflows.web.planning.planned import planned
from workflows.web.planning.rounds import TONES
from workflows.web.planning.scope import runs_by

Kind, Stage = PlanningRun.Kind, PlanningRun.Stage
PHASES = {
    "conflicts": T("Looking for conflicts of interest.", "正在查找回避情形。"),
    "loading": T("Reading cases, experts and fields.", "正在读取项目、专家和专业领域。"),
    "solving": T("Looking for the best answer.", "正在求解最优方案。"),
    "first": T("Looking for the best plan.", "正在求解最优方案。"),
    "linking": T("Linking the panels, so that scores can be compared.", "正在衔接各专家组，使得分可比。"),
    "writing": T("Writing the proposal.", "正在写入方案。"),
}
QUEUED = T("Waiting for a worker.", "正在排队，等待后台办理。")


@door(Role.CLERK)
@require_safe
def planning_run(request: HttpRequest, pk: int) -> HttpResponse:
    """The run as it stands."""
    user = signed_in(request)
    found = read_run(user, pk)
    if request.headers.get("HX-Request") and found.stage == Stage.WAITING:
        return render(request, "planning/progress.html", progress(found))
    response = run_page(request, found, user)
    if request.headers.get("HX-Request"):
        # It has ended since the page asked last: the whole page is drawn anew.
        response["HX-Refresh"] = "true"
    return response


def read_run(user: User, pk: int) -> PlanningRun:
    """The run, if it is of a round of the person's office.

    Raises:
        Http404: it is not, or there is none.
    """
    return get_object_or_404(runs_by(user).select_related("round", "made_by", "settled_by"), pk=pk)


def run_page(
    request: HttpRequest, found: PlanningRun, user: User, refusal: Refusal | None = None
) -> HttpResponse:
    """The page, with what was refused above it."""
    said = found.refusal
    context: dict[str, Any] = {
        "run": found,
        "round": found.round,
        "tone": TONES[Stage(found.stage)],
        "refusal": refusal,
        "said": T(en=said["en"], zh=said["zh"]) if said else None,
        "key": fresh_key(),
        **progress(found),
    }
    if found.stage in (Stage.READY, Stage.ACCEPTED):
        context |= assigned(found, user, request.GET) if found.kind == Kind.ASSIGN else planned(found, user)
    status = refusal.status if refusal else 200
    return render(request, f"planning/{found.kind}.html", context, status=status)


def progress(found: PlanningRun) -> dict[str, Any]:
    """What it is at."""
    phase = phase_of(runs.work_of(found)) if found.stage == Stage.WAITING else None
    return {
        "run": found,
        "phase": PHASES.get(phase.name, QUEUED) if phase else QUEUED,
        "since": phase.since if phase else None,
    }
