"""What a phone sends from the spot: the checklist, photographs, the report, signatures. Form posts, answered as JSON
to the page's own script and by the page itself to a browser without it."""

import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.doors import door, signed_in
from accounts.models import Role
from config.errors import Refusal
from config.refusals import wants_json
from config.words import T
from storage.views import standing_of, ticket_json
from workflows.models import Visit
from workflows.review.inspections import visiting
from workflows.review.inspections.sheet import sha256_of
from workflows.review.inspections.sheet import standing_of as sheet_standing
from workflows.review.inspections.visiting import Place, Signature
from workflows.web.inspections.reading import read_visit
from workflows.web.keys import key_of

FIELD = re.compile(r"(score|veto|comment):[a-z_]{1,40}|findings|present")
DEGREES = re.compile(r"-?\d{1,3}(\.\d{1,12})?", re.ASCII)
STROKES_BYTES = 64 * 1024


class Unreadable(Refusal):
    """A request of the script that is not in its form."""

    code = "unreadable"
    status = 422
    words = T(en="This could not be read. Load the page again.", zh="提交的内容无法读取，请刷新页面。")


@door(Role.CLERK, Role.OFFICIAL)
@require_POST
def visit_note(request: HttpRequest, pk: int) -> HttpResponse:
    """Fields of the checklist that were changed."""
    user = signed_in(request)
    visit = read_visit(user, pk)
    changes = {name: str(text) for name, text in request.POST.items() if FIELD.fullmatch(name)}
    kept = visiting.note(visit, changes, by=user, key=key_of(request), noted_at=_moment(request))
    return _answer(request, kept)


@door(Role.CLERK, Role.OFFICIAL)
@require_POST
def visit_photo_begin(request: HttpRequest, pk: int) -> HttpResponse:
    """Announce a photograph: `{filename, size_bytes, content_type}`; where to post it."""
    user = signed_in(request)
    visit = read_visit(user, pk)
    asked = _json(request)
    try:
        size_bytes = int(asked.get("size_bytes", 0))
    except (TypeError, ValueError):
        size_bytes = 0
    ticket = visiting.begin_photo(
        visit, by=user, filename=str(asked.get("filename", "")), size_bytes=size_bytes,
        content_type=str(asked.get("content_type", "")),
    )  # fmt: skip
    return ticket_json(ticket, finish=reverse("visit_photo_finish", args=[visit.pk, ticket.document.pk]))


@door(Role.CLERK, Role.OFFICIAL)
@require_POST
def visit_photo_finish(request: HttpRequest, pk: int, document_id: UUID) -> HttpResponse:
    """The photograph is posted: `{key, sha256, taken_at, latitude, longitude, accuracy_m, place_refused}`."""
    user = signed_in(request)
    visit = read_visit(user, pk)
    asked = _json(request)
    photo = visiting.finish_photo(
        visit, document_id, by=user, key=str(asked.get("key", ""))[:80], sha256=str(asked.get("sha256", "")),
        taken_at=_as_moment(str(asked.get("taken_at", ""))), place=_place(asked),
    )  # fmt: skip
    url = reverse("visit_photo", args=[visit.pk, photo.pk])
    return JsonResponse({"photo": photo.pk, "url": url, **standing_of(photo.document)})


@door(Role.CLERK, Role.OFFICIAL)
@require_POST
def visit_photo_remove(request: HttpRequest, pk: int, photo: int) -> HttpResponse:
    """Take a photograph off, with the reason."""
    user, reason = signed_in(request), request.POST.get("reason", "")[:500]
    return _act(
        request, pk, lambda visit, key: visiting.remove_photo(visit, photo, by=user, key=key, reason=reason)
    )


def _place(asked: dict[str, Any]) -> Place:
    latitude, longitude = str(asked.get("latitude", "")), str(asked.get("longitude", ""))
    if not (DEGREES.fullmatch(latitude) and DEGREES.fullmatch(longitude)):
        return Place(refused=bool(asked.get("place_refused")))
    if abs(float(latitude)) > 90 or abs(float(longitude)) > 180:
        raise Unreadable
    accuracy = asked.get("accuracy_m")
    metres = round(accuracy) if isinstance(accuracy, int | float) and 0 <= accuracy < 10**6 else None
    return Place(f"{float(latitude):.6f}", f"{float(longitude):.6f}", metres)


@door(Role.CLERK, Role.OFFICIAL)
@require_POST
def visit_report(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand the report in."""
    return _act(request, pk, lambda visit, key: visiting.hand_in(visit, by=signed_in(request), key=key))


@door(Role.CLERK, Role.OFFICIAL)
@require_POST
def visit_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a report again, with the reason."""
    reason = request.POST.get("reason", "")[:500]
    return _act(
        request,
        pk,
        lambda visit, key: visiting.open_again(visit, by=signed_in(request), key=key, reason=reason),
    )


@door(Role.CLERK, Role.OFFICIAL)
@require_POST
def visit_sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign as an inspector, or take the signature of the firm."""
    posted = request.POST
    given = Signature(
        posted.get("name", ""), posted.get("post", ""), _strokes(posted.get("strokes", "")),
        refused=posted.get("refused", "") == "1", reason=posted.get("reason", ""),
    )  # fmt: skip

    def act(visit: Visit, key: str) -> None:
        visiting.sign(
            visit, given, by=signed_in(request), key=key, sha256=posted.get("sha256", ""),
            as_firm=posted.get("as") == "firm", signed_at=_moment(request),
        )  # fmt: skip

    return _act(request, pk, act)


def _act(request: HttpRequest, pk: int, act: Callable[[Visit, str], None]) -> HttpResponse:
    user = signed_in(request)
    visit = read_visit(user, pk)
    act(visit, key_of(request))
    return _answer(request, read_visit(user, pk))


def _answer(request: HttpRequest, visit: Visit) -> HttpResponse:
    if not wants_json(request):
        return redirect("visit", pk=visit.pk)
    rule = visit.application.declaration.inspection
    assert rule is not None
    standing = sheet_standing(rule.rubric, visit.sheet)
    return JsonResponse({
        "standing": visit.standing, "sheet": visit.sheet, "sha256": sha256_of(visit.sheet),
        "points": f"{standing.points.normalize():f}", "outcome": standing.outcome,
        "saved_at": f"{timezone.localtime():%H:%M}",
    })  # fmt: skip


def _strokes(text: str) -> tuple[tuple[tuple[int, int], ...], ...]:
    """Lines of a drawing, points within 1,000 by 300."""
    if not text:
        return ()
    if len(text) > STROKES_BYTES:
        raise Unreadable
    try:
        return tuple(
            tuple((min(1000, max(0, int(x))), min(300, max(0, int(y)))) for x, y in stroke)
            for stroke in json.loads(text)
        )
    except (ValueError, TypeError, OverflowError):
        raise Unreadable from None


def _json(request: HttpRequest) -> dict[str, Any]:
    try:
        found = json.loads(request.body)
    except ValueError:
        raise Unreadable from None
    if not isinstance(found, dict):
        raise Unreadable
    return found


def _moment(request: HttpRequest) -> datetime | None:
    return _as_moment(request.POST.get("at", ""))


def _as_moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None
