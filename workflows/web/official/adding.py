"""Choosing verified cases for a batch that is being prepared: some, or all that match."""

from typing import Any

from django.contrib import messages
from django.db.models import Q, Sum
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.doors import door, signed_in
from accounts.models import Industry, Role, User
from config.errors import Refusal
from config.templatetags.words import count
from workflows.approvals import NotTheirTask, consolidate
from workflows.engine.asking import doable
from workflows.errors import NothingSelected
from workflows.flows.approval_batch import TASKS, may_take
from workflows.models import Application, ApplicationQuerySet, Batch
from workflows.web.keys import fresh_key, key_of
from workflows.web.official.batch import read_batch
from workflows.web.official.sums import NEEDS_A_HAND, industry_words
from workflows.web.paging import page_of

LONGEST_SEARCH = 60


@door(Role.CLERK)
@require_http_methods(["GET", "HEAD", "POST"])
def batch_add(request: HttpRequest, pk: int) -> HttpResponse:
    """The verified cases of the batch's round, to be chosen; then consolidated, all of the chosen or none."""
    user = signed_in(request)
    batch = read_batch(user, pk)
    if not may_take(user, "prepare", batch):
        raise NotTheirTask(task=TASKS["prepare"][0], number=batch.number)
    if batch.stage != Batch.Stage.PREPARING:
        return redirect("batch", pk=pk)
    if request.method != "POST":
        return _page(request, batch, user, request.GET)
    query = QueryDict(request.POST.get("query", ""))
    ids = _chosen(request, batch, user, query)
    try:
        if not ids:
            raise NothingSelected
        done = consolidate(batch, ids, by=user, key=key_of(request))
    except Refusal as refusal:
        return _page(request, batch, user, query, refusal)
    words = ngettext("%(n)s case added to %(number)s.", "%(n)s cases added to %(number)s.", done.count)
    messages.success(request, words % {"n": count(done.count), "number": batch.number})
    return redirect("batch", pk=pk)


def fitting(batch: Batch, user: User) -> ApplicationQuerySet:
    """Cases that `user` can put into the batch now."""
    can = doable(batch.round.declaration, "consolidate", user)
    return Application.objects.filter(can, round=batch.round_id)


def _matching(cases: ApplicationQuerySet, query: QueryDict) -> ApplicationQuerySet:
    wanted = query.get("q", "").strip()[:LONGEST_SEARCH]
    if wanted:
        cases = cases.filter(Q(number__istartswith=wanted) | Q(applicant__name__icontains=wanted))
    if query.get("industry") in Industry.values:
        cases = cases.filter(industry=query["industry"])
    if query.get("ready"):
        cases = cases.exclude(NEEDS_A_HAND)
    return cases


def _chosen(request: HttpRequest, batch: Batch, user: User, query: QueryDict) -> list[int]:
    if request.POST.get("all"):
        found = _matching(fitting(batch, user), query)
        return list(found.order_by("pk").values_list("pk", flat=True))
    ticked = {int(pk) for pk in request.POST.getlist("case") if pk.isdecimal() and len(pk) < 18}
    # What does not belong here is not told from what does not exist.
    known = Application.objects.filter(round=batch.round_id, handler=batch.handler_id, pk__in=ticked)
    return list(known.values_list("pk", flat=True))


def _page(
    request: HttpRequest, batch: Batch, user: User, query: QueryDict, refusal: Refusal | None = None
) -> HttpResponse:
    found = _matching(fitting(batch, user), query)
    totals = found.aggregate(fen=Sum("amount_fen"), people=Sum("rows_granted"))
    page = page_of(
        found.select_related("applicant").defer("answers", "sealed_answers"),
        query,
        by="pk",
        total=found.count(),
    )
    kept = query.copy()
    for name in ("after", "before"):
        kept.pop(name, None)
    rows: list[dict[str, Any]] = [{"case": c, "industry": industry_words(c.industry)} for c in page.rows]
    context = {
        "batch": batch,
        "page": page,
        "rows": rows,
        "totals": totals,
        "query": kept.urlencode(),
        "narrowed": bool(kept),
        "q": query.get("q", ""),
        "industry": query.get("industry", ""),
        "ready": query.get("ready", ""),
        "industries": Industry.choices,
        "key": fresh_key(),
        "refusal": refusal,
    }
    return render(request, "official/batch_add.html", context, status=refusal.status if refusal else 200)
