"""Papers of a session: the minutes and the certificate of the draw, for the office and, by its hash, for everybody."""

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_safe

from accounts.doors import door, signed_in
from workflows.models import ReviewSession, Seat
from workflows.review.counting import SITTING
from workflows.review.draw.drawing import REASONS, sha256_of
from workflows.review.draw.paper import pdf_of
from workflows.review.naming import panel_is_public
from workflows.review.sessions import printing
from workflows.web.public.notices import unindexed
from workflows.web.sessions.quotas import quota_words
from workflows.web.sessions.scope import READERS
from workflows.web.sessions.seat import pdf_answer
from workflows.web.sessions.session import read_session


@door(*READERS)
@require_GET
def session_minutes(request: HttpRequest, pk: int) -> HttpResponse:
    """The minutes as a PDF, with the signatures so far."""
    session = read_session(signed_in(request), pk)
    if session.minutes is None:
        raise Http404
    return pdf_answer(printing.pdf_of(session, get_language() or "zh-hans"), f"{session.number}-minutes.pdf")


@door(public=True)
@require_safe
def public_draw(request: HttpRequest, sha256: str) -> HttpResponse:
    """The draw that was announced under this hash, and the certificate once it is drawn: by codes; with the names of
    who sits where the programme says that the panel is public. Who was excluded, or left, is named to nobody."""
    session = announced(sha256)
    certificate: dict[str, Any] = session.certificate or {}
    seed = (session.announcement or {}).get("seed", {})
    context = {
        "session": session,
        "sha256": session.announced_sha256,
        "seed": seed,
        "sources": [{**one, "known_at": parse_datetime(one["known_at"])} for one in seed.get("sources", ())],
        "panel": (session.announcement or {}).get("panel", {}),
        "quotas": quota_words(session.announcement["panel"]) if session.announcement else [],
        "certificate": certificate,
        "certificate_sha256": sha256_of(certificate) if certificate else "",
        "members": members_of(session),
        "named": panel_is_public(session),
        "replacements": [(one, REASONS[one["reason"]]) for one in certificate.get("replacements", [])],
    }
    answer = render(request, "sessions/public_draw.html", context)
    unindexed(answer)
    return answer


def members_of(session: ReviewSession) -> list[tuple[str, str]]:
    """(code, name) of who sits, where the panel is public; else who was drawn, by codes alone."""
    if not panel_is_public(session):
        return [(code, "") for code in (session.certificate or {}).get("panel", [])]
    seats = Seat.objects.filter(session=session, state__in=SITTING).order_by("pk")
    return list(seats.values_list("expert__code", "expert__name"))


@door(public=True)
@require_safe
def public_draw_certificate(request: HttpRequest, sha256: str, kind: str) -> HttpResponse:  # noqa: ARG001
    """The certificate as JSON, which `tools/replay_draw.py` draws again, or as PDF."""
    session = announced(sha256)
    if session.certificate is None or kind not in ("json", "pdf"):
        raise Http404
    name = f"draw-{session.number}.{kind}"
    if kind == "pdf":
        return pdf_answer(pdf_of(session.certificate, get_language() or "zh-hans"), name)
    text = json.dumps(session.certificate, ensure_ascii=False, indent=1)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(text, content_type="application/json; charset=utf-8", headers=headers)


def announced(sha256: str) -> ReviewSession:
    """The session whose draw was announced under this hash.

    Raises:
        Http404: there is none.
    """
    if not sha256:
        raise Http404
    return get_object_or_404(ReviewSession.objects.select_related("round", "office"), announced_sha256=sha256)
