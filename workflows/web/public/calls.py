"""Open calls, and the first page of everybody who has no account."""

from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.doors import door
from workflows.engine.deadlines import is_provisional_on
from workflows.models import Notice, Round
from workflows.web.limits import path_of_programme
from workflows.web.paging import page_of
from workflows.web.public.progress import ProgressForm

SHOWN_AT_START = 5


@door(public=True)
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """What this is, what is open, what is on notice, and the way to one's own progress."""
    notices = (
        Notice.objects.on_show()
        .select_related("batch__round")
        .annotate(provisional=is_provisional_on("ends_on"))
        .order_by("-pk")[:SHOWN_AT_START]
    )
    return render(
        request,
        "public/start.html",
        {
            "calls": list(Round.objects.open().order_by("closes_at", "pk")[:SHOWN_AT_START]),
            "notices": list(notices),
            "form": ProgressForm(),
        },
    )


@door(public=True)
@require_safe
def calls(request: HttpRequest) -> HttpResponse:
    """Calls that are open now, those to come, and those that are over, newest first."""
    published = Round.objects.published()
    over = page_of(published.filter(closes_at__lte=Now()), request.GET)
    first = over.previous is None
    return render(
        request,
        "public/calls.html",
        {
            "open": list(Round.objects.open().order_by("closes_at", "pk")) if first else [],
            "to_come": list(published.filter(opens_at__gt=Now()).order_by("opens_at", "pk")) if first else [],
            "over": over,
            "first": first,
        },
    )


@door(public=True)
@require_safe
def call(request: HttpRequest, pk: int) -> HttpResponse:
    """One call: its window, what it is about, and the two ways in: check first, or apply."""
    round_ = get_object_or_404(Round.objects.published().select_related("handler", "authority"), pk=pk)
    declaration = round_.declaration
    return render(
        request,
        "public/call.html",
        {
            "round": round_,
            "guide": declaration.guide,
            "programme": declaration,
            "steps": path_of_programme(declaration),
            "papers": [paper for paper in declaration.papers_in(round_.policy) if not paper.state],
        },
    )
