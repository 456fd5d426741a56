"""The lot of a round: announced and filled in by the office, read and drawn again by everybody."""

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.doors import door, signed_in
from config.errors import Refusal
from config.words import T
from workflows.dossier.plain import canonical
from workflows.engine.clock import HERE
from workflows.models import Lot
from workflows.review.draw.rfc3797 import key_of
from workflows.review.draw.seeds import Source
from workflows.review.ranking.lots import announce_lot, enter_numbers, lot_of, method_of, seed_of, ties_of_lot
from workflows.review.sessions.refusals import NotUnderstood
from workflows.web.official.scope import READERS, rounds_by
from workflows.web.public.notices import unindexed
from workflows.web.scoring.ranking import may_freeze, ranking_page
from workflows.web.sessions.acts import number_of


@door(*READERS)
@require_POST
def ranking_lot(request: HttpRequest, pk: int) -> HttpResponse:
    """Announce a lot for the ties of a round, or enter the numbers as they came out."""
    user = signed_in(request)
    round_ = get_object_or_404(rounds_by(user).select_related("handler", "authority"), pk=pk)
    if round_.declaration.rubric is None or not may_freeze(user, round_):
        raise Http404
    try:
        if "numbers1" in request.POST:
            enter_numbers(round_, _numbers(request, lot_of(round_)), by=user)
            messages.success(request, _("The numbers are entered; equals have an order."))
        else:
            announce_lot(round_, [_source(request)], by=user, reason=request.POST.get("reason", ""))
            messages.success(request, _("The lot is announced; its page is public."))
    except Refusal as refusal:
        return ranking_page(request, user, round_, refusal=refusal)
    return redirect("ranking", pk=pk)


def _source(request: HttpRequest) -> Source:
    name = request.POST.get("source", "").strip()[:80]
    if not name:
        raise NotUnderstood(what=T("name of the source", "来源名称"))
    return Source(
        name, number_of(request, "count", T("how many numbers", "数字个数")),
        number_of(request, "lowest", T("lowest", "最小值")), number_of(request, "highest", T("highest", "最大值")),
        _known_at(request),
    )  # fmt: skip


def _known_at(request: HttpRequest) -> datetime:
    try:
        found = parse_datetime(request.POST.get("known_at", "").strip())
    except ValueError:
        found = None
    if found is None:
        raise NotUnderstood(what=T("known from", "公开时间"))
    return found if found.tzinfo else found.replace(tzinfo=HERE)


def _numbers(request: HttpRequest, lot: Lot | None) -> dict[str, list[int]]:
    """The numbers of each source, separated by blanks or commas."""
    found = {}
    for n, source in enumerate(method_of(lot).sources if lot else (), 1):
        words = request.POST.get(f"numbers{n}", "").replace(",", " ").replace("，", " ").split()
        if not words or not all(word.isdecimal() and len(word) < 16 for word in words):
            raise NotUnderstood(what=source.name)
        found[source.name] = [int(word) for word in words]
    return found


@door(public=True)
@require_safe
def public_lot(request: HttpRequest, sha256: str) -> HttpResponse:
    """What was announced, the numbers, and how to work out again the order that they gave."""
    lot = get_object_or_404(Lot.objects.select_related("round"), sha256=sha256)
    newest = lot_of(lot.round)
    seed = seed_of(lot)
    context = {
        "lot": lot,
        "sources": [
            ({**one, "known_at": parse_datetime(one["known_at"])}, (lot.numbers or {}).get(one["name"]))
            for one in lot.announcement["seed"]["sources"]
        ],
        "announcement": canonical(lot.announcement),
        "key": key_of(seed) if seed else "",
        "ties": ties_of_lot(lot),
        "replaced": newest if newest is not None and newest.pk != lot.pk else None,
    }
    answer = render(request, "scoring/public_lot.html", context)
    unindexed(answer)
    return answer
