"""An expert's own page of a session: the invitation and its answer, sign-in on the day, the minutes to sign."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.doors import door, signed_in
from accounts.models import Role, User
from config.errors import Refusal
from workflows.models import Assignment, Seat, SessionItem
from workflows.review.sessions import calendar_files, concluding, holding, printing, seating
from workflows.review.sessions.minutes import minutes_for
from workflows.review.sessions.turns import BEFORE, Stage
from workflows.web.public.throttle import count_try
from workflows.web.sessions.scope import seats_by
from workflows.web.sessions.stages import SEAT_TONES

CODE_TRIES, CODE_SECONDS = 10, 600


def read_seat(user: User, pk: int) -> Seat:
    """The seat, if it is the person's own.

    Raises:
        Http404: it is not.
    """
    mine = seats_by(user).select_related("expert", "session__round", "session__room", "session__office")
    return get_object_or_404(mine, pk=pk)


@door(Role.EXPERT)
@require_GET
def my_seat(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of one's own seat."""
    user = signed_in(request)
    return _page(request, read_seat(user, pk), user)


def _page(
    request: HttpRequest, seat: Seat, user: User, *, refusal: Refusal | None = None, action: str = ""
) -> HttpResponse:
    session = seat.session
    sits = seat.state == Seat.State.CONFIRMED
    cases = Assignment.objects.open_to(user).filter(
        application__session_items__session=session, application__session_items__removed_at=None
    )
    context = {
        "seat": seat,
        "session": session,
        "tone": SEAT_TONES[Seat.State(seat.state)],
        "cases_count": SessionItem.objects.filter(session=session, removed_at=None).count(),
        # Only what is theirs to review is named; of the others they know the number alone.
        "mine": list(
            cases.select_related("application").order_by("application__session_items__position") if sits else []
        ),
        "may_answer": seat.state == Seat.State.INVITED and session.stage in (*BEFORE, Stage.HELD),
        "may_sign_in": sits and seat.signed_in_at is None and session.stage in (Stage.CONFIRMED, Stage.HELD)
        and session.held_on is not None,
        "may_sign": sits and session.stage == Stage.CONCLUDED and seat.signed_at is None,
        "minutes": minutes_for(session, seat.expert) if sits and session.minutes else None,
        "refusal": refusal,
        "action": action,
        "typed": request.POST,
    }  # fmt: skip
    return render(request, "sessions/my_seat.html", context, status=refusal.status if refusal else 200)


@door(Role.EXPERT)
@require_http_methods(["GET", "HEAD", "POST"])
def my_seat_act(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Answer, sign in, or sign."""
    act = ACTS.get(action)
    if act is None:
        raise Http404
    user = signed_in(request)
    seat = read_seat(user, pk)
    if request.method != "POST":
        return redirect("my_seat", pk=pk)
    try:
        said = act(request, seat, user)
    except Refusal as refusal:
        return _page(request, read_seat(user, pk), user, refusal=refusal, action=action)
    messages.success(request, said)
    return redirect("my_seat", pk=pk)


@door(Role.EXPERT)
@require_GET
def my_seat_calendar(request: HttpRequest, pk: int) -> HttpResponse:
    """The session as a calendar file."""
    seat = read_seat(signed_in(request), pk)
    if seat.session.starts_at is None:
        raise Http404
    return calendar_answer(calendar_files.of_session(seat.session, f"seat-{seat.pk}"), seat.session.number)


@door(Role.EXPERT)
@require_GET
def my_seat_minutes(request: HttpRequest, pk: int) -> HttpResponse:
    """The minutes as a PDF, for a member of the panel."""
    seat = read_seat(signed_in(request), pk)
    if seat.state != Seat.State.CONFIRMED or seat.session.minutes is None:
        raise Http404
    return pdf_answer(
        printing.pdf_of(seat.session, get_language() or "zh-hans", seat.expert),
        f"{seat.session.number}-minutes.pdf",
    )


def calendar_answer(data: bytes, number: str) -> HttpResponse:
    """An iCalendar file to download."""
    headers = {"Content-Disposition": f'attachment; filename="{number}.ics"', "Cache-Control": "no-store"}
    return HttpResponse(data, content_type="text/calendar; charset=utf-8", headers=headers)


def pdf_answer(data: bytes, filename: str) -> HttpResponse:
    """A PDF to look at."""
    headers = {"Content-Disposition": f'inline; filename="{filename}"', "Cache-Control": "no-store"}
    return HttpResponse(data, content_type="application/pdf", headers=headers)


def _accept(_request: HttpRequest, seat: Seat, user: User) -> str:
    seating.accept(seat, by=user)
    return _("Thank you. Your seat is confirmed.")


def _decline(request: HttpRequest, seat: Seat, user: User) -> str:
    seating.decline(seat, by=user, reason=request.POST.get("reason", ""))
    return _("Thank you for the answer. Somebody else is asked.")


def _sign_in(request: HttpRequest, seat: Seat, user: User) -> str:
    count_try("session_code", str(seat.pk), limit=CODE_TRIES, seconds=CODE_SECONDS)
    holding.sign_in_by_code(seat, request.POST.get("code", ""), by=user)
    return _("You are signed in.")


def _sign(request: HttpRequest, seat: Seat, user: User) -> str:
    concluding.sign(seat, request.POST.get("signed", ""), by=user)
    return _("You have signed the minutes.")


ACTS: dict[str, Callable[[HttpRequest, Seat, User], str]] = {
    "accept": _accept,
    "decline": _decline,
    "sign_in": _sign_in,
    "sign": _sign,
}
