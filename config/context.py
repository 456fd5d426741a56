"""What every page needs: the navigation of its audience, counts beside it, and the demonstration's bar."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the main navigation; `roles` empty means everybody of the audience, `under` is where else its
    pages are."""

    label: Promise
    url_name: str
    roles: frozenset[str] = frozenset()
    count: str = ""
    under: str = ""


APPLICANT = (
    Entry(_("My applications"), "my_applications"),
    Entry(_("Messages"), "messages:list", count="messages"),
    Entry(_("Organisation and members"), "organisation"),
)
# Administrators look after people, not after cases.
ON_CASES = frozenset({"clerk", "official", "cashier", "auditor"})
STAFF = (
    Entry(_("Worklist"), "worklist", ON_CASES, count="worklist"),
    Entry(_("Review sessions"), "sessions", frozenset({"clerk", "official", "auditor"})),
    Entry(_("Planning of reviews"), "planning", frozenset({"clerk"})),
    Entry(_("Rankings"), "rankings", frozenset({"clerk", "official", "auditor"}), under="/desk/rounds/"),
    Entry(_("Inspections"), "tours", frozenset({"clerk", "official"})),
    Entry(_("Batches"), "batches", ON_CASES),
    Entry(_("Notices and objections"), "notices", ON_CASES),
    Entry(_("Payments"), "payments", ON_CASES),
    Entry(_("Statistics"), "statistics", ON_CASES),
    Entry(_("Experts"), "experts", frozenset({"clerk", "official"})),
    Entry(_("Working days"), "calendar", frozenset({"official", "administrator"})),
    Entry(_("Messages"), "messages:list", count="messages"),
    Entry(_("Organisation and members"), "organisation", frozenset({"administrator"})),
)
# Whoever reviews may also work in an office, or for a firm.
EXPERT = (
    Entry(_("My reviews"), "reviews", frozenset({"expert"}), count="reviews"),
    Entry(_("My sessions"), "my_sessions", frozenset({"expert"}), count="sessions"),
    Entry(_("My file"), "my_expert", frozenset({"expert"})),
)
PUBLIC = (
    Entry(_("Open calls"), "calls"),
    Entry(_("Service guides"), "guides"),
    Entry(_("Public notices"), "public_notices"),
    Entry(_("Results"), "results"),
    Entry(_("Progress"), "progress"),
)

# What the demonstration says of a server that is not there, by the names of `settings.STANDINS`.
STAND_INS = {
    "broker": _("No message broker is here: tasks pass through files."),
    "documents": _("No S3 server is here: a folder keeps the documents."),
}

# Name → how many wait for a person; the rooms above register theirs in their AppConfig.ready().
COUNTS: dict[str, Callable[[Any], int]] = {}


def entries_for(user: Any) -> tuple[Entry, ...]:
    """The main navigation of this person's audience."""
    if not user.is_authenticated:
        return PUBLIC
    reviewing = EXPERT if user.has_role("expert") else ()
    if user.is_staff_member:
        return (*reviewing, *(entry for entry in STAFF if not entry.roles or user.has_role(*entry.roles)))
    if reviewing and not user.has_role("owner", "agent"):
        return (*reviewing, *(entry for entry in APPLICANT if entry.count == "messages"))
    return (*reviewing, *APPLICANT)


def look(request: HttpRequest) -> dict[str, Any]:
    """Context processor of `base.html`; nothing is read from the database until the page asks for it."""
    return {
        "navigation": SimpleLazyObject(lambda: _navigation(request)),
        "other_pages": SimpleLazyObject(lambda: _linked(PUBLIC, request)),
        "DEMO": settings.DEMO,
        "STAND_INS": [STAND_INS[name] for name in settings.STANDINS if name in STAND_INS],
        "LANGUAGE_TAG": "en" if getattr(request, "LANGUAGE_CODE", "").startswith("en") else "zh-Hans",
    }


def _navigation(request: HttpRequest) -> list[dict[str, Any]]:
    user = getattr(request, "user", None)
    if user is None:
        return []
    return _linked(entries_for(user), request)


def _linked(entries: tuple[Entry, ...], request: HttpRequest) -> list[dict[str, Any]]:
    found = [(entry, reverse(entry.url_name)) for entry in entries]
    # Of /desk/ and /desk/batches/, the page /desk/batches/7/ belongs to the longer one.
    places = {place: url for entry, url in found for place in (url, entry.under) if place}
    here = places.get(max((one for one in places if request.path.startswith(one)), key=len, default=""))
    return [
        {
            "label": entry.label,
            "url": url,
            "current": "page" if url == request.path else "true" if url == here else "",
            "count": COUNTS[entry.count](request.user) if entry.count in COUNTS else 0,
        }
        for entry, url in found
    ]
