"""How a refusal is told: as a page, as a part of a page, or as JSON, always with its code and a way back."""

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from config.errors import Refusal


def refuse(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The answer to a request that is not done: its status, its sentence, its code, the way back."""
    context = {"refusal": refusal, "sentence": str(refusal), "way_back": way_back(request)}
    if wants_json(request):
        response: HttpResponse = JsonResponse(
            {"code": refusal.code, "sentence": str(refusal)}, status=refusal.status
        )
    elif request.headers.get("HX-Request") == "true":
        response = render(request, "parts/refusal.html", context, status=refusal.status)
        response["HX-Retarget"] = "#refusal"
        response["HX-Reswap"] = "innerHTML"
    else:
        response = render(request, "refused.html", context, status=refusal.status)
    response.refusal = refusal  # type: ignore[attr-defined]
    return response


def wants_json(request: HttpRequest) -> bool:
    """Whether a program asked: the API, a fetch by our own script, or a client that prefers JSON."""
    if request.headers.get("HX-Request") == "true":
        return False
    if request.path.startswith("/api/") or request.content_type == "application/json":
        return True
    if request.headers.get("Sec-Fetch-Dest") == "empty":
        return True
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def way_back(request: HttpRequest) -> str:
    """The page that the person came from, if it is one of ours and not this one; else the start page."""
    page = form_page(request)
    return reverse("home") if page == request.path and request.method == "GET" else page


def form_page(request: HttpRequest) -> str:
    """The path (with its query) of the page whose form was sent: the referring one, or the request's own."""
    referer = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(referer, {request.get_host()}, require_https=request.is_secure()):
        parts = urlsplit(referer)
        return parts.path + (f"?{parts.query}" if parts.query else "")
    return request.path
