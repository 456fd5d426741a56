"""A case before an expert: the undertaking first, then answers and papers; and the way out, recusal."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.doors import door, signed_in
from accounts.models import Role, User
from config.errors import Refusal
from config.words import T
from storage.masked_copies import deliver_masked
from storage.views import deliver
from workflows.engine.asking import offers
from workflows.engine.perform import perform
from workflows.review.naming import hides_applicant
from workflows.review.recusal.undertaking import CONFIDENTIALITY, UNDERTAKING, statement_sha256
from workflows.web.desk.steps import address
from workflows.web.keys import fresh_key, key_of
from workflows.web.ratios import ratio_rows
from workflows.web.reviewer.reading import (
    Reviewed,
    answers_for_experts,
    budget_for_experts,
    name_for_experts,
    paper_for_experts,
    papers_for_experts,
    read_review,
)

REASON_LONGEST = 500


class NotAgreed(Refusal):
    code = "not_agreed"
    status = 422
    words = T(en="Tick that you have read both statements and agree.", zh="请勾选已阅读并同意以上两项声明。")


@door(Role.EXPERT)
@require_safe
def review_case(request: HttpRequest, pk: int) -> HttpResponse:
    """What this expert may read of the case now."""
    user = signed_in(request)
    return _page(request, user, read_review(user, pk))


@door(Role.EXPERT)
@require_POST
def review_undertake(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the undertaking and the confidentiality statement; the papers open."""
    user = signed_in(request)
    reviewed = read_review(user, pk)
    try:
        if not request.POST.get("agreed"):
            raise NotAgreed
        perform("undertake", [pk], actor=user, key=key_of(request), data={"statement": statement_sha256()})
    except Refusal as refusal:
        return _page(request, user, reviewed, undertaking=refusal)
    messages.success(request, _("Thank you. Answers and papers are open to you now."))
    return redirect("review_case", pk=pk)


@door(Role.EXPERT)
@require_POST
def review_recuse(request: HttpRequest, pk: int) -> HttpResponse:
    """Recuse oneself, with the reason: from now on there is nothing here for this expert."""
    user = signed_in(request)
    reviewed = read_review(user, pk)
    reason = request.POST.get("reason", "").strip()[:REASON_LONGEST]
    try:
        perform("declare_conflict", [pk], actor=user, key=key_of(request), reason=reason)
    except Refusal as refusal:
        return _page(request, user, reviewed, recusing=refusal)
    messages.success(request, _("You have recused yourself. The case is closed to you."))
    return redirect("reviews")


@door(Role.EXPERT)
@require_safe
def review_paper(request: HttpRequest, pk: int, paper: int) -> HttpResponse:
    """A paper of the case, shown in the browser or saved (`?save=1`)."""
    reviewed = read_review(signed_in(request), pk)
    reviewed.require_open()
    attached = paper_for_experts(reviewed.case, paper)
    inline = "save" not in request.GET
    if hides_applicant(reviewed.case):
        name = name_for_experts(reviewed.case, attached)
        return deliver_masked(attached.document, name=name, inline=inline)
    return deliver(attached.document, inline=inline)


def _page(request: HttpRequest, user: User, reviewed: Reviewed, **refusals: Refusal) -> HttpResponse:
    case = reviewed.case
    offered = {offer.step.name for offer in offers(case, user)}
    refusal = next(iter(refusals.values()), None)
    context: dict[str, Any] = {
        "case": case,
        "reviewed": reviewed,
        "assignment": reviewed.assignment,
        "key": fresh_key(),
        "undertaking": UNDERTAKING,
        "confidentiality": CONFIDENTIALITY,
        "may_recuse": "declare_conflict" in offered,
        "sheet": address("score_sheet", case.pk),
        "refusal": refusal,
        "refused": next(iter(refusals), ""),
        "reason": request.POST.get("reason", ""),
        "longest": REASON_LONGEST,
    }
    if reviewed.opens:
        context |= {
            "sections": answers_for_experts(case),
            "papers": papers_for_experts(case),
            "budget": budget_for_experts(case),
            "ratios": ratio_rows(case),
        }
    response = render(request, "reviewer/case.html", context, status=refusal.status if refusal else 200)
    response["Cache-Control"] = "no-store"
    return response
