"""One's own case: the task list while it is a draft, its status after that; and the ways it ends."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.doors import door, signed_in
from accounts.models import Role
from workflows.engine.asking import why
from workflows.engine.perform import perform
from workflows.web.applicant.cases import is_draft, mending, own_case
from workflows.web.applicant.status import status_of
from workflows.web.applicant.tasks import task_list
from workflows.web.keys import fresh_key, key_of


@door(Role.OWNER, Role.AGENT)
@require_safe
def application(request: HttpRequest, pk: int) -> HttpResponse:
    """The case as it stands."""
    user = signed_in(request)
    case = own_case(user, pk)
    if is_draft(case):
        return render(request, "applicant/tasks.html", {"case": case, **task_list(case, user)})
    context = {"case": case, "key": fresh_key(), **status_of(case, user, request.GET)}
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
        perform("withdraw", [case.pk], actor=user, key=key_of(request), reason=reason)
        messages.success(
            request,
            _("The draft is discarded.") if was_draft else _("%(number)s is withdrawn.") % {"number": case},
        )
        return redirect("my_applications")
    mend = mending(case)
    reasons = [{"sentence": r.words, "url": mend(r) or ""} for r in why("withdraw", case, user)]
    context = {"case": case, "draft": is_draft(case), "reasons": reasons, "key": fresh_key()}
    return render(request, "applicant/withdraw.html", context)


@door(Role.OWNER, Role.AGENT)
@require_POST
def application_confirm_onward(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm that the money has been paid on to the people; the receipt must be there."""
    user = signed_in(request)
    case = own_case(user, pk)
    perform("confirm_onward", [case.pk], actor=user, key=key_of(request))
    messages.success(request, _("Thank you. The case is closed."))
    return redirect("application", pk=case.pk)
