"""Around every request: one line in the log, and a refusal told as a page instead of an error."""

import re
import time
import uuid
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

from config.errors import Refusal
from config.refusals import refuse

log = structlog.get_logger("web")

REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
# What a signed link carries in its path is a secret of its owner, and a probe every second is no news.
SECRET_PATHS = re.compile(r"(/accounts/(?:confirm-email|password/reset/key)/|/me/invitations/)[^/]+")

Answer = Callable[[HttpRequest], HttpResponse]


class RequestLog:
    """Bind a request id to every log line, return it as X-Request-ID, and write one line at the end."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request_id = given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        began = time.perf_counter()
        response = self.get_response(request)
        response["X-Request-ID"] = request_id
        # Only a user who was looked up anyway: the log asks the database nothing.
        user = getattr(request, "_cached_user", None)
        level = log.debug if request.path.startswith("/health/") else log.info
        level(
            "request",
            method=request.method,
            path=SECRET_PATHS.sub(r"\1…", request.path),
            status=response.status_code,
            duration_ms=round((time.perf_counter() - began) * 1000, 1),
            user_id=user.pk if user is not None else None,
        )
        return response


class Refusals:
    """Turn a `Refusal` that a view raises into its answer."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refusal):
            return None
        log.info("refused", code=exception.code, status=exception.status)
        return refuse(request, exception)
