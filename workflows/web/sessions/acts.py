"""What people press on a session. Whatever is refused draws the page as it stands now, with what was typed."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.doors import door, signed_in
from accounts.models import User
from config.errors import Refusal
from config.words import T, listed
from workflows.engine.clock import HERE
from workflows.models import ReviewSession, Room, Seat
from workflows.review.draw.seeds import NamedSeed, Source
from workflows.review.sessions import concluding, drawing, holding, keeping, making, seating
from workflows.review.sessions.chairs import appoint_chair
from workflows.review.sessions.eligibility import Terms
from workflows.review.sessions.places import experts_by_code
from workflows.review.sessions.refusals import NotUnderstood, TimesWrong
from workflows.web.sessions.quotas import quotas_of
from workflows.web.sessions.scope import READERS
from workflows.web.sessions.session import read_session, session_page


@door(*READERS)
@require_http_methods(["GET", "HEAD", "POST"])
def session_act(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Do `action` on the session."""
    act = ACTS.get(action)
    if act is None:
        raise Http404
    user = signed_in(request)
    found = read_session(user, pk)
    if request.method != "POST":
        return redirect("session", pk=pk)
    try:
        said = act(request, found, user)
    except Refusal as refusal:
        return session_page(request, read_session(user, pk), user, refusal=refusal, action=action)
    if isinstance(said, HttpResponse):
        return said
    messages.success(request, said)
    return redirect("session", pk=pk)


def number_of(request: HttpRequest, name: str, what: T) -> int:
    """A whole number of the form.

    Raises:
        NotUnderstood: it is none.
    """
    text = request.POST.get(name, "").strip()
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise NotUnderstood(what=what)
    return int(text)


def slot_of(request: HttpRequest, rooms: Any) -> making.Slot:
    """Day, half, hour, length and room of the form; an empty slot where there is no day (函评).

    Raises:
        NotUnderstood, TimesWrong: something of it cannot be read.
    """
    day_text = request.POST.get("held_on", "").strip()
    if not day_text:
        return making.Slot()
    try:
        day = parse_date(day_text)
        hour, _colon, minute = request.POST.get("starts", "").strip().partition(":")
        starts = datetime(day.year, day.month, day.day, int(hour), int(minute), tzinfo=HERE) if day else None
    except ValueError:
        raise TimesWrong from None
    if day is None or starts is None:
        raise NotUnderstood(what=T("day", "日期"))
    room = request.POST.get("room", "")
    place = (
        get_object_or_404(rooms, pk=int(room) if room.isdecimal() and len(room) < 16 else 0) if room else None
    )
    minutes = number_of(request, "length", T("length", "时长"))
    return making.slot_from(starts, minutes, place)


def _reason(request: HttpRequest) -> str:
    return request.POST.get("reason", "").strip()


def _seat(request: HttpRequest, session: ReviewSession) -> Seat:
    pk = number_of(request, "seat", T("seat", "席位"))
    return get_object_or_404(Seat.objects.select_related("session", "expert"), pk=pk, session=session)


def _announce(request: HttpRequest, session: ReviewSession, user: User) -> str:
    fields = [code for code in request.POST.getlist("in_field") if code]
    if not fields:
        raise NotUnderstood(what=T("fields of the panel", "专业领域"))
    terms = Terms(
        years=number_of(request, "years", T("years in the field", "从业年限")),
        senior="senior" in request.POST,
    )
    seed: Any = _named(request)
    if request.POST.get("kind") != "named":
        chosen = [int(pk) for pk in request.POST.getlist("official") if pk.isdecimal() and len(pk) < 16]
        seed = list(User.objects.filter(pk__in=chosen).order_by("pk"))
    employer = T("experts of one employer", "同一单位人数")
    drawing.announce(
        session, by=user, in_field=fields, seed=seed, terms=terms, reason=_reason(request),
        quotas=quotas_of(request),
        per_employer=number_of(request, "per_employer", employer) if "per_employer" in request.POST else 1,
    )  # fmt: skip
    return _("The pool is frozen; its hash is public.")


def _named(request: HttpRequest) -> NamedSeed:
    """The sources of the form that have a name."""
    found = []
    for n in ("1", "2"):
        name = request.POST.get(f"source{n}", "").strip()
        if not name or request.POST.get("kind") != "named":
            continue
        try:
            known = parse_datetime(request.POST.get(f"known_at{n}", ""))
        except ValueError:
            known = None
        if known is None:
            raise NotUnderstood(what=T("known from", "公开时间"))
        found.append(
            Source(
                name[:80], number_of(request, f"numbers{n}", T("how many numbers", "数字个数")),
                number_of(request, f"lowest{n}", T("lowest", "最小值")),
                number_of(request, f"highest{n}", T("highest", "最大值")),
                known if known.tzinfo else known.replace(tzinfo=HERE),
            )
        )  # fmt: skip
    return NamedSeed(tuple(found))


