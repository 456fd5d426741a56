"""The session board 看板: what is heard now, who is there, who has scored; it keeps itself current."""

from typing import Any

from django.db.models import Count, Max, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from accounts.doors import door, signed_in
from accounts.models import User
from config.errors import Refusal
from config.words import T
from workflows.engine import clock
from workflows.models import Application, Assignment, Conflict, ReviewSession, Seat, SessionItem
from workflows.review.sessions import holding
from workflows.review.sessions.concluding import open_cases
from workflows.review.sessions.places import confirmed
from workflows.review.sessions.turns import Stage
from workflows.web.sessions.acts import number_of
from workflows.web.sessions.board_rows import rows_of
from workflows.web.sessions.scope import READERS, may_run
from workflows.web.sessions.session import read_session


@door(*READERS)
@require_GET
def session_board(request: HttpRequest, pk: int) -> HttpResponse:
    """The board."""
    user = signed_in(request)
    found = read_session(user, pk)
    return _board(request, found, user, "sessions/board.html")


@door(*READERS)
@require_GET
def session_board_live(request: HttpRequest, pk: int) -> HttpResponse:
    """The moving part of the board; nothing (204, or 304 to `If-None-Match`) where what `have` names still stands."""
    user = signed_in(request)
    found = read_session(user, pk)
    tag = tag_of(found)
    if request.headers.get("If-None-Match", "").strip('W/"') == tag:
        return HttpResponse(status=304, headers={"ETag": f'"{tag}"'})
    if request.GET.get("have") == tag:
        return HttpResponse(status=204, headers={"ETag": f'"{tag}"', "Cache-Control": "no-store"})
    return _board(request, found, user, "sessions/board_live.html", tag)


@door(*READERS)
@require_http_methods(["GET", "HEAD", "POST"])
def session_board_act(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Sign somebody in, call a case, go on to questions, end it; the moving part as it stands then."""
    act = ACTS.get(action)
    if act is None:
        raise Http404
    user = signed_in(request)
    found = read_session(user, pk)
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            act(request, found, user)
        except Refusal as refused:
            refusal = refused
    found = read_session(user, pk)
    name = "sessions/board_live.html" if getattr(request, "htmx", False) else "sessions/board.html"
    return _board(request, found, user, name, refusal=refusal)


def tag_of(found: ReviewSession) -> str:
    """Changes whenever anything on the board does, also what happens on the cases; two statements."""
    cases = SessionItem.objects.filter(session=found, removed_at=None).values("application")
    moved = Application.objects.filter(pk__in=cases).aggregate(seq=Sum("seq"), version=Sum("version"))
    given = Assignment.objects.filter(application__in=cases).aggregate(
        n=Count("pk"), ended=Count("ended_at"), done=Count("submitted_at"), out=Count("abstained_at"),
        last=Max("undertaking_at"),
    )  # fmt: skip
    ties = Conflict.objects.standing().filter(application__in=cases).count()
    parts = (found.version, found.stage, moved["seq"], moved["version"], *given.values(), ties)
    return ".".join(str(part).replace(" ", "") for part in parts)


def _board(
    request: HttpRequest,
    found: ReviewSession,
    user: User,
    template: str,
    tag: str = "",
    *,
    refusal: Refusal | None = None,
) -> HttpResponse:
    # The tag first: whatever changes while the page is drawn makes the next question answer anew.
    tag = tag or tag_of(found)
    seats = confirmed(found)
    rows = rows_of(found, seats)
    running = next((row for row in rows if row.is_running), None)
    following = next((row for row in rows if row.item.called_at is None), None)
    context: dict[str, Any] = {
        "session": found,
        "tag": tag,
        "now": clock.now(),
        "seats": seats,
        "quorum": holding.quorum_of(found, seats),
        "rows": rows,
        "running": running,
        "following": following,
        "runs": may_run(user, found),
        "code": holding.sign_in_code(found) if may_run(user, found) else "",
        "is_held": found.stage == Stage.HELD,
        "is_confirmed": found.stage == Stage.CONFIRMED,
        "missing": open_cases(found) if found.stage == Stage.HELD else [],
        "refusal": refusal,
    }
    answer = render(
        request,
        template,
        context,
        status=refusal.status if refusal and not getattr(request, "htmx", False) else 200,
    )
    answer.headers["ETag"] = f'"{tag}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _sign_in(request: HttpRequest, found: ReviewSession, user: User) -> None:
    pk = number_of(request, "seat", T("seat", "席位"))
    seat = Seat.objects.filter(session=found, pk=pk).select_related("session").first()
    if seat is None:
        raise Http404
    holding.sign_in(seat, by=user)


def _call(request: HttpRequest, found: ReviewSession, user: User) -> None:
    holding.call(found, number_of(request, "case", T("case", "项目")), by=user)


def _questions(request: HttpRequest, found: ReviewSession, user: User) -> None:
    holding.questions(found, number_of(request, "case", T("case", "项目")), by=user)


def _end(request: HttpRequest, found: ReviewSession, user: User) -> None:
    holding.end_item(found, number_of(request, "case", T("case", "项目")), by=user)


def _open(_request: HttpRequest, found: ReviewSession, user: User) -> None:
    holding.open_session(found, by=user)


ACTS = {"sign_in": _sign_in, "call": _call, "questions": _questions, "end": _end, "open": _open}
