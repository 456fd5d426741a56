"""Appealing: against the decision on one's case, or for one person whom a rule refused."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.doors import door, signed_in
from accounts.models import Role, User
from config.errors import Refusal
from config.words import T
from workflows.appeals import check_person
from workflows.engine.asking import why
from workflows.engine.perform import perform
from workflows.models import Application, Person
from workflows.web.applicant.cases import own_case
from workflows.web.keys import fresh_key, key_of

LONGEST = 2000
NO_APPEAL_HERE = T(
    "This programme has no appeal. Ask the office that handles the case.",
    "本项目没有申诉程序，请向受理单位咨询。",
)


@door(Role.OWNER, Role.AGENT)
@require_http_methods(["GET", "HEAD", "POST"])
def application_appeal(request: HttpRequest, pk: int) -> HttpResponse:
    """Appeal against the decision on the case: say why, once. Somebody else than before looks at it."""
    user = signed_in(request)
    return _appeal(request, own_case(user, pk), user, None)


@door(Role.OWNER, Role.AGENT)
@require_http_methods(["GET", "HEAD", "POST"])
def application_person_appeal(request: HttpRequest, pk: int, person_pk: int) -> HttpResponse:
    """The same for one person of the roster."""
    user = signed_in(request)
    case = own_case(user, pk)
    return _appeal(request, case, user, get_object_or_404(Person, application=case, pk=person_pk))


def _appeal(request: HttpRequest, case: Application, user: User, person: Person | None) -> HttpResponse:
    step = "file_appeal" if person is None else "file_appeal_for_person"
    tried: Refusal | None = None
    status = 200
    if request.method == "POST":
        try:
            perform(
                step, [case.pk], actor=user, key=key_of(request),
                reason=request.POST.get("reason", "").strip()[:LONGEST], data={"person": person.pk} if person else {},
            )  # fmt: skip
        except Refusal as refusal:
            tried, status = refusal, refusal.status
        else:
            messages.success(request, _("Your appeal is received. Another officer than before looks at it."))
            return redirect("application", pk=case.pk)
    context: dict[str, Any] = {
        "case": case, "person": person, "key": fresh_key(), "refusal": tried, "most": LONGEST,
        "reasons": _reasons(case, user, step, person),
    }  # fmt: skip
    return render(request, "applicant/appeal.html", context, status=status)


def _reasons(case: Application, user: User, step: str, person: Person | None) -> list[T]:
    """Why there can be no appeal; empty when there can."""
    if step not in case.declaration.steps:
        return [NO_APPEAL_HERE]
    found = [reason.words for reason in why(step, case, user)]
    if person is not None:
        try:
            check_person(person)
        except Refusal as refusal:
            found.append(refusal.sentence)
    return found
