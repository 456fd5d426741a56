"""The conflicts of a case: who is kept away, by which rule, on what evidence; declaring and settling."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.shortcuts import redirect as to
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.doors import door, signed_in
from accounts.models import Role, User
from config.errors import Refusal
from config.words import T
from workflows.engine.asking import offers
from workflows.engine.perform import perform
from workflows.models import Application, Assignment, Conflict, Expert
from workflows.review.recusal.evidence import evidence_of, title_of
from workflows.review.recusal.rules import FOUND_BY, RULES
from workflows.web.desk.case import head
from workflows.web.desk.reading import read_case
from workflows.web.keys import fresh_key, key_of
from workflows.web.pictures import events_of

HOW = (
    (Conflict.Settled.DISMISSED, T("Dismissed: it is not so", "不成立：情况不属实")),
    (Conflict.Settled.WAIVED, T("Waived: it does not matter here", "豁免：不影响本件评审")),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One conflict on the page, with who may settle it."""

    conflict: Conflict
    yours: bool
    key: str

    @property
    def stands(self) -> bool:
        return not self.conflict.settled_as

    @property
    def title(self) -> T:
        return title_of(self.conflict)

    @property
    def period(self) -> T | str:
        rule = RULES.get(self.conflict.rule)
        return rule.period if rule and rule in FOUND_BY else ""

    @property
    def evidence(self) -> list[T]:
        return evidence_of(self.conflict)


@dataclass(slots=True)
class Tied:
    """An expert with the conflicts on this case."""

    expert: Expert
    lines: list[Line] = field(default_factory=list)

    @property
    def kept_away(self) -> bool:
        return any(line.stands for line in self.lines)


@door(Role.CLERK, Role.OFFICIAL, Role.CASHIER, Role.AUDITOR)
@require_safe
def case_conflicts(request: HttpRequest, pk: int) -> HttpResponse:
    """Everybody who is tied to the applicant, who is kept away first."""
    user = signed_in(request)
    return _page(request, read_case(user, pk), user)


@door(Role.CLERK, Role.OFFICIAL)
@require_POST
def conflict_declare(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep an expert away from the case, with the reason."""
    user = signed_in(request)
    case = read_case(user, pk)
    data = {"expert": request.POST.get("expert", "").strip()[:12]}
    return _done(
        request, case, user, "declare_conflict_for", data, _("The expert is kept away from this case.")
    )


@door(Role.CLERK, Role.OFFICIAL)
@require_POST
def conflict_settle(request: HttpRequest, pk: int, conflict: int) -> HttpResponse:
    """Dismiss or waive a conflict, with the reason; never one's own declaration."""
    user = signed_in(request)
    case = read_case(user, pk)
    found = get_object_or_404(Conflict, application=case, pk=conflict)
    data = {"conflict": found.pk, "how": request.POST.get("how", "")}
    return _done(request, case, user, "settle_conflict", data, _("The conflict is settled."))


def _done(
    request: HttpRequest, case: Application, user: User, step: str, data: dict[str, Any], words: str
) -> HttpResponse:
    reason = request.POST.get("reason", "").strip()[:500]
    try:
        perform(step, [case.pk], actor=user, key=key_of(request), reason=reason, data=data)
    except Refusal as refusal:
        tried = {"step": step, "refusal": refusal, "reason": reason, **data}
        return _page(request, read_case(user, case.pk), user, tried=tried, status=refusal.status)
    messages.success(request, words)
    return to("case_conflicts", pk=case.pk)


def _page(
    request: HttpRequest,
    case: Application,
    user: User,
    *,
    tried: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    offered = {offer.step.name for offer in offers(case, user) if offer.is_open}
    tied = _tied(case, user)
    context = {
        **head(case, events_of(case)),
        "kept_away": [one for one in tied if one.kept_away],
        "settled": [one for one in tied if not one.kept_away],
        "may_declare": "declare_conflict_for" in offered,
        "may_settle": "settle_conflict" in offered,
        "how": HOW,
        "rules": FOUND_BY,
        "assigned": Assignment.objects.filter(application=case, state="standing").select_related("expert"),
        "excluded": case.excluded_experts.order_by("pk"),
        "key": fresh_key(),
        "tried": tried,
    }
    response = render(request, "recusal/conflicts.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _tied(case: Application, user: User) -> list[Tied]:
    """By expert; one query."""
    rows = Conflict.objects.filter(application=case).select_related("expert", "declared_by", "settled_by")
    found: dict[int, Tied] = {}
    for conflict in rows.order_by("expert__code", "rule"):
        tied = found.setdefault(conflict.expert_id, Tied(conflict.expert))
        yours = user.pk in {conflict.declared_by_id, conflict.expert.user_id}
        tied.lines.append(Line(conflict, yours, fresh_key()))
    return list(found.values())
