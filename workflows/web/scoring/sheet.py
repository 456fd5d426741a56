"""The score sheet: filled in, kept as one goes, checked, submitted; revised with a reason."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.doors import door, signed_in
from accounts.models import Role, User
from config.errors import Refusal
from workflows.errors import Blocked, ReasonMissing
from workflows.review.acts import NotWhatWasSigned
from workflows.review.counting import decimals
from workflows.review.sheets import submitting
from workflows.review.sheets.content import Content, problems, review_of, running
from workflows.review.sheets.drafts import (
    OlderTab,
    Sheet,
    begin_revision,
    clock,
    drop_revision,
    save,
)
from workflows.review.sheets.submitting import SheetNotReady
from workflows.web.keys import fresh_key, key_of
from workflows.web.scoring.lines import groups_of, summary, vetoes_of
from workflows.web.scoring.reading import around, own_sheet, typed, version_of


@door(Role.EXPERT)
@require_http_methods(["GET", "HEAD", "POST"])
def score_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The sheet. Its button keeps it and goes on to the check, where what is missing is named."""
    user = signed_in(request)
    sheet = own_sheet(user, pk)
    if request.method != "POST":
        wrong = "check" in request.GET and sheet.is_open
        return _drawn(request, sheet, sheet.content, check=wrong)
    content = typed(sheet.rubric, request.POST)
    try:
        _keep(request, user, sheet, content)
    except Refusal as refusal:
        return _drawn(request, own_sheet(user, pk), content, refusal=refusal)
    if problems(sheet.rubric, content, revising=sheet.revising):
        return _drawn(request, own_sheet(user, pk), content, check=True, status=422)
    return redirect("score_sheet_check", pk=pk)


@door(Role.EXPERT)
@require_POST
def score_sheet_save(request: HttpRequest, pk: int) -> HttpResponse:
    """The sheet keeps itself: the time, and the version that this window has seen now."""
    user = signed_in(request)
    sheet = own_sheet(user, pk)
    draft = _keep(request, user, sheet, typed(sheet.rubric, request.POST))
    return JsonResponse({"saved_at": clock(draft.saved_at), "version": draft.version})


def _keep(request: HttpRequest, user: User, sheet: Sheet, content: Content) -> Any:
    return save(
        user, sheet.case.pk, content, version=version_of(request.POST), tab=request.POST.get("tab", "")[:40],
        takes_over="over" in request.POST,
    )  # fmt: skip


@door(Role.EXPERT)
@require_POST
def score_sheet_revise(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin a revision from the review that is in, or give one up."""
    user = signed_in(request)
    own_sheet(user, pk)
    if "drop" in request.POST:
        drop_revision(user, pk)
        messages.success(request, _("Your review stands as it was submitted."))
    else:
        begin_revision(user, pk)
    return redirect("score_sheet", pk=pk)


@door(Role.EXPERT)
@require_http_methods(["GET", "HEAD", "POST"])
def score_sheet_check(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole review once more, then the button; a second click changes nothing."""
    user = signed_in(request)
    sheet = own_sheet(user, pk)
    if request.method == "POST":
        return _submit(request, user, sheet)
    if not sheet.is_open:
        return redirect("score_sheet", pk=pk)
    if problems(sheet.rubric, sheet.content, revising=sheet.revising):
        return _drawn(request, sheet, sheet.content, check=True, status=422)
    return render(request, "scoring/check.html", _checked(sheet))


def _submit(request: HttpRequest, user: User, sheet: Sheet) -> HttpResponse:
    post = request.POST
    try:
        submitting.submit(
            user, sheet.case.pk, sha256=post.get("sha256", ""), key=post.get("key", "")[:80],
            revising="revising" in post, reason=post.get("reason", "").replace("\r\n", "\n"),
        )  # fmt: skip
    except (Blocked, SheetNotReady, NotWhatWasSigned, ReasonMissing) as refusal:
        sheet = own_sheet(user, sheet.case.pk)
        return _drawn(request, sheet, sheet.content, refusal=refusal, check=sheet.is_open)
    messages.success(request, _("Your review is in. Thank you."))
    return redirect("score_sheet", pk=sheet.case.pk)


def _checked(sheet: Sheet) -> dict[str, Any]:
    content = Content.kept({**review_of(sheet.rubric, sheet.content), "reason": sheet.content.reason})
    return {
        **around(sheet),
        "content": content,
        "groups": groups_of(sheet.rubric, content, {}),
        "vetoes": [veto for veto in vetoes_of(sheet.rubric, content, {}) if veto.given],
        "sums": sums_of(sheet, content),
        "running": running(sheet.rubric, content),
        "sha256": submitting.confirmed_sha256(sheet),
        "key": fresh_key(),
    }


def sums_of(sheet: Sheet, content: Content) -> dict[str, Any]:
    """Criterion → the sum of its parts."""
    given = decimals(sheet.rubric, content.scores)
    return {
        one.name: sum(given[part.name] for part in one.parts if part.name in given)
        for one in sheet.rubric.criteria
        if one.parts
    }


def _drawn(
    request: HttpRequest,
    sheet: Sheet,
    content: Content,
    *,
    refusal: Refusal | None = None,
    check: bool = False,
    status: int = 200,
) -> HttpResponse:
    """The sheet with `content` in its fields; `check` marks what is missing, `refusal` stands on top."""
    wrong = problems(sheet.rubric, content, revising=sheet.revising)
    if not check:
        # While one is still filling it in, only what is there can be wrong.
        wrong = {name: words for name, words in wrong.items() if content.scores.get(name.partition("-")[2], "").strip()
                 and name.startswith("score-")}  # fmt: skip
    context = {
        **around(sheet),
        "content": content,
        "groups": groups_of(sheet.rubric, content, wrong),
        "vetoes": vetoes_of(sheet.rubric, content, wrong),
        "summary": summary(sheet.rubric, wrong),
        "running": running(sheet.rubric, content),
        "refusal": refusal,
        "reasons": _reasons(refusal, sheet),
        # Both fields of a collision are drawn: what is stored beside what was typed.
        "stored": sheet.content if isinstance(refusal, OlderTab) else None,
        "closed": sheet.refusal,
        "history": [
            (review, running(sheet.rubric, Content(review.scores)).shown) for review in sheet.reviews
        ],
        "saved_tab": sheet.draft.content.get("tab", "") if sheet.draft else "",
    }
    return render(request, "scoring/sheet.html", context, status=refusal.status if refusal else status)


def _reasons(refusal: Refusal | None, sheet: Sheet) -> list[Any]:
    return refusal.reasons.get(sheet.case.pk, []) if isinstance(refusal, Blocked) else []


@door(Role.EXPERT)
@require_http_methods(["GET", "HEAD", "POST"])
def score_sheet_abstain(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask once more, then abstain with the reason."""
    user = signed_in(request)
    sheet = own_sheet(user, pk)
    reason, refusal = "", None
    if request.method == "POST":
        reason = request.POST.get("reason", "")[:500]
        try:
            submitting.abstain(user, pk, reason=reason, key=request.POST.get("key", "")[:80])
        except (Blocked, ReasonMissing) as refused:
            refusal = refused
        else:
            messages.success(request, _("You have abstained. It does not count as nought."))
            return redirect("score_sheet", pk=pk)
    context = {**around(sheet), "reason": reason, "refusal": refusal, "reasons": _reasons(refusal, sheet),
               "key": key_of(request)}  # fmt: skip
    return render(request, "scoring/abstain.html", context, status=refusal.status if refusal else 200)
