"""The applicant's list of experts to keep away: named with organisation and reason, until the panel is announced."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.doors import door, signed_in
from accounts.models import Role
from config.errors import Refusal
from workflows.models import Application
from workflows.review.recusal import excluding
from workflows.web.applicant.cases import own_case

FIELDS = ("name", "organisation", "code", "reason")


@door(Role.OWNER, Role.AGENT)
@require_http_methods(["GET", "HEAD", "POST"])
def application_exclusions(request: HttpRequest, pk: int) -> HttpResponse:
    """The list, and one more on it."""
    user = signed_in(request)
    case = own_case(user, pk)
    refusal: Refusal | None = None
    typed = {name: request.POST.get(name, "") for name in FIELDS}
    if request.method == "POST":
        try:
            excluding.exclude(case, **typed, by=user)
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("Noted."))
            return redirect("application_exclusions", pk=pk)
    context: dict[str, Any] = {
        "case": case, "entries": list(case.excluded_experts.order_by("pk")), "most": excluding.MOST,
        "open": excluding.is_open(case), "has_panel": excluding.has_panel(case), "typed": typed, "refusal": refusal,
    }  # fmt: skip
    return render(request, "recusal/exclusions.html", context, status=refusal.status if refusal else 200)


@door(Role.OWNER, Role.AGENT)
@require_POST
def exclusion_remove(request: HttpRequest, pk: int, entry: int) -> HttpResponse:
    """Take somebody off the list."""
    case: Application = own_case(signed_in(request), pk)
    if not case.excluded_experts.filter(pk=entry).exists():
        raise Http404
    excluding.take_back(case, entry)
    messages.success(request, _("Taken off the list."))
    return redirect("application_exclusions", pk=pk)
