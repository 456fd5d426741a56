"""Lists: the sessions of a person's offices, the rooms, and an expert's own sessions."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.doors import door, signed_in
from accounts.models import Role
from config.errors import Refusal
from config.words import T
from workflows.flows.review_session import TASKS
from workflows.models import Seat
from workflows.review.sessions.places import waiting_for
from workflows.review.sessions.rooms import close_room, open_room
from workflows.review.sessions.turns import Stage, tasks_for
from workflows.web.paging import page_of
from workflows.web.sessions.acts import number_of
from workflows.web.sessions.scope import READERS, rooms_by, rounds_by, seats_by, sessions_by
from workflows.web.sessions.stages import SEAT_TONES, STAGE_TONES, stage_words

TASKS_SHOWN = 30
OVER = (Stage.SIGNED, Stage.CANCELLED)


@door(*READERS)
@require_GET
def sessions(request: HttpRequest) -> HttpResponse:
    """My tasks, and the sessions of my offices: what is to come first, or what is over, or of one round."""
    user = signed_in(request)
    found = sessions_by(user)
    wanted = request.GET.get("round", "")
    if wanted.isdecimal() and len(wanted) < 16:
        found = found.filter(round=int(wanted))
    show = request.GET.get("show", "")
    over = show == "over"
    counts = found.order_by().aggregate(
        coming=Count("pk", filter=~Q(stage__in=OVER)), over=Count("pk", filter=Q(stage__in=OVER))
    )
    found = found.filter(stage__in=OVER) if over else found.exclude(stage__in=OVER)
    page = page_of(
        found.select_related("round", "room", "secretary").annotate(
            cases=Count("items", filter=Q(items__removed_at=None), distinct=True),
            confirmed=Count("seats", filter=Q(seats__state="confirmed"), distinct=True),
            asked=Count("seats", filter=Q(seats__invited_at__isnull=False), distinct=True),
        ),
        request.GET,
        by="-pk" if over else "pk",
        total=counts["over" if over else "coming"],
    )
    tasks = [
        (task.process.sessionprocess.session, TASKS[task.flow_task.name], task.owner_id == user.pk)
        for task in tasks_for(user)[:TASKS_SHOWN]
    ]
    context = {
        "page": page,
        "rows": [
            (one, STAGE_TONES[Stage(one.stage)], stage_words(one, asked=bool(one.asked))) for one in page.rows
        ],
        "counts": counts,
        "over": over,
        "tasks": tasks,
        "may_make": user.has_role(Role.CLERK),
        "of_round": rounds_by(user).filter(pk=int(wanted)).first()
        if wanted.isdecimal() and len(wanted) < 16
        else None,
    }
    return render(request, "sessions/sessions.html", context)


@door(Role.CLERK)
@require_http_methods(["GET", "HEAD", "POST"])
def rooms(request: HttpRequest) -> HttpResponse:
    """The rooms of a clerk's offices: open a new one, close one."""
    user = signed_in(request)
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            _change_rooms(request, user)
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("The rooms have changed."))
            return redirect("rooms")
    page = page_of(rooms_by(user).select_related("office"), request.GET, by="pk")
    context: dict[str, Any] = {"page": page, "refusal": refusal, "typed": request.POST}
    return render(request, "sessions/rooms.html", context, status=refusal.status if refusal else 200)


def _change_rooms(request: HttpRequest, user: Any) -> None:
    if "close" in request.POST:
        room = get_object_or_404(rooms_by(user), pk=number_of(request, "close", T("room", "会议室")))
        close_room(room)
        return
    office = min(user.organisations_as(Role.CLERK))
    seats = number_of(request, "seats", T("seats", "座位数"))
    open_room(office, name=request.POST.get("name", ""), place=request.POST.get("place", ""), seats=seats)


@door(Role.EXPERT)
@require_GET
def my_sessions(request: HttpRequest) -> HttpResponse:
    """An expert's own sessions, newest first; what waits for an answer or a signature on top."""
    user = signed_in(request)
    mine = seats_by(user).select_related("session__round", "session__room")
    page = page_of(mine, request.GET)
    context = {
        "page": page,
        "rows": [(one, SEAT_TONES[Seat.State(one.state)]) for one in page.rows],
        "waiting": list(waiting_for(user).select_related("session__round")[:TASKS_SHOWN]),
    }
    return render(request, "sessions/my_sessions.html", context)
