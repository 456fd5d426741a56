"""Changing once: every changing request has a key, and a second one with it gets the first one's answer."""

import hashlib
import json
import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.db import OperationalError, transaction
from django.http import HttpRequest, HttpResponse
from psycopg.errors import DeadlockDetected

from workflows.api.bearer import asker
from workflows.api.errors import KeyMissing
from workflows.engine.perform import DEADLOCK_TRIES
from workflows.errors import KeyReused
from workflows.models import KeptAnswer
from workflows.web.desk.reveal import AlreadyShown

KEY = re.compile(r"[\x21-\x7e]{1,60}")
JSON = "application/json; charset=utf-8"


def key_of(request: HttpRequest) -> str:
    """The caller's key, which is the engine's too.

    Raises:
        KeyMissing: there is none, or not one of this form.
    """
    key = request.headers.get("Idempotency-Key", "")
    if not KEY.fullmatch(key):
        raise KeyMissing
    return key


def once(request: HttpRequest, change: Callable[[], HttpResponse], *, kept: bool = True) -> HttpResponse:
    """The answer of `change`, which runs in one transaction, once for the request's key.

    `kept` False is for what is shown once: a second request with the key shows nothing.

    Raises:
        KeyMissing, KeyReused: about the key.
        AlreadyShown: it was shown.
        Refusal: whatever `change` refuses; then nothing is kept, and the key can be used again.
    """
    key = key_of(request)
    for left in range(DEADLOCK_TRIES, 0, -1):
        try:
            return _tried(request, key, change, kept=kept)
        except OperationalError as error:
            if left == 1 or not isinstance(error.__cause__, DeadlockDetected):
                raise
    raise AssertionError("unreachable")


def _tried(request: HttpRequest, key: str, change: Callable[[], HttpResponse], *, kept: bool) -> HttpResponse:
    actor, digest = asker(request), _request_hash(request)
    with transaction.atomic():
        KeptAnswer.objects.bulk_create(
            [KeptAnswer(actor=actor, key=key, request_hash=digest)], ignore_conflicts=True
        )
        row = KeptAnswer.objects.get(actor=actor, key=key)
        if row.status:
            return _again(row, digest)
        response = change()
        row.status, row.etag = response.status_code, response.get("ETag", "")
        row.body = response.content.decode() if kept else ""
        row.save(update_fields=["status", "etag", "body"])
    return response


def _again(row: KeptAnswer, digest: bytes) -> HttpResponse:
    if bytes(row.request_hash) != digest:
        raise KeyReused
    if not row.body and row.status != HTTPStatus.NO_CONTENT:
        raise AlreadyShown
    response = HttpResponse(row.body, status=row.status, content_type=JSON)
    if row.etag:
        response["ETag"] = row.etag
    response["Idempotency-Replayed"] = "true"
    return response


def _request_hash(request: HttpRequest) -> bytes:
    """Of what is asked, not of how it is spelled: the same JSON in another order is the same request."""
    try:
        body: Any = json.loads(request.body or b"null")
    except ValueError:
        body = request.body.decode(errors="replace")
    asked = json.dumps([request.method, request.get_full_path(), body], sort_keys=True)
    return hashlib.sha256(asked.encode(errors="surrogatepass")).digest()