def _commit(request: HttpRequest, session: ReviewSession, user: User) -> HttpResponse:
    secret = drawing.commit(session, by=user)
    return session_page(request, read_session(user, session.pk), user, secret=secret)


def _reveal(request: HttpRequest, session: ReviewSession, user: User) -> str:
    drawing.reveal(session, request.POST.get("secret", ""), by=user)
    return _("Your secret is revealed.")


def _draw(request: HttpRequest, session: ReviewSession, user: User) -> str:
    sources = ((session.announcement or {}).get("seed") or {}).get("sources")
    numbers = None
    if sources:
        numbers = {}
        for n, source in enumerate(sources, 1):
            words = request.POST.get(f"numbers{n}", "").replace(",", " ").replace("，", " ").split()
            if not words or not all(word.isdecimal() and len(word) < 16 for word in words):
                raise NotUnderstood(what=source["name"])
            numbers[source["name"]] = [int(word) for word in words]
    found = drawing.draw(session, by=user, numbers=numbers)
    return _("Drawn: %(panel)s.") % {"panel": listed(found["panel"])}


def _place(request: HttpRequest, session: ReviewSession, user: User) -> str:
    codes = request.POST.get("codes", "").replace(",", " ").replace("，", " ").split()
    seating.seat(session, experts_by_code(session, codes), by=user, reason=_reason(request))
    return _("Seated: %(codes)s.") % {"codes": listed(codes)}


def _invite(_request: HttpRequest, session: ReviewSession, user: User) -> str:
    seating.invite(session, by=user)
    return _("The invitations are on their way.")


def _confirm(_request: HttpRequest, session: ReviewSession, user: User) -> str:
    seating.confirm(session, by=user)
    return _("The session is confirmed; the applicants are told.")


def _open(_request: HttpRequest, session: ReviewSession, user: User) -> HttpResponse:
    holding.open_session(session, by=user)
    return redirect("session_board", pk=session.pk)


def _conclude(_request: HttpRequest, session: ReviewSession, user: User) -> str:
    concluding.conclude(session, by=user)
    return _("The minutes are frozen; the members are asked to sign.")


def _cancel(request: HttpRequest, session: ReviewSession, user: User) -> str:
    making.cancel(session, by=user, reason=_reason(request))
    return _("The session is cancelled; everybody is told.")


def _add(request: HttpRequest, session: ReviewSession, user: User) -> str:
    cases = [int(pk) for pk in request.POST.getlist("case") if pk.isdecimal() and len(pk) < 16]
    making.add_cases(session, cases, by=user)
    return _("The running order has changed.")


def _take_out(request: HttpRequest, session: ReviewSession, user: User) -> str:
    making.take_out(session, number_of(request, "case", T("case", "项目")), by=user, reason=_reason(request))
    return _("The running order has changed.")


def _move(request: HttpRequest, session: ReviewSession, user: User) -> str:
    case = number_of(request, "case", T("case", "项目"))
    making.move(session, case, number_of(request, "to", T("place", "顺序")), by=user)
    return _("The running order has changed.")


def _reschedule(request: HttpRequest, session: ReviewSession, user: User) -> str:
    rooms = Room.objects.filter(office=session.office_id, closed_at=None)
    making.reschedule(session, slot_of(request, rooms), by=user, reason=_reason(request))
    return _("The session has a new time; everybody is told.")


def _chair(request: HttpRequest, session: ReviewSession, user: User) -> str:
    appoint_chair(session, _seat(request, session).expert, by=user, reason=_reason(request))
    return _("The panel has another chair.")


def _drop(request: HttpRequest, session: ReviewSession, user: User) -> str:
    how = Seat.State.RECUSED if request.POST.get("how") == "recused" else Seat.State.PREVENTED
    seating.drop(_seat(request, session), how, by=user, reason=_reason(request))
    return _("The seat is free; whoever follows is invited.")


def _hand_over(request: HttpRequest, session: ReviewSession, user: User) -> str:
    chosen = number_of(request, "to", T("colleague", "同事"))
    to = keeping.clerk_of(session.office_id, chosen)
    keeping.hand_over(session, by=user, to=to, reason=_reason(request))
    return _("%(name)s keeps the session now.") % {"name": to}


ACTS: dict[str, Callable[[HttpRequest, ReviewSession, User], str | HttpResponse]] = {
    "announce": _announce,
    "commit": _commit,
    "reveal": _reveal,
    "draw": _draw,
    "seat": _place,
    "invite": _invite,
    "confirm": _confirm,
    "open": _open,
    "hand_over": _hand_over,
    "conclude": _conclude,
    "cancel": _cancel,
    "add": _add,
    "take_out": _take_out,
    "move": _move,
    "reschedule": _reschedule,
    "chair": _chair,
    "drop": _drop,
}
