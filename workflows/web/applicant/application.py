"""One's own case: the task list while it is a draft, its status after that; and the ways it ends."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.doors import door, signed_in
from accounts.models import Role
from config.words import T
from workflows.engine.asking import why
from workflows.engine.guards import Reason
from workflows.engine.perform import perform
from workflows.errors import ReasonMissing
from workflows.web.applicant.cases import is_draft, mending, own_case
from workflows.web.applicant.status import status_of
from workflows.web.applicant.tasks import task_list

LONGEST_APPEAL = 2000
NO_APPEAL_HERE = Reason(
    "no_appeal",
    T(
        "This programme has no appeal. Ask the office that handles the case.",
        "本项目没有申诉程序，请向受理单位咨询。",
    ),
)


@door(Role.OWNER, Role.AGENT)
@require_safe
def application(request: HttpRequest, pk: int) -> HttpResponse:
    """The case as it stands."""
    user = signed_in(request)
    case = own_case(user, pk)
    if is_draft(case):
        return render(request, "applicant/tasks.html", {"case": case, **task_list(case, user)})
    context = {"case": case, "key": uuid.uuid4(), **status_of(case, user, request.GET)}
    return render(request, "applicant/status.html", context)


@door(Role.OWNER, Role.AGENT)
@require_http_methods(["GET", "HEAD", "POST"])
def application_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask once more, then withdraw the case; a draft is discarded."""
    user = signed_in(request)
    case = own_case(user, pk)
    if request.method == "POST":
        was_draft = is_draft(case)
        reason = request.POST.get("reason", "")[:500]
        perform("withdraw", [case.pk], actor=user, key=_key(request), reason=reason)
        messages.success(
            request,
            _("The draft is discarded.") if was_draft else _("%(number)s is withdrawn.") % {"number": case},
        )
        return redirect("my_applications")
    mend = mending(case)
    reasons = [{"sentence": r.words, "url": mend(r) or ""} for r in why("withdraw", case, user)]
    context = {"case": case, "draft": is_draft(case), "reasons": reasons, "key": uuid.uuid4()}
    return render(request, "applicant/withdraw.html", context)


@door(Role.OWNER, Role.AGENT)
@require_http_methods(["GET", "HEAD", "POST"])
def application_appeal(request: HttpRequest, pk: int) -> HttpResponse:
    """Appeal against the decision on the case: say why, once. Somebody else than before looks at it."""
    user = signed_in(request)
    case = own_case(user, pk)
    declared = case.declaration.steps.get("file_appeal")
    context: dict[str, Any] = {"case": case, "key": uuid.uuid4(), "refusal": None}
    if request.method == "POST":
        reason = request.POST.get("reason", "").strip()[:LONGEST_APPEAL]
        try:
            perform("file_appeal", [case.pk], actor=user, key=_key(request), reason=reason)
        except ReasonMissing as refusal:
            context |= {"refusal": refusal}
            return render(request, "applicant/appeal.html", context, status=refusal.status)
        messages.success(request, _("Your appeal is received. Another officer than before looks at it."))
        return redirect("application", pk=case.pk)
    context["reasons"] = [NO_APPEAL_HERE] if declared is None else why("file_appeal", case, user)
    return render(request, "applicant/appeal.html", context)


@door(Role.OWNER, Role.AGENT)
@require_POST
def application_confirm_onward(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm that the money has been paid on to the people; the receipt must be there."""
    user = signed_in(request)
    case = own_case(user, pk)
    perform("confirm_onward", [case.pk], actor=user, key=_key(request))
    messages.success(request, _("Thank you. The case is closed."))
    return redirect("application", pk=case.pk)


def _key(request: HttpRequest) -> str:
    """The key that the page was drawn with: a double click says the same twice."""
    return request.POST.get("key", "")[:60] or str(uuid.uuid4())
