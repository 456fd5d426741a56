"""Statistics of a round, and what is due: pictures whose tables stand beside them."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.doors import door, signed_in
from workflows.web.official.annual import figures_of
from workflows.web.official.figures import (
    by_industry,
    by_post,
    deadlines_ahead,
    durations,
    rounds_with_cases,
    states_of,
    totals_of,
)
from workflows.web.official.scope import READERS


@door(*READERS)
@require_GET
def statistics(request: HttpRequest) -> HttpResponse:
    """One round by state, money, time; and the deadlines ahead of the person's offices."""
    user = signed_in(request)
    rounds = rounds_with_cases(user)
    wanted = request.GET.get("round", "")
    chosen = next((r for r in rounds if str(r.pk) == wanted), rounds[0] if rounds else None)
    context: dict[str, Any] = {"rounds": rounds, "round": chosen, "deadlines": deadlines_ahead(user)}
    if chosen is not None:
        context |= {
            "totals": totals_of(chosen, user),
            "states": states_of(chosen, user),
            "industries": by_industry(chosen, user),
            "posts": by_post(chosen, user),
            "durations": durations(chosen, user),
            "figures": figures_of(chosen),
        }
    return render(request, "official/statistics.html", context)
