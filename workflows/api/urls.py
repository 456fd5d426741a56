"""Addresses of the API, under /api/v1/. Its operations ask for their token themselves: see `bearer`."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import URLPattern, path, re_path
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt

from accounts.doors import door
from config.words import T
from workflows.api import (
    batch_acts,
    batches,
    bids,
    cases,
    days,
    dossier,
    exclusions,
    expert_base,
    expert_files,
    experts,
    imports,
    inspections,
    manifests,
    messages,
    notices,
    objections,
    openapi,
    own_file,
    papers,
    payments,
    people,
    planning,
    points,
    programmes,
    published,
    returns,
    reveal,
    review_rounds,
    reviews,
    scores,
    searches,
    seats,
    sections,
    session_acts,
    sessions,
    sheets,
    steps,
    tax_records,
    uploads,
    visits,
    webhooks,
    worklist,
)
from workflows.api.instance import NOT_FOUND, api
from workflows.api.problems import problem
from workflows.api.routes import ROUTER

app_name = "api"
NOT_ALLOWED = T(en="This address takes {methods}.", zh="该地址只接受 {methods}。")

# The nouns declare their operations by being imported.
NOUNS = (
    programmes, cases, steps, reveal, dossier, sections, people, imports, papers, points, uploads, worklist,
    manifests, searches, tax_records, batches, batch_acts, notices, objections, payments, returns, messages,
    webhooks, reviews, sheets, experts, review_rounds, sessions,
    session_acts, seats, planning, bids, expert_base, expert_files, own_file,
    inspections, visits, scores, exclusions, days, published,
)  # fmt: skip
api.add_router("", ROUTER)


def _told(view: Callable[..., HttpResponse], operation: str = "") -> Callable[..., HttpResponse]:
    """An operation's view: what it answers is nobody else's, and a wrong method is a problem like the others."""

    @csrf_exempt
    @wraps(view)
    def told(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if isinstance(response, HttpResponseNotAllowed):
            allowed = response["Allow"]
            sentence = NOT_ALLOWED.format(methods=allowed)
            response = problem(request, 405, "method_not_allowed", str(sentence))
            response["Allow"] = allowed
        response.headers.setdefault("Cache-Control", "private, no-store")
        patch_vary_headers(response, ["Authorization", "Accept-Language"])
        return response

    # The tables of permissions keep operations apart from pages by this.
    told.operation = operation or None  # type: ignore[attr-defined]
    # The session opens nothing here: `bearer` asks for a token.
    return door(public=True)(told)


def nothing(request: HttpRequest) -> HttpResponse:
    """Any other address."""
    return problem(request, 404, "not_found", str(NOT_FOUND))


operations: list[URLPattern] = [
    URLPattern(entry.pattern, _told(entry.callback, entry.name or ""), entry.default_args, entry.name)
    for entry in api.urls[0]
    if isinstance(entry, URLPattern) and entry.name != "api-root"
]
urlpatterns = [
    path("openapi.json", openapi.openapi, name="openapi"),
    path("", openapi.docs, name="docs"),
    *operations,
    re_path(r"^.*$", _told(nothing), name="nothing"),
]
