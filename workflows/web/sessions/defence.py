"""The applicant's page of a defence 答辩: when, where, what to bring, and who presents."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.doors import door, signed_in
from accounts.models import APPLICANT_ROLES, User
from config.errors import Refusal
from workflows.models import SessionItem
from workflows.review.sessions import calendar_files
from workflows.review.sessions.making import name_presenter
from workflows.review.sessions.turns import BEFORE, Stage
from workflows.rules import readable_by
from workflows.web.sessions.seat import calendar_answer

# Once the session is confirmed, the applicants are told.
TOLD = (Stage.CONFIRMED, Stage.HELD, Stage.CONCLUDED, Stage.SIGNED, Stage.INVITING)
ROLES = tuple(sorted(APPLICANT_ROLES))


def defence_of(user: User, pk: int) -> tuple[object, SessionItem | None]:
    """The case of the applicant and its place in a session that is confirmed; None before.

    Raises:
        Http404: the case is not theirs.
    """
    case = get_object_or_404(
        readable_by(user).filter(applicant__in=user.organisations_as(*APPLICANT_ROLES)), pk=pk
    )
    item = (
        SessionItem.objects.filter(
            application=case,
            removed_at=None,
            session__notes__what="session_confirmed",
            session__stage__in=TOLD,
        )
        .select_related("session__room", "session__round", "application")
        .first()
    )
    return case, item


@door(*ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def application_defence(request: HttpRequest, pk: int) -> HttpResponse:
    """Time and place; the applicant names who presents."""
    user = signed_in(request)
    case, item = defence_of(user, pk)
    refusal: Refusal | None = None
    if request.method == "POST" and item is not None:
        try:
            _name(request, item, user)
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("The presenter is named."))
            return redirect("application_defence", pk=pk)
    context = {
        "case": case,
        "item": item,
        "session": item.session if item else None,
        "may_name": item is not None
        and item.session.stage in (*BEFORE, Stage.HELD)
        and item.called_at is None,
        "refusal": refusal,
        "typed": request.POST,
    }
    return render(request, "sessions/defence.html", context, status=refusal.status if refusal else 200)


@door(*ROLES)
@require_GET
def application_defence_calendar(request: HttpRequest, pk: int) -> HttpResponse:
    """The defence as a calendar file, for whoever presents."""
    _case, item = defence_of(signed_in(request), pk)
    if item is None or item.session.starts_at is None:
        raise Http404
    return calendar_answer(calendar_files.of_item(item), str(item.application.number))


def _name(request: HttpRequest, item: SessionItem, user: User) -> None:
    name, email = request.POST.get("name", ""), request.POST.get("email", "")
    name_presenter(item, name=name, email=email, by=user)
