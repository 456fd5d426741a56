"""One case: what it is, what can be done with it, and doing it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from accounts.doors import door, signed_in
from accounts.models import Role, User
from config.errors import Refusal
from config.words import T
from workflows.engine.asking import Offer, offers
from workflows.engine.declare import Step
from workflows.engine.perform import perform
from workflows.errors import Blocked, ReasonMissing
from workflows.models import Application, Event, TaxRecordImport
from workflows.web.appeal_rows import appeals_of
from workflows.web.budget import budget_of
from workflows.web.desk.reading import (
    answers_shown,
    clock_of,
    duplicates_of,
    history_of,
    papers_of,
    read_case,
    rule_counts,
)
from workflows.web.desk.steps import OWN_PAGE, choices, done_words, next_page
from workflows.web.keys import fresh_key
from workflows.web.pictures import colleagues, events_of, path_steps
from workflows.web.ratios import ratio_rows
from workflows.web.sessions.scope import heard_in


class DoneElsewhere(Refusal):
    """A step of the case that has a page of its own."""

    code = "done_elsewhere"
    status = 409
    words = T(
        en="“{step}” has a page of its own. Open the case and follow the link of that step.",
        zh="“{step}”在单独的页面办理。请打开本件，从该步骤的链接进入。",
    )


class NoColleague(Refusal):
    code = "no_colleague"
    status = 422
    words = T(en="Choose the colleague who takes the case over.", zh="请选择接手的同事。")


class NoTaxRecord(Refusal):
    code = "no_tax_record"
    status = 409
    words = T(
        en="No tax record has been imported for {round} yet. Import one first.",
        zh="{round}还没有导入税务记录，请先导入。",
    )


@door(Role.CLERK, Role.OFFICIAL, Role.CASHIER, Role.AUDITOR)
@require_GET
def case(request: HttpRequest, pk: int) -> HttpResponse:
    """The overview of a case."""
    user = signed_in(request)
    return _case_page(request, read_case(user, pk), user)


def _case_page(
    request: HttpRequest,
    case: Application,
    user: User,
    *,
    tried: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The overview; `tried` is a step that was refused, with what was typed."""
    offered = offers(case, user)
    events = events_of(case)
    by_name = {offer.step.name: offer for offer in offered}
    session, may_make = heard_in(case, user)
    context = {
        **head(case, events),
        "session": session,
        "may_make_session": may_make,
        "choices": choices(case, offered),
        "tried": tried,
        "reveal_key": fresh_key() if "reveal" in by_name else "",
        "give_key": fresh_key() if "give_dossier" in by_name else "",
        "ratios": ratio_rows(case),
        "budget": budget_of(case),
        "sections": answers_shown(case),
        "papers": papers_of(case),
        "counts": rule_counts(case),
        "appeals": appeals_of(case),
        "duplicates": duplicates_of(case, user) if case.rows_held else [],
        "history": history_of(case, events)[:6],
        **_handling(case, by_name),
    }
    return render(request, "desk/case.html", context, status=status)


def head(case: Application, events: list[Event]) -> dict[str, Any]:
    """What every page of a case shows on top."""
    return {"case": case, "steps": path_steps(case, events), "clock": clock_of(case, events)}


def _handling(case: Application, offered: dict[str, Offer]) -> dict[str, Any]:
    may_hand_over = "hand_over" in offered
    return {
        "may_claim": "claim" in offered and offered["claim"].is_open,
        "colleagues": [
            person
            for person in (colleagues(case.handler_id, Role.CLERK) if may_hand_over else [])
            if person.pk != case.assigned_to_id
        ],
        "handling_keys": {"claim": fresh_key(), "hand_over": fresh_key()},
        "compare_key": fresh_key() if "compare" in offered else "",
    }


@door(Role.CLERK, Role.OFFICIAL, Role.CASHIER, Role.AUDITOR)
@require_http_methods(["GET", "HEAD", "POST"])
def case_step(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Take a step on the case. A refusal draws the page as it stands now, with what was typed."""
    user = signed_in(request)
    case = read_case(user, pk)
    if request.method != "POST":
        return redirect("case", pk=pk)
    step = case.declaration.steps.get(name)
    if step is None:
        raise Http404
    if step.place in OWN_PAGE:
        raise DoneElsewhere(step=step.label)
    reason = request.POST.get("reason", "")
    try:
        perform(
            name,
            [pk],
            actor=user,
            key=request.POST.get("key", "")[:80],
            reason=reason,
            data=_data(step, case, request),
        )
    except (Blocked, ReasonMissing, NoColleague, NoTaxRecord) as refusal:
        tried = {"step": step, "reason": reason, "refusal": refusal, "moved": _moved(request, pk)}
        return _case_page(request, read_case(user, pk), user, tried=tried, status=refusal.status)
    messages.success(request, str(done_words(step, case)))
    return redirect(next_page(request, reverse("case", args=[pk])))


def _data(step: Step, case: Application, request: HttpRequest) -> dict[str, Any]:
    """What the step needs beside its reason."""
    if step.name == "hand_over":
        to = request.POST.get("to", "")
        if to not in {str(person.pk) for person in colleagues(case.handler_id, Role.CLERK)}:
            raise NoColleague
        return {"to": int(to)}
    if step.name == "compare":
        newest = (
            TaxRecordImport.objects.filter(round=case.round_id, stage=TaxRecordImport.Stage.DONE)
            .order_by("-imported_at")
            .first()
        )
        if newest is None:
            raise NoTaxRecord(round=case.round.title)
        return {"import": newest.pk}
    return {}


def _moved(request: HttpRequest, pk: int) -> Event | None:
    """The last event, where the case has moved since the page was drawn."""
    newest = Application.objects.only("version").get(pk=pk)
    if str(newest.version) == request.POST.get("version", ""):
        return None
    return Event.objects.filter(application=pk).select_related("actor").order_by("-seq").first()
