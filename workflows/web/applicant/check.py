"""Check your answers, declare that they are true, send them, and the receipt for it."""

from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.doors import door, signed_in
from accounts.models import Role, User
from config.words import T
from forms.answers import shown
from workflows import drafts
from workflows.engine.perform import perform
from workflows.errors import Blocked, Locked
from workflows.models import Application, Person
from workflows.web.applicant.cases import is_draft, mending, own_case, papers_of, url_if_any
from workflows.web.applicant.tasks import missing_for
from workflows.web.budget import budget_of
from workflows.web.keys import fresh_key, key_of
from workflows.web.limits import path_of_case
from workflows.web.pictures import events_of, provisional_of
from workflows.web.ratios import ratio_rows

UNDECLARED = T(
    en="Tick the declaration: without it the application cannot be sent.",
    zh="请勾选真实性声明，否则不能提交。",
)


@door(Role.OWNER, Role.AGENT)
@require_http_methods(["GET", "HEAD", "POST"])
def application_check(request: HttpRequest, pk: int) -> HttpResponse:
    """All answers on one page with links to change them; then the declaration and the button."""
    user = signed_in(request)
    case = own_case(user, pk)
    if request.method == "POST":
        return _submit(request, case, user)
    if not is_draft(case):
        return redirect("application", pk=case.pk)
    return render(request, "applicant/check.html", _page(case, user))


def _submit(request: HttpRequest, case: Application, user: User) -> HttpResponse:
    key = key_of(request)
    if "declared" not in request.POST and is_draft(case):
        page = {**_page(case, user), "undeclared": UNDECLARED, "key": key}
        return render(request, "applicant/check.html", page, status=422)
    try:
        with transaction.atomic():
            # Sent already by the other of two clicks: the same key gives the same answer.
            if is_draft(case):
                _declare(case)
            perform("submit", [case.pk], actor=user, key=key)
    except Blocked as blocked:
        case = own_case(user, case.pk)
        mend = mending(case)
        reasons = [{"sentence": r.words, "url": mend(r) or ""} for r in blocked.reasons.get(case.pk, [])]
        page = {**_page(case, user), "reasons": reasons, "declared": True}
        return render(request, "applicant/check.html", page, status=blocked.status)
    return redirect("application_receipt", pk=case.pk)


def _declare(case: Application) -> None:
    try:
        drafts.declare(case, made=True)
    except Locked:
        # Another click was faster; `perform` answers with what it did, or says why not.
        return


def _page(case: Application, user: User) -> dict[str, Any]:
    papers = papers_of(case)
    asked = [paper for paper in case.declaration.papers_in(case.policy) if not paper.state]
    return {
        "case": case,
        "sections": shown(case.declaration.form, drafts.answers_of(case)),
        "ratios": ratio_rows(case),
        "budget": budget_of(case),
        "totals": roster_totals(case),
        "papers": [(paper, papers.get(paper.slug, [])) for paper in asked],
        "reasons": missing_for(case, user),
        "roster_url": url_if_any("application_roster", case.pk),
        "papers_url": url_if_any("application_papers", case.pk),
        "key": fresh_key(),
        "steps": path_of_case(case),
    }


def roster_totals(case: Application) -> dict[str, Any]:
    """The sums under the roster, in fen."""
    return Person.objects.filter(application=case).aggregate(pay_fen=Sum("pay_fen"), tax_fen=Sum("tax_fen"))


@door(Role.OWNER, Role.AGENT)
@require_safe
def application_receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """The receipt: number, time, who looks at it, what comes next, the promised date."""
    case = own_case(signed_in(request), pk)
    if case.number is None:
        return redirect("application", pk=case.pk)
    context = {
        "case": case,
        "steps": path_of_case(case, events_of(case)),
        "provisional": provisional_of(case),
        "accept": case.declaration.due_step(case.declaration.states[1], case.policy),
    }
    return render(request, "applicant/receipt.html", context)
