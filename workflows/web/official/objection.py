"""An objection: what is said and by whom, for officials of the authority alone; then decided with reasons."""

from typing import Any

from django.contrib import messages
from django.db.models import BigIntegerField, Count, F, Func, Value
from django.db.models.functions import Cast
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from accounts.doors import RoleNeeded, door, signed_in
from accounts.models import Role, User
from config.errors import Refusal
from config.words import T
from storage.views import deliver
from workflows.engine.asking import ROLE_WORDS, why
from workflows.engine.deadlines import is_provisional_on
from workflows.engine.perform import perform
from workflows.models import Event, Objection
from workflows.objections import decide_objection
from workflows.web.keys import fresh_key, key_of
from workflows.web.official.batch_acts import WhyMissing
from workflows.web.official.objection_rows import row_of
from workflows.web.official.scope import READERS, is_at, objections_by
from workflows.web.paging import page_of

FIELD = "objector"
VERDICTS = (
    (Objection.State.DISMISSED, gettext_lazy("Dismissed: the award stands, the person goes on")),
    (Objection.State.UPHELD, gettext_lazy("Upheld: the award of this person is revoked")),
    (Objection.State.REFUSED, gettext_lazy("Not admitted: late, anonymous, or not about this list")),
)
# Where there is no roster, the objection is about the case.
OF_THE_CASE = (
    (Objection.State.DISMISSED, gettext_lazy("Dismissed: the award stands, the case goes on")),
    (Objection.State.UPHELD, gettext_lazy("Upheld: the award of this case is to be revoked")),
    VERDICTS[2],
)


class VerdictMissing(Refusal):
    code = "verdict_missing"
    status = 422
    words = T(en="Choose how the objection is decided.", zh="请选择处理结果。")


class NotOpened(Refusal):
    code = "not_opened"
    status = 409
    words = T(
        en="Open the objection and read it before you decide it.",
        zh="请先打开异议内容，阅读后再作处理。",
    )


@door(*READERS)
@require_GET
def objections(request: HttpRequest) -> HttpResponse:
    """All objections by due day, those that wait first."""
    user = signed_in(request)
    found = objections_by(user)
    counts = dict(found.order_by().values_list("state").annotate(n=Count("pk")))
    shown = request.GET.get("show", "open")
    waiting = counts.get(Objection.State.RECEIVED, 0)
    total = sum(counts.values())
    if shown == "open":
        found = found.filter(state=Objection.State.RECEIVED)
    elif shown == "decided":
        found = found.exclude(state=Objection.State.RECEIVED)
    julian = Cast(Func(F("due_on"), Value("J"), function="to_char"), BigIntegerField())
    ranked: Any = found.annotate(rank=julian * 10**9 + F("pk"), provisional=is_provisional_on("due_on"))
    ranked = ranked.select_related("line__notice__batch").defer(
        "objector_name", "objector_contact", "statement"
    )
    totals = {"open": waiting, "decided": total - waiting}
    page = page_of(ranked, request.GET, by="rank", total=totals.get(shown, total))
    tabs = [
        {"slug": "open", "label": _("Waiting for a decision"), "count": waiting},
        {"slug": "decided", "label": _("Decided"), "count": total - waiting},
        {"slug": "all", "label": _("All"), "count": total},
    ]
    context = {"page": page, "rows": [row_of(o) for o in page.rows], "tabs": tabs, "shown": shown}
    return render(request, "official/objections.html", context)


def read_objection(user: User, pk: int) -> Objection:
    """The objection, if it is about a notice of an office of `user`.

    Raises:
        Http404: `user` may not know of it.
    """
    parties = (
        "line__notice__batch__round",
        "line__application__applicant",
        "line__person",
        "decided_by",
        "evidence",
    )
    found = objections_by(user).select_related(*parties).annotate(provisional=is_provisional_on("due_on"))
    return get_object_or_404(found, pk=pk)


def may_open(user: User, objection: Objection) -> bool:
    """Whether `user` may read who objects: officials of the authority, nobody else."""
    return is_at(user, objection.line.notice.batch.authority_id, Role.OFFICIAL)


def has_opened(user: User, objection: Objection) -> bool:
    """Whether the trail holds that `user` opened it."""
    return Event.objects.filter(
        application=objection.line.application_id,
        step="reveal",
        actor=user,
        data__contains={"field": FIELD, "objection": objection.pk},
    ).exists()


@door(*READERS)
@require_GET
def objection(request: HttpRequest, pk: int) -> HttpResponse:
    """One objection."""
    user = signed_in(request)
    return _page(request, read_objection(user, pk), user)


def _page(request: HttpRequest, found: Objection, user: User, refusal: Refusal | None = None) -> HttpResponse:
    official = may_open(user, found)
    waits = found.state == Objection.State.RECEIVED
    context = {
        "objection": found,
        "row": row_of(found),
        "line": found.line,
        "person": found.line.person,
        "case": found.line.application,
        "batch": found.line.notice.batch,
        "official": official,
        "opened": official and has_opened(user, found),
        "reasons": why("decide_objection", found.line.application, user) if official and waits else [],
        "verdicts": VERDICTS if found.line.person_id else OF_THE_CASE,
        "refusal": refusal,
        "typed": request.POST,
        "key": fresh_key(),
    }
    response = render(request, "official/objection.html", context, status=refusal.status if refusal else 200)
    response["Cache-Control"] = "no-store"
    return response


@door(*READERS)
@require_http_methods(["GET", "HEAD", "POST"])
def objection_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Open the confidential part; that somebody did is an event."""
    user = signed_in(request)
    found = _of_an_official(request, pk)
    if request.method == "POST" and not has_opened(user, found):
        data = {"field": FIELD, "objection": found.pk}
        perform("reveal", [found.line.application_id], actor=user, key=key_of(request), data=data)
    return redirect("objection", pk=pk)


def _of_an_official(request: HttpRequest, pk: int) -> Objection:
    user = signed_in(request)
    found = read_objection(user, pk)
    if not may_open(user, found):
        raise RoleNeeded(roles=ROLE_WORDS[Role.OFFICIAL])
    return found


@door(*READERS)
@require_GET
def objection_evidence(request: HttpRequest, pk: int) -> HttpResponse:
    """The document that came with it, for whoever has opened it."""
    found = _of_an_official(request, pk)
    if found.evidence is None:
        raise Http404
    if not has_opened(signed_in(request), found):
        raise NotOpened
    return deliver(found.evidence, inline=True)


@door(*READERS)
@require_http_methods(["GET", "HEAD", "POST"])
def objection_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide it with reasons; the person goes on or loses the award."""
    user = signed_in(request)
    if request.method != "POST":
        return redirect("objection", pk=read_objection(user, pk).pk)
    found = _of_an_official(request, pk)
    verdict, answer = request.POST.get("verdict", ""), request.POST.get("answer", "").strip()
    try:
        if not has_opened(user, found):
            raise NotOpened
        if verdict not in {str(value) for value, _words in VERDICTS}:
            raise VerdictMissing
        if not answer:
            raise WhyMissing
        decide_objection(found, verdict=verdict, answer=answer, actor=user, key=key_of(request))
    except Refusal as refusal:
        return _page(request, read_objection(user, pk), user, refusal)
    messages.success(request, _("Objection %(number)s is decided.") % {"number": found.number})
    return redirect("objection", pk=pk)
