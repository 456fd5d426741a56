"""A browser's upload, step by step, against the store that the tests run with; and the worker's part of it."""

import hashlib
import json
from typing import Any
from uuid import UUID

import urllib3
from django.conf import settings
from django.test import Client

from storage.objects import store
from storage.verification import verify

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF = "application/pdf"


def begun(client: Client, url: str, data: bytes, filename: str, content_type: str = PDF) -> Any:
    """The answer to an announcement."""
    body = {"filename": filename, "size_bytes": len(data), "content_type": content_type}
    return client.post(
        url, json.dumps(body), content_type="application/json", headers={"Accept": "application/json"}
    )


def sent(client: Client, url: str, data: bytes, filename: str, content_type: str = PDF) -> UUID:
    """Announced, posted to the store, finished: the document, which waits for its verdict."""
    store().ensure_bucket()
    answer = begun(client, url, data, filename, content_type)
    assert answer.status_code == 201, answer.content
    ticket = answer.json()
    _post(client, ticket, data)
    finished = finish(client, ticket, data)
    assert finished.status_code == 200, finished.content
    return UUID(ticket["document"])


def _post(client: Client, ticket: dict[str, Any], data: bytes) -> None:
    if settings.S3_ENDPOINT:
        fields = {**ticket["fields"], "file": ("file", data)}
        assert urllib3.request("POST", ticket["url"], fields=fields, timeout=10).status in (200, 201, 204)
    else:
        from django.core.files.uploadedfile import SimpleUploadedFile

        file = SimpleUploadedFile("file", data)
        assert client.post(ticket["url"], {**ticket["fields"], "file": file}).status_code == 204


def finish(client: Client, ticket: dict[str, Any], data: bytes) -> Any:
    body = json.dumps({"sha256": hashlib.sha256(data).hexdigest()})
    return client.post(ticket["finish"], body, content_type="application/json")


def checked(client: Client, url: str, data: bytes, filename: str, content_type: str = PDF) -> UUID:
    """Sent, and judged as a worker does it."""
    document = sent(client, url, data, filename, content_type)
    assert verify(document)
    return document
