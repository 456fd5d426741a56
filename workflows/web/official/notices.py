"""Public notices as the office sees them: what runs and for how long, what is over, and whether a list is unchanged."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce, Now
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.doors import door, signed_in
from accounts.models import Role, User
from config.errors import Refusal
from workflows.engine.deadlines import is_provisional_on
from workflows.models import CalendarDay, NoticeLine, Objection
from workflows.notices import change, lines_sha256
from workflows.web.keys import fresh_key, key_of
from workflows.web.official.objection_rows import rows_of
from workflows.web.official.scope import READERS, is_at, notices_by, objections_by
from workflows.web.paging import page_of
from workflows.web.public.notices import category_words

LINES_A_PAGE = 100
RUNNING_SHOWN = 50


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One notice with its people, its objections, and the working days it still stands."""

    notice: Any
    days_left: int | None


@door(*READERS)
@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """What is on notice, objections that wait, and what is over."""
    user = signed_in(request)
    counted = _counted(notices_by(user))
    running = list(
        counted.filter(shown_until__gt=Now(), withdrawn_at=None).order_by("shown_until")[:RUNNING_SHOWN]
    )
    over = counted.exclude(shown_until__gt=Now(), withdrawn_at=None)
    page = page_of(over, request.GET)
    left = days_left({notice.ends_on for notice in running})
    waiting = objections_by(user).filter(state=Objection.State.RECEIVED)
    context = {
        "running": [NoticeRow(notice, left.get(notice.ends_on)) for notice in running],
        "page": page,
        "objections": rows_of(waiting.order_by("due_on", "pk")[:RUNNING_SHOWN]),
        "waiting": waiting.count(),
    }
    return render(request, "official/notices.html", context)


def _counted(notices: Any) -> Any:
    """Notices with `people`, `objections` and `open_objections`, each counted apart."""
    lines = (
        NoticeLine.objects.filter(notice=OuterRef("pk")).order_by().values("notice").annotate(n=Count("pk"))
    )
    made = Objection.objects.filter(line__notice=OuterRef("pk")).order_by().values("line__notice")
    made = made.annotate(n=Count("pk"))
    return notices.select_related("batch__round").annotate(
        provisional=is_provisional_on("ends_on"),
        people=_number(lines),
        objections=_number(made),
        open_objections=_number(made.filter(state=Objection.State.RECEIVED)),
    )


def _number(counted: Any) -> Coalesce:
    return Coalesce(Subquery(counted.values("n"), output_field=IntegerField()), 0)


def days_left(ends: Collection[date]) -> dict[date, int]:
    """Last day → working days from tomorrow up to it; a day that the calendar does not know is left out."""
    today = timezone.localdate()
    ordinals = dict(CalendarDay.objects.filter(day__in=[today, *ends]).values_list("day", "ordinal"))
    if today not in ordinals:
        return {}
    return {end: ordinals[end] - ordinals[today] for end in ends if end in ordinals}


@door(*READERS)
@require_GET
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """One notice: its frozen list, whether the list is what was released, its objections."""
    user = signed_in(request)
    return _page(request, _read(user, pk), user)


def _read(user: User, pk: int) -> Any:
    """Raises:
    Http404: `user` may not know of it.
    """
    return get_object_or_404(
        notices_by(user)
        .select_related("batch__round", "batch__authority", "released_by", "withdrawn_by")
        .annotate(provisional=is_provisional_on("ends_on")),
        pk=pk,
    )


@door(Role.OFFICIAL)
@require_http_methods(["GET", "HEAD", "POST"])
def notice_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the notice down before its end, with the reason that the public reads."""
    return _change(request, pk, "withdraw_notice", _("The notice is withdrawn."))


@door(Role.OFFICIAL)
@require_http_methods(["GET", "HEAD", "POST"])
def notice_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a withdrawn notice again, for a whole period."""
    return _change(request, pk, "show_notice_again", _("The notice is on show again."))


def _change(request: HttpRequest, pk: int, step: str, said: str) -> HttpResponse:
    user = signed_in(request)
    found = _read(user, pk)
    if request.method != "POST":
        return redirect("notice", pk=pk)
    try:
        change(found, step, by=user, key=key_of(request), reason=request.POST.get("reason", "").strip()[:500])
    except Refusal as refusal:
        return _page(request, _read(user, pk), user, refusal)
    messages.success(request, said)
    return redirect("notice", pk=pk)


def _page(request: HttpRequest, found: Any, user: User, refusal: Refusal | None = None) -> HttpResponse:
    lines = NoticeLine.objects.filter(notice=found)
    page = page_of(lines, request.GET, by="position", size=LINES_A_PAGE, total=lines.count())
    context = {
        "notice": found,
        "refusal": refusal,
        "typed": request.POST,
        "key": fresh_key(),
        "official": is_at(user, found.batch.authority_id, Role.OFFICIAL),
        "batch": found.batch,
        "rule": found.batch.round.declaration.notice,
        "page": page,
        "lines": [(line, category_words(line.category)) for line in page.rows],
        "unchanged": lines_sha256(found) == found.sha256,
        "on_show": found.withdrawn_at is None and found.shown_from <= timezone.now() < found.shown_until,
        "left": days_left({found.ends_on}).get(found.ends_on),
        "objections": rows_of(objections_by(user).filter(line__notice=found).order_by("due_on", "pk")),
    }
    return render(request, "official/notice.html", context, status=refusal.status if refusal else 200)
