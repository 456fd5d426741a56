"""What inspectors send from the spot, now or hours later: notes, photographs, the report, signatures. Each once.

Everything bears a key that the phone made; what is sent again under it changes nothing and gets the same answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import User
from config.words import listed
from storage import uploads
from storage.kinds import JPEG, PNG
from storage.models import Document
from storage.uploads import Ticket, UploadLimits
from workflows.engine import clock
from workflows.engine.perform import perform
from workflows.flows.inspection import go_on
from workflows.models import Visit, VisitNote, VisitPhoto
from workflows.review.inspections.errors import (
    NoInspection,
    NoSuchPhoto,
    NotOnTheTour,
    ReportIsIn,
    SignatureMissing,
)
from workflows.review.inspections.sheet import cleaned

PHOTO = UploadLimits(12 * 1024**2, (JPEG, PNG))
PURPOSE = "inspection:{visit}"
# A phone's clock may be ahead by so much; what is later counts as now.
AHEAD = timedelta(minutes=5)
MOST_POINTS = 4000


@dataclass(frozen=True, slots=True)
class Place:
    """Where a photograph was taken, as the browser says; or that the inspector keeps it to themselves."""

    latitude: str | None = None
    longitude: str | None = None
    accuracy_m: int | None = None
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signs: the name, typed or read aloud; strokes if it was drawn; or a refusal with its reason."""

    name: str
    post: str = ""
    strokes: tuple[tuple[tuple[int, int], ...], ...] = ()
    refused: bool = False
    reason: str = ""

    def as_json(self, at: datetime) -> dict[str, Any]:
        return {
            "name": self.name.strip()[:60], "post": self.post.strip()[:60],
            "strokes": [[list(point) for point in stroke] for stroke in self.strokes],
            "refused": self.refused, "reason": self.reason.strip()[:500], "at": at.isoformat(),
        }  # fmt: skip


def require_inspector(visit: Visit, user: User) -> None:
    """That `user` goes along on the tour.

    Raises:
        NotOnTheTour: they do not; names who does.
    """
    people = [one.person for one in visit.tour.inspectors.select_related("person")]
    if user.pk not in {person.pk for person in people}:
        raise NotOnTheTour(tour=visit.tour.number, names=listed(people))


def note(
    visit: Visit, changes: Mapping[str, str], *, by: User, key: str, noted_at: datetime | None = None,
    at: datetime | None = None,
) -> Visit:  # fmt: skip
    """Keep fields of the checklist that an inspector changed; those they left alone stay as a colleague wrote them.

    Raises:
        NotOnTheTour, ReportIsIn: they do not go along, or the report is handed in.
        ScoreOutOfRange, NotAHalf, UnknownCriterion, UnknownVeto, UnknownField: nothing of it was kept.
    """
    require_inspector(visit, by)
    rule = visit.application.declaration.inspection
    if rule is None:
        raise NoInspection
    kept = cleaned(rule.rubric, changes)
    now = at or clock.now()
    with transaction.atomic():
        locked = _locked(visit)
        if locked.notes.filter(key=key).exists():
            return locked
        if locked.reported_at or locked.dropped_at:
            raise ReportIsIn
        VisitNote.objects.create(
            visit=locked, key=key, changes=kept, by=by, noted_at=_then(noted_at, now), received_at=now
        )
        locked.sheet = {name: text for name, text in (locked.sheet | kept).items() if text}
        locked.noted_at = locked.noted_at or now
        locked.save(update_fields=["sheet", "noted_at"])
        go_on(locked.tour, by=by)
    return locked


def begin_photo(visit: Visit, *, by: User, filename: str, size_bytes: int, content_type: str) -> Ticket:
    """Announce a photograph; the browser posts it straight to the store, as any document.

    Raises:
        NotOnTheTour, ReportIsIn: they do not go along, or the report is handed in.
        BadName, EmptyFile, TooLarge, WrongType: it is no picture, or too large; names file, size, limit.
    """
    require_inspector(visit, by)
    if visit.reported_at or visit.dropped_at:
        raise ReportIsIn
    return uploads.begin(
        user=by, organisation=visit.tour.handler, filename=filename, size_bytes=size_bytes,
        content_type=content_type, limits=PHOTO, purpose=PURPOSE.format(visit=visit.pk),
    )  # fmt: skip


