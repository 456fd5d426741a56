"""Is the process alive, and is what it needs there? For load balancers and the person on call. Public."""

import contextlib
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from config.celery import app

TIMEOUT_SECONDS = 2


def live(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """200 as long as the process answers."""
    return JsonResponse({"status": "ok"})


def ready(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Each part with its state; 503 only without the database: the outbox bridges an absent broker."""
    parts = {name: _state(check) for name, check in CHECKS.items()}
    ok = parts["database"] == "ok"
    status = "unavailable" if not ok else "ok" if set(parts.values()) == {"ok"} else "degraded"
    return JsonResponse({"status": status, **parts}, status=200 if ok else 503)


def _state(check: Callable[[], None]) -> str:
    try:
        check()
    except (DatabaseError, OSError, TimeoutError) as error:
        return f"away ({type(error).__name__})"
    return "ok"


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select 1")


def _broker() -> None:
    url = settings.BROKER_URL
    if url.startswith("filesystem://"):
        _writable(Path(url.removeprefix("filesystem://")))
        return
    with app.connection_for_write(connect_timeout=TIMEOUT_SECONDS) as broker:
        try:
            broker.ensure_connection(max_retries=1, interval_start=0, timeout=TIMEOUT_SECONDS)
        except broker.connection_errors as error:
            raise ConnectionError from error


def _object_store() -> None:
    if not settings.S3_ENDPOINT:
        _writable(Path(settings.DOCUMENTS_DIR))
        return
    # Any HTTP answer, also a refusal of the anonymous question, shows that the server is there.
    with contextlib.suppress(urllib.error.HTTPError):
        urllib.request.urlopen(settings.S3_ENDPOINT, timeout=TIMEOUT_SECONDS).close()  # noqa: S310 - our own setting


def _writable(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    probe = folder / ".ready"
    probe.touch()
    probe.unlink(missing_ok=True)


CHECKS: dict[str, Callable[[], None]] = {
    "database": _database,
    "broker": _broker,
    "object_store": _object_store,
}
