"""The page of a session: path, panel, running order, draw, what happened, and what can be done now."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from accounts.doors import door, signed_in
from accounts.models import Membership, Role, User
from config.errors import Refusal
from config.words import T
from workflows.models import (
    Application,
    ExpertField,
    ReviewSession,
    Room,
    Seat,
    SessionItem,
    SessionNote,
)
from workflows.review.counting import SITTING
from workflows.review.draw.drawing import sha256_of
from workflows.review.sessions.drawing import secrets_said
from workflows.review.sessions.eligibility import fields_of_cases
from workflows.review.sessions.linking import apart_from
from workflows.review.sessions.turns import BEFORE, Stage, open_task
from workflows.web.pictures import colleagues
from workflows.web.sessions.news_rows import moments_of
from workflows.web.sessions.quotas import quota_words, rows_typed
from workflows.web.sessions.scope import READERS, may_run, sessions_by
from workflows.web.sessions.stages import SEAT_TONES, STAGE_TONES, path_of, stage_words

CANDIDATES_SHOWN = 200
# The fields of a public source of numbers, and what they hold at first.
SOURCE = {"source": "", "known_at": "", "numbers": "6", "lowest": "1", "highest": "33"}
PARTIES = ("round__handler", "round__authority", "office", "room", "secretary")


def read_session(user: User, pk: int) -> ReviewSession:
    """The session with its parties, if `user` may know of it.

    Raises:
        Http404: they may not.
    """
    return get_object_or_404(sessions_by(user).select_related(*PARTIES), pk=pk)


@door(*READERS)
@require_GET
def session(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of a session."""
    user = signed_in(request)
    return session_page(request, read_session(user, pk), user)


def session_page(
    request: HttpRequest,
    found: ReviewSession,
    user: User,
    *,
    refusal: Refusal | None = None,
    action: str = "",
    secret: str = "",
) -> HttpResponse:
    """The page as the session stands now; `refusal` is what `action` was answered, beside what was typed.

    `secret` is shown this once to the official who has just committed to it.
    """
    task = open_task(found)
    waiting = str(task.flow_task.name) if task else ""
    runs = may_run(user, found)
    seats = list(
        Seat.objects.filter(session=found).select_related("expert", "follows__expert").order_by("pk")
    )
    items = list(
        SessionItem.objects.filter(session=found, removed_at=None)
        .select_related("application__applicant")
        .order_by("position")
    )
    context = {
        "session": found,
        "steps": path_of(found, waiting),
        "waiting": waiting,
        "runs": runs,
        "tone": STAGE_TONES[Stage(found.stage)],
        "stage_words": stage_words(found, asked=any(one.invited_at for one in seats)),
        "colleagues": [one for one in colleagues(found.office_id, Role.CLERK) if one.pk != found.secretary_id]
        if runs and found.stage not in (Stage.SIGNED, Stage.CANCELLED)
        else [],
        "seats": [(one, SEAT_TONES[Seat.State(one.state)]) for one in seats],
        "sitting": [one for one in seats if one.state in SITTING],
        "items": items,
        "before": found.stage in BEFORE,
        "apart": apart_from(found) if runs and found.stage in BEFORE else [],
        "moments": moments_of(
            SessionNote.objects.filter(session=found).select_related("by").order_by("-pk")[:40]
        ),
        "refusal": refusal,
        "action": action,
        "typed": request.POST,
        **_draw(request, found, user, secret),
        **(_running(found, request) if runs and found.stage in BEFORE else {}),
    }
    return render(request, "sessions/session.html", context, status=refusal.status if refusal else 200)


def _draw(request: HttpRequest, found: ReviewSession, user: User, secret: str) -> dict[str, Any]:
    """The draw as it stands."""
    announcement = found.announcement or {}
    said = secrets_said(found) if found.stage == Stage.DRAWING else {"committed": {}, "revealed": {}}
    officials = announcement.get("seed", {}).get("officials", [])
    return {
        "announcement": announcement,
        "quotas": quota_words(announcement["panel"]) if announcement else [],
        "excluded": [
            (one["code"], T(**announcement["rules"][one["rule"]])) for one in announcement.get("excluded", ())
        ],
        "certificate_sha256": sha256_of(found.certificate) if found.certificate else "",
        "officials": [
            {"label": label, "committed": label in said["committed"], "revealed": label in said["revealed"]}
            for label in officials
        ],
        "sources": [
            {**source, "typed": request.POST.get(f"numbers{n}", "")}
            for n, source in enumerate(announcement.get("seed", {}).get("sources", []), 1)
        ],
        "all_committed": bool(officials) and len(said["committed"]) == len(officials),
        "all_revealed": bool(officials) and len(said["revealed"]) == len(officials),
        "secret": secret,
        "is_official": found.round.authority_id in user.organisations_as(Role.OFFICIAL),
    }


def _running(found: ReviewSession, request: HttpRequest) -> dict[str, Any]:
    """What the forms of whoever runs it offer, and what was ticked in them and then refused."""
    typed = request.POST
    officials = Membership.objects.in_force().filter(
        organisation=found.round.authority_id, role=Role.OFFICIAL, user__is_active=True
    )
    return {
        "fields": list(ExpertField.objects.filter(retired_at=None).order_by("code")),
        "draw_officials": [one.user for one in officials.select_related("user").order_by("user__name", "pk")],
        "rooms": list(Room.objects.filter(office=found.office_id, closed_at=None).order_by("name")),
        "addable": candidates_of(found.round)[:CANDIDATES_SHOWN],
        "ticked": typed.getlist("case"),
        "fields_ticked": typed.getlist("in_field") or fields_of_cases(found),
        "officials_ticked": typed.getlist("official"),
        "quotas_typed": rows_typed(typed),
        "sources_typed": [
            {"n": n, **{k: typed.get(f"{k}{n}", v) for k, v in SOURCE.items()}} for n in (1, 2)
        ],
        "length": int((found.ends_at - found.starts_at).total_seconds()) // 60
        if found.starts_at and found.ends_at
        else 180,
    }


def candidates_of(round_: Any) -> Any:
    """Cases of a round that can be heard: before the panel or about to be, and in no session."""
    steps = round_.declaration.steps
    names = [name for name in ("put_to_panel", "submit_review") if name in steps]
    states = sorted({str(source) for name in names for source in steps[name].sources})
    cases = Application.objects.filter(round=round_, state__in=states, number__isnull=False)
    elsewhere = SessionItem.objects.filter(removed_at=None, session__round=round_)
    return (
        cases.exclude(pk__in=elsewhere.values("application")).select_related("applicant").order_by("number")
    )
