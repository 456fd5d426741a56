"""Making a session: its round, then day, room, secretary and cases."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.doors import door, signed_in
from accounts.models import Membership, Role, User
from config.errors import Refusal
from config.words import T
from workflows.models import Round
from workflows.review.sessions import making
from workflows.web.keys import fresh_key, key_of
from workflows.web.official.once import made_once
from workflows.web.sessions.acts import number_of, slot_of
from workflows.web.sessions.scope import rooms_by, rounds_by
from workflows.web.sessions.session import CANDIDATES_SHOWN, candidates_of


@door(Role.CLERK)
@require_http_methods(["GET", "HEAD", "POST"])
def session_make(request: HttpRequest) -> HttpResponse:
    """First the round, then everything else; what is refused stays typed."""
    user = signed_in(request)
    wanted = request.POST.get("round") or request.GET.get("round", "")
    rounds = [
        one for one in rounds_by(user).order_by("-year", "-pk") if "put_to_panel" in one.declaration.steps
    ]
    if not wanted:
        return render(request, "sessions/make.html", {"rounds": rounds})
    pk = int(wanted) if wanted.isdecimal() and len(wanted) < 16 else 0
    chosen = get_object_or_404(rounds_by(user), pk=pk)
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            made = made_once(user, key_of(request), "session.make", lambda: _make(request, chosen, user))
        except Refusal as refused:
            refusal = refused
        else:
            return redirect("session", pk=made)
    context = {
        "rounds": rounds,
        "chosen": chosen,
        "refusal": refusal,
        "typed": request.POST,
        "ticked": request.POST.getlist("case"),
        **_offers(chosen, user),
    }
    return render(request, "sessions/make.html", context, status=refusal.status if refusal else 200)


def _make(request: HttpRequest, chosen: Round, user: User) -> Any:
    cases = [int(pk) for pk in request.POST.getlist("case") if pk.isdecimal() and len(pk) < 16]
    secretary = number_of(request, "secretary", T("secretary", "秘书"))
    keepers = {one.user_id: one.user for one in _clerks(chosen)}
    return making.make(
        chosen, cases, when=slot_of(request, rooms_by(user).filter(closed_at=None)), by=user,
        secretary=keepers.get(secretary, user), seats=number_of(request, "seats", T("seats", "席位数")),
        minutes=number_of(request, "minutes", T("minutes for the defence", "陈述时长")),
        question_minutes=number_of(request, "question_minutes", T("minutes for questions", "问答时长")),
    )  # fmt: skip


def _clerks(chosen: Round) -> list[Membership]:
    found = Membership.objects.in_force().filter(
        organisation=chosen.handler_id, role=Role.CLERK, user__is_active=True
    )
    return list(found.select_related("user").order_by("user__name", "pk"))


def _offers(chosen: Round, user: User) -> dict[str, Any]:
    return {
        "cases": list(candidates_of(chosen)[:CANDIDATES_SHOWN]),
        "rooms": list(rooms_by(user).filter(closed_at=None).order_by("name")),
        "clerks": [one.user for one in _clerks(chosen)],
        "me": user.pk,
        "key": fresh_key(),
    }
