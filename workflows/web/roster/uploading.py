"""An upload of this door: announced by the browser, posted by it straight to the store, linked when it has come."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse

from accounts.doors import signed_in
from storage import uploads
from storage.uploads import Ticket, UploadLimits
from storage.views import ticket_json
from workflows.models import Application


def announced(request: HttpRequest, case: Application, *, limits: UploadLimits, purpose: str) -> Ticket:
    """Take the announcement `{filename, size_bytes, content_type}` of a file for the applicant of `case`.

    Raises:
        EmptyFile, BadName, TooLarge, WrongType, StoreAway: why it cannot be posted.
    """
    asked = _asked(request)
    return uploads.begin(
        user=signed_in(request),
        organisation=case.applicant,
        filename=str(asked.get("filename", "")),
        size_bytes=asked["size_bytes"],
        content_type=str(asked.get("content_type", "")),
        limits=limits,
        purpose=purpose,
    )


def answer(ticket: Ticket, finish: str) -> HttpResponse:
    """Where to post the file, and the address of ours that links it afterwards."""
    return ticket_json(ticket, finish=finish)


def _asked(request: HttpRequest) -> dict[str, Any]:
    try:
        asked = json.loads(request.body)
        return {**asked, "size_bytes": int(asked["size_bytes"])}
    except (ValueError, TypeError, KeyError):
        return {"size_bytes": 0}
