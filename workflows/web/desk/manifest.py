"""The page of a manifest: who can go, who cannot and why, the signature, how far it is, and what became of it."""

import csv
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from accounts.doors import door, signed_in
from accounts.models import Role, User
from config.errors import Refusal
from config.templatetags.words import count
from config.words import T
from forms.sheets import neutral
from workflows import manifests
from workflows.engine.freeze import report
from workflows.engine.phases import phase_of
from workflows.models import Application, Manifest
from workflows.programmes import programme as declared
from workflows.web.desk.selection import obstacles_of, rounds_of
from workflows.web.desk.steps import address
from workflows.web.keys import fresh_key, key_of

DESK = (Role.CLERK, Role.OFFICIAL, Role.CASHIER, Role.AUDITOR)
NEW = "new"
Stage, Mode = Manifest.Stage, Manifest.Mode
PHASES = {
    "locking": T("Locking the cases and checking every condition again.", "正在锁定事项，逐项复核办理条件。"),
    "effect": T("Working out what the step changes.", "正在计算本步骤带来的变动。"),
    "writing": T("Writing states, events, deadlines and messages.", "正在写入状态、留痕、期限和通知。"),
}
QUEUED = T("Waiting for a worker.", "正在排队，等待后台办理。")


def mine(user: User, pk: int) -> Manifest:
    """The manifest, if `user` drew it up.

    Raises:
        Http404: it is somebody else's, or there is none.
    """
    return get_object_or_404(Manifest.objects.select_related("actor"), pk=pk, actor=user)


@door(*DESK)
@require_GET
def manifest(request: HttpRequest, pk: int) -> HttpResponse:
    """The manifest as it stands: to be signed, on its way, or settled."""
    user = signed_in(request)
    found = mine(user, pk)
    if request.headers.get("HX-Request") and found.stage == Stage.SIGNED:
        return render(request, "desk/manifest_progress.html", _progress(found))
    response = _page(request, found, user)
    if request.headers.get("HX-Request"):
        # It has ended since the page asked last: the whole page is drawn anew.
        response["HX-Refresh"] = "true"
    return response


def _page(request: HttpRequest, found: Manifest, user: User, refusal: Refusal | None = None) -> HttpResponse:
    programme = declared(found.programme)
    step = programme.steps[found.step]
    open_ = found.stage == Stage.READY
    context = {
        "manifest": found,
        "step": step,
        "refusal": refusal,
        "declaration": programme,
        "obstacles": obstacles_of(found, programme, step, user),
        "rounds": rounds_of(found, user) if open_ and step.place == "selection" and found.possible else [],
        "key": fresh_key(),
        "back": f"{reverse('worklist')}?{found.search.get('query', '')}".rstrip("?"),
        "long": found.possible > manifests.AT_ONCE,
        "NEW": NEW,
        **_progress(found),
        **_outcome(found),
    }
    return render(request, "desk/manifest.html", context, status=refusal.status if refusal else 200)


def _progress(found: Manifest) -> dict[str, Any]:
    phase = phase_of(manifests.work_of(found)) if found.stage == Stage.SIGNED else None
    return {
        "manifest": found,
        "phase": PHASES.get(phase.name, QUEUED) if phase else QUEUED,
        "since": phase.since if phase else None,
    }


def _outcome(found: Manifest) -> dict[str, Any]:
    told = found.outcome
    if found.stage == Stage.REFUSED:
        return {"refused": T(en=told["en"], zh=told["zh"])}
    return {"done": told.get("count", 0)}


@door(*DESK)
@require_http_methods(["GET", "HEAD", "POST"])
def manifest_commit(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign it. Few cases are carried out at once; for many a worker does it, and the page shows how far it is."""
    user = signed_in(request)
    found = mine(user, pk)
    if request.method != "POST":
        return redirect("manifest", pk=pk)
    signature: dict[str, Any] = {
        "signature": request.POST.get("signature", ""),
        "key": key_of(request),
        "mode": Mode.POSSIBLE if request.POST.get("mode") == Mode.POSSIBLE else Mode.ALL,
        "data": _data(request, found),
        "reason": request.POST.get("reason", "").strip(),
    }
    try:
        taken = manifests.take(found, **signature)
    except Refusal as refusal:
        return _page(request, mine(user, pk), user, refusal)
    return _done(request, mine(user, pk)) if taken else redirect("manifest", pk=pk)


def _data(request: HttpRequest, found: Manifest) -> dict[str, Any]:
    if declared(found.programme).steps[found.step].place != "selection":
        return {}
    chosen = {
        name.removeprefix("batch-"): value
        for name, value in request.POST.items()
        if name.startswith("batch-")
    }
    return {"batches": chosen}


def _done(request: HttpRequest, found: Manifest) -> HttpResponse:
    step = declared(found.programme).steps[found.step]
    n = found.outcome["count"]
    words = ngettext("%(done)s: %(count)s case", "%(done)s: %(count)s cases", n)
    messages.success(request, words % {"done": step.done, "count": count(n)})
    if found.blocked:
        return redirect("manifest", pk=found.pk)
    batches = found.outcome.get("batches", [])
    if len(batches) == 1 and (url := address("batch", batches[0])):
        return redirect(url)
    return redirect(f"{reverse('worklist')}?{found.search.get('query', '')}".rstrip("?"))


@door(*DESK)
@require_GET
def manifest_blocked(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """Every case that cannot go along with every reason, as CSV, line by line."""
    found = mine(signed_in(request), pk)
    response = StreamingHttpResponse(_lines(found), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="manifest-{pk}-blocked.csv"'
    response["Cache-Control"] = "no-store"
    return response


class _Echo:
    """What `csv` writes to: gives the line back."""

    def write(self, line: str) -> str:
        return line


def _lines(found: Manifest) -> Iterator[bytes]:
    programme = declared(found.programme)
    writer = csv.writer(_Echo())
    yield b"\xef\xbb\xbf" + _line(writer, [_("Number"), _("Applicant"), _("State"), _("Reason")])
    for one in report(found, programme, programme.steps[found.step]):
        for reason in one.reasons:
            yield _line(
                writer, [_name(one.case), one.case.applicant.name, str(one.case.standing.label), str(reason)]
            )


def _line(writer: Any, cells: list[Any]) -> bytes:
    return str(writer.writerow([neutral(cell) for cell in cells])).encode()


def _name(case: Application) -> str:
    return case.number or ""
