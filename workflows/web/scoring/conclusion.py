"""What the chair concludes: the scores of all once all are in, the rule's outcome, opinion, cut; later the revision."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.doors import door, signed_in
from accounts.models import Role, User
from config.errors import Refusal
from config.words import T
from forms.errors import Problem
from forms.fields.money import Money
from workflows.engine.asking import offers
from workflows.engine.perform import perform
from workflows.errors import Blocked, ReasonMissing
from workflows.models import Application, Conclusion
from workflows.review.concluding import CONCLUDING, CONFIRMING, conclude, revise_by
from workflows.review.counting import Standing, standing_of
from workflows.review.cut import CutTooLarge
from workflows.review.naming import knows_panel
from workflows.review.sessions.on_case import quorum_on
from workflows.review.sessions.refusals import CaseNoQuorum
from workflows.review.sheets.discussion import kept_from
from workflows.review.sheets.drafts import Sheet
from workflows.web.keys import fresh_key
from workflows.web.scoring.reading import around, own_sheet
from workflows.web.scoring.scores import Table, arithmetic, flags_shown, table_of

CUT = Money(maximum_fen=10**13)
OPINION_MAX = 2000
NO_OPINION = T("State the panel’s opinion.", "请填写专家组评审意见。")
NOT_A_CUT = T(
    "Write the cut in yuan, for example 120000, or leave it empty.",
    "请以元填写核减金额，例如 120000；没有核减可留空。",
)


@door(Role.EXPERT)
@require_http_methods(["GET", "HEAD", "POST"])
def conclusion(request: HttpRequest, pk: int) -> HttpResponse:
    """The conclusion. Others of the panel read what the chair reads once they may; only the chair can conclude."""
    user = signed_in(request)
    sheet = own_sheet(user, pk)
    if request.method != "POST":
        return _drawn(request, user, sheet)
    step = request.POST.get("step", "")
    if step not in sheet.case.declaration.steps or step not in (*CONCLUDING, *CONFIRMING):
        raise Http404
    return _take(request, user, sheet, step)


def _take(request: HttpRequest, user: User, sheet: Sheet, step: str) -> HttpResponse:
    post, case = request.POST, sheet.case
    opinion, key = post.get("opinion", "").replace("\r\n", "\n"), post.get("key", "")[:80]
    wrong: dict[str, T] = {}
    try:
        cut_fen = int(CUT.parse(post.get("cut", ""))) if post.get("cut", "").strip() else 0
    except Problem:
        wrong["cut"] = NOT_A_CUT
    needs = case.declaration.steps[step].needs_reason
    if needs and not opinion.strip():
        wrong["opinion"] = NO_OPINION
    if wrong:
        return _drawn(request, user, sheet, tried=step, wrong=wrong, status=422)
    try:
        if step in CONCLUDING:
            conclude(user, case, step, opinion=opinion[:OPINION_MAX], cut_fen=cut_fen, key=key)
        else:
            perform(step, [case.pk], actor=user, key=key, reason=opinion[:OPINION_MAX])
    except CutTooLarge as refusal:
        wrong = {"cut": refusal.sentence}
        return _drawn(request, user, sheet, tried=step, wrong=wrong, status=refusal.status)
    except (Blocked, CaseNoQuorum, ReasonMissing) as refusal:
        return _drawn(request, user, own_sheet(user, case.pk), tried=step, refusal=refusal)
    messages.success(request, f"{case.number}{T(': ', '：')}{case.declaration.steps[step].done}")
    return redirect("conclusion", pk=case.pk)


def _drawn(
    request: HttpRequest,
    user: User,
    sheet: Sheet,
    *,
    tried: str = "",
    wrong: dict[str, T] | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    case = Application.objects.select_related("round", "applicant").get(pk=sheet.case.pk)
    standing = standing_of(case)
    knows = knows_panel(sheet.assignment, case)
    offered = {offer.step.name: offer for offer in offers(case, user)}
    page = around(sheet)
    context = {
        **page,
        **_scores(sheet, standing),
        "case": case,
        "standing": standing,
        # Who else reviews is told as the programme says; how many have scored is no secret.
        "waiting": [one.expert.name for one in standing.waiting] if knows else [],
        "knows": knows,
        "concluded": Conclusion.objects.filter(application=case, replaced_at=None)
        .select_related("concluded_by", "confirmed_by")
        .first(),
        "earlier": list(Conclusion.objects.filter(application=case).exclude(replaced_at=None).order_by("pk")),
        "concluding": [offered[name] for name in CONCLUDING if name in offered and page["chairs"]],
        "confirming": [offered[name] for name in CONFIRMING if name in offered and page["chairs"]],
        "on_case": quorum_on(case) if page["chairs"] and sheet.assignment.seat_id else None,
        "revise_by": revise_by(case) if "ask_revision" in offered else None,
        "keys": {name: fresh_key() for name in offered},
        "typed": request.POST,
        "tried": tried,
        "wrong": wrong or {},
        "refusal": refusal,
    }
    return render(request, "scoring/conclusion.html", context, status=refusal.status if refusal else status)


def _scores(sheet: Sheet, standing: Standing) -> dict[str, Any]:
    """The scores of all, where all are in; who is still to score otherwise."""
    if not standing.all_in:
        return {}
    if (refusal := kept_from(sheet, standing)) is not None:
        return {"closed": refusal}
    table: Table = table_of(sheet.rubric, standing)
    return {
        "table": table,
        "arithmetic": arithmetic(sheet.rubric, standing),
        "flags": flags_shown(sheet.rubric, standing),
        "outcome": Conclusion.Outcome(standing.outcome).label if standing.outcome else "",
    }