def finish_photo(
    visit: Visit, document: UUID, *, by: User, key: str, sha256: str, taken_at: datetime | None, place: Place
) -> VisitPhoto:
    """The photograph has arrived; a worker looks into it. The same key a second time gives the first one.

    Raises:
        NoSuchPhoto: it was not begun here by this person.
    """
    require_inspector(visit, by)
    now = clock.now()
    with transaction.atomic():
        locked = _locked(visit)
        known = locked.photos.filter(key=key).select_related("document").first()
        if known is not None:
            return known
        if locked.reported_at or locked.dropped_at:
            raise ReportIsIn
        purpose = PURPOSE.format(visit=visit.pk)
        found = Document.objects.of_uploader(by).filter(pk=document, purpose=purpose).first()
        if found is None or VisitPhoto.objects.filter(document=found).exists():
            raise NoSuchPhoto
        held = uploads.finish(found, sha256=sha256, user=by)
        return VisitPhoto.objects.create(
            visit=locked, key=key, document=held, taken_at=_then(taken_at, now), latitude=place.latitude,
            longitude=place.longitude, accuracy_m=place.accuracy_m, place_refused=place.refused, added_by=by,
            added_at=now,
        )  # fmt: skip


def remove_photo(
    visit: Visit, photo: int, *, by: User, key: str, reason: str, at: datetime | None = None
) -> None:
    """Take a photograph off before the report is handed in; the event keeps its hash, the store the picture.

    Raises:
        NotOnTheTour, ReportIsIn, NoSuchPhoto, ReasonMissing: nothing is taken off.
    """
    perform(
        "remove_photo", [visit.application_id], actor=by, key=key, reason=reason,
        data={"visit": visit.pk, "photo": photo}, at=at,
    )  # fmt: skip


def hand_in(visit: Visit, *, by: User, key: str, at: datetime | None = None) -> None:
    """Freeze the sheet with its photographs as the report, which is then signed.

    Raises:
        NotOnTheTour, ReportIsIn, SheetIncomplete, PhotosMissing: each names what is missing.
    """
    with transaction.atomic():
        perform("report_visit", [visit.application_id], actor=by, key=key, data={"visit": visit.pk}, at=at)
        go_on(visit.tour, by=by)


def open_again(visit: Visit, *, by: User, key: str, reason: str, at: datetime | None = None) -> None:
    """Open a report for changes; the signatures so far are void and stay on record."""
    perform(
        "reopen_report",
        [visit.application_id],
        actor=by,
        key=key,
        reason=reason,
        data={"visit": visit.pk},
        at=at,
    )


def sign(
    visit: Visit, given: Signature, *, by: User, key: str, sha256: str, as_firm: bool,
    signed_at: datetime | None = None, at: datetime | None = None,
) -> None:  # fmt: skip
    """An inspector signs for themselves, or takes the firm's signature or its refusal.

    Raises:
        SignatureMissing: neither drawn nor typed; or a refusal without a reason, or by an inspector.
        NoReportYet, ReportChanged, SignedAlready, NotOnTheTour: it cannot be signed so.
    """
    drawn = sum(len(stroke) for stroke in given.strokes)
    named = given.name.strip() if as_firm else str(by)
    if given.refused and not (as_firm and given.reason.strip()):
        raise SignatureMissing
    if drawn > MOST_POINTS or not (named or given.refused) or (as_firm and not given.refused and not named):
        raise SignatureMissing
    now = at or clock.now()
    who = Signature(named, given.post, given.strokes, given.refused, given.reason)
    data = {"visit": visit.pk, "as": "firm" if as_firm else "inspector", "sha256": sha256, "key": key}
    with transaction.atomic():
        perform(
            "sign_visit", [visit.application_id], actor=by, key=key, data=data,
            kept={"signature": who.as_json(_then(signed_at, now))}, at=at,
        )  # fmt: skip
        go_on(visit.tour, by=by)


def _locked(visit: Visit) -> Visit:
    return (
        Visit.objects.select_for_update(of=("self",)).select_related("tour", "application").get(pk=visit.pk)
    )


def _then(said: datetime | None, now: datetime) -> datetime:
    """When it happened by the phone, but not in the future."""
    return now if said is None or said > now + AHEAD else said
