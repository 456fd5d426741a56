"""Who asks, in which language, for how long, and through which door."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import structlog
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

from accounts import kept_input
from accounts.doors import Door, NoDoor, RoleNeeded, door_of
from accounts.models import Role
from config.refusals import form_page, refuse, wants_json
from config.words import T

log = structlog.get_logger("accounts")

Answer = Callable[[HttpRequest], HttpResponse]
LANGUAGE_CODES = frozenset(code for code, _name in settings.LANGUAGES)


class Language:
    """The language last chosen in this browser (sign-in sets the person's own); Chinese otherwise.

    A program says it with each request, by `Accept-Language`.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if not chosen and request.path.startswith("/api/"):
            chosen = _accepted(request.headers.get("Accept-Language", ""))
        code = chosen if chosen in LANGUAGE_CODES else settings.LANGUAGE_CODE
        with translation.override(code):
            request.LANGUAGE_CODE = code
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", code)
        return response


def _accepted(header: str) -> str:
    """The first language of `header` that the interface speaks; nothing for none."""
    for wanted, _quality in parse_accept_lang_header(header.lower()):
        try:
            return translation.get_supported_language_variant(wanted)
        except LookupError:
            continue
    return ""


class IdleTimeout:
    """Sign out who has not asked for a page for 30 minutes (staff 15), 等保 level 3.

    A page that asks by itself (header `X-Background: 1`) does not count as the person being there.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = int(time.time())
            seen = request.session.get("seen_at", now)
            if now - seen > _idle_limit_seconds(request):
                request.idle_user_id = request.user.pk  # type: ignore[attr-defined]
                log.info("idle_timeout", user_id=request.user.pk)
                logout(request)
            # Once a minute is exact enough, and spares a write per request.
            elif request.headers.get("X-Background") != "1" and (
                "seen_at" not in request.session or now - seen >= 60
            ):
                request.session["seen_at"] = now
        return self.get_response(request)


def _idle_limit_seconds(request: HttpRequest) -> int:
    seconds: int = settings.IDLE_TIMEOUT_SECONDS
    if request.user.is_authenticated and request.user.is_staff_member:
        seconds = settings.IDLE_TIMEOUT_STAFF_SECONDS
    return seconds


class SignedInUnlessPublic:
    """Let in through the declared door, and nobody where none is declared.

    Input of a person whose session ended is kept for after sign-in (`request.kept_input`), and so is the
    input of a refused request, for the way back.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.kept_input = None  # type: ignore[attr-defined]
        response = self.get_response(request)
        refusal = getattr(response, "refusal", None)
        if request.method == "POST" and request.user.is_authenticated and refusal and not wants_json(request):
            kept_input.keep(request, owner_id=request.user.pk)
        return response

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., Any],
        args: Any,  # noqa: ARG002 - Django's signature
        kwargs: Any,  # noqa: ARG002
    ) -> HttpResponse | None:
        match = request.resolver_match
        door = door_of(view, match.url_name if match else None)
        if door is None:
            log.error(
                "no_door", view=f"{view.__module__}.{getattr(view, '__qualname__', view)}", path=request.path
            )
            return refuse(request, NoDoor())
        if not door.public and not request.user.is_authenticated:
            return _to_sign_in(request)
        if not door.opens_for(request.user):
            log.warning("role_needed", user_id=request.user.pk, roles=sorted(door.roles), path=request.path)
            return refuse(request, RoleNeeded(roles=_role_names(door)))
        if request.user.is_authenticated:
            if request.method == "POST":
                kept_input.forget(request)
            else:
                request.kept_input = kept_input.restored(request)  # type: ignore[attr-defined]
        return None


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    if request.method in ("GET", "HEAD"):
        page = form_page(request) if request.headers.get("HX-Request") == "true" else request.get_full_path()
    else:
        page = kept_input.keep(request, owner_id=getattr(request, "idle_user_id", None))
    address = f"{reverse(settings.LOGIN_URL)}?{urlencode({'next': page})}"
    if request.headers.get("HX-Request") == "true":
        response = HttpResponse(status=204)
        response["HX-Redirect"] = address
        return response
    if wants_json(request):
        sentence = T(en="Please sign in.", zh="请先登录。")
        return JsonResponse(
            {"code": "sign_in", "sentence": str(sentence), "sign_in_url": address}, status=401
        )
    return HttpResponseRedirect(address)


def _role_names(door: Door) -> T:
    def written(code: str, joint: str) -> str:
        with translation.override(code):
            return joint.join(str(role.label) for role in Role if role in door.roles)

    return T(en=written("en", ", "), zh=written("zh-hans", "、"))
