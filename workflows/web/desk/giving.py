"""Giving out the dossier of a case as PDF or JSON; each time is an event of the case."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from accounts.doors import door, signed_in
from accounts.models import Role, User
from workflows.dossier.giving import give
from workflows.dossier.paper import pdf_of
from workflows.dossier.plain import canonical
from workflows.models import Application
from workflows.web.desk.reading import read_case


@door(Role.CLERK, Role.OFFICIAL, Role.CASHIER, Role.AUDITOR)
@require_POST
def case_give_dossier(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole dossier, to be saved."""
    user = signed_in(request)
    return dossier_file(request, read_case(user, pk), user, staff=True)


def dossier_file(request: HttpRequest, case: Application, user: User, *, staff: bool) -> HttpResponse:
    """Give the dossier out in the form that was asked for (`form`: pdf, else json), kept by no cache.

    Raises:
        NotDecided, Blocked: it is not given out; see `give`.
    """
    form = "pdf" if request.POST.get("form") == "pdf" else "json"
    given = give(case, actor=user, key=request.POST.get("key", "")[:60], form=form, staff=staff)
    if form == "pdf":
        response = HttpResponse(pdf_of(given, get_language() or "zh-hans"), content_type="application/pdf")
    else:
        response = HttpResponse(canonical(given.document) + "\n", content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{case.number}-dossier.{form}"'
    response["Cache-Control"] = "no-store"
    return response
