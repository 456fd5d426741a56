"""What people press on a batch. Whatever is refused draws the page as it stands now, with what was typed."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.doors import door, signed_in
from accounts.models import User
from config.errors import Refusal
from config.words import T
from workflows import approvals
from workflows.errors import NothingSelected
from workflows.flows.approval_batch import TASKS
from workflows.models import Application, Batch
from workflows.web.keys import key_of
from workflows.web.official.batch import batch_page, read_batch
from workflows.web.official.dry_run import reasons_of
from workflows.web.official.scope import READERS
from workflows.web.pictures import colleagues


class NotChecked(Refusal):
    code = "not_checked"
    status = 422
    words = T(
        en="Tick that you have checked the list, then sign.",
        zh="请先勾选“我已核对清单”，再签署。",
    )


class NobodyChosen(Refusal):
    code = "nobody_chosen"
    status = 422
    words = T(en="Choose the colleague who takes the task over.", zh="请选择接手的同事。")


class WhyMissing(Refusal):
    code = "why_missing"
    status = 422
    words = T(en="Write one sentence that says why.", zh="请写一句话说明理由。")


@door(*READERS)
@require_http_methods(["GET", "HEAD", "POST"])
def batch_act(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Do `action` on the batch."""
    act = ACTS.get(action)
    if act is None:
        raise Http404
    user = signed_in(request)
    found = read_batch(user, pk)
    if request.method != "POST":
        # After a refusal the page stands at this address; its pages and its language lead back.
        return redirect(f"{reverse('batch', args=[pk])}?{request.GET.urlencode()}".rstrip("?"))
    try:
        said = act(request, found, user)
    except Refusal as refusal:
        return batch_page(request, read_batch(user, pk), user, refusal=refusal, action=action)
    messages.success(request, said)
    return redirect("batch", pk=pk)


def _reason(request: HttpRequest) -> str:
    reason = request.POST.get("reason", "").strip()
    if not reason:
        raise WhyMissing
    return reason


def _claim(_request: HttpRequest, batch: Batch, user: User) -> str:
    approvals.claim(batch, by=user)
    return _("The task is yours now.")


def _hand_over(request: HttpRequest, batch: Batch, user: User) -> str:
    task = approvals.STAGE_TASK.get(Batch.Stage(batch.stage), "")
    offices = (batch.handler_id, batch.authority_id)
    roles = TASKS[task][1] if task else ()
    known = {str(p.pk): p for role in roles for office in offices for p in colleagues(office, role)}
    to = known.get(request.POST.get("to", ""))
    if to is None:
        raise NobodyChosen
    approvals.hand_over(batch, by=user, to=to)
    return _("%(name)s has the task now.") % {"name": to}


def _hand_in(request: HttpRequest, batch: Batch, user: User) -> str:
    return _stands(approvals.hand_in(batch, by=user, key=key_of(request)))


def _verify(request: HttpRequest, batch: Batch, user: User) -> str:
    return _stands(approvals.verify(batch, by=user, key=key_of(request)))


def _approve(request: HttpRequest, batch: Batch, user: User) -> str:
    if "checked" not in request.POST:
        raise NotChecked
    signed = request.POST.get("signed", "")
    return _stands(approvals.approve(batch, by=user, key=key_of(request), signed=signed))


def _send_back(request: HttpRequest, batch: Batch, user: User) -> str:
    return _stands(approvals.send_back(batch, by=user, key=key_of(request), reason=_reason(request)))


def _release(request: HttpRequest, batch: Batch, user: User) -> str:
    if "checked" not in request.POST:
        raise NotChecked
    return _stands(approvals.release_notice(batch, by=user, key=key_of(request)))


def _close(request: HttpRequest, batch: Batch, user: User) -> str:
    return _stands(approvals.close(batch, by=user, key=key_of(request)))


def _take_out(request: HttpRequest, batch: Batch, user: User) -> str:
    """The ticked cases, or with `blocked` every one that keeps the batch from going on."""
    if "blocked" in request.POST:
        all_of_it = Application.objects.filter(batch=batch).values_list("pk", flat=True)
        ids = list(reasons_of(batch, list(all_of_it), user))
    else:
        ids = [int(pk) for pk in request.POST.getlist("case") if pk.isdecimal() and len(pk) < 18]
    if not ids:
        raise NothingSelected
    out = approvals.take_out(batch, ids, by=user, key=key_of(request), reason=_reason(request))
    return _("Taken out: %(n)s. They wait again for consolidation.") % {"n": out.count}


def _stands(batch: Batch) -> str:
    return _("Batch %(number)s: %(stage)s.") % {"number": batch.number, "stage": batch.get_stage_display()}


ACTS: dict[str, Callable[[HttpRequest, Batch, User], str]] = {
    "claim": _claim,
    "hand_over": _hand_over,
    "hand_in": _hand_in,
    "verify": _verify,
    "approve": _approve,
    "send_back": _send_back,
    "release_notice": _release,
    "close": _close,
    "take_out": _take_out,
}
