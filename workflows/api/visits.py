"""Visits of inspections, and what inspectors send from the spot."""

import re
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Schema
from pydantic import AwareDatetime, Field, StringConstraints

from accounts.models import Role
from workflows.api.bearer import asker
from workflows.api.case_out import desk_case, iso
from workflows.api.experts import STAFF
from workflows.api.inspections import R, W, routes
from workflows.api.keeping import key_of
from workflows.api.kinds import Digest, DocumentOut, FileIn, Id, LinkOut, Ref, Sentence, TicketOut
from workflows.api.routes import CLERK, DESK, Declare
from workflows.api.uploads import document_out, link_to
from workflows.models import Visit
from workflows.review.inspections import tours as touring
from workflows.review.inspections import visiting
from workflows.review.inspections.sheet import sha256_of, standing_of
from workflows.review.inspections.visiting import Place, Signature
from workflows.web.inspections.reading import read_visit

FIELD = re.compile(r"(score|veto|comment):[a-z_]{1,40}|findings|present")
Name = Annotated[str, StringConstraints(max_length=60)]
Point = tuple[Annotated[int, Field(ge=0, le=1000)], Annotated[int, Field(ge=0, le=300)]]
Strokes = Annotated[
    list[Annotated[list[Point], Field(max_length=visiting.MOST_POINTS)]], Field(max_length=400)
]


class PhotoOut(Schema):
    """A photograph of a visit; where it was taken is null where the inspector kept it to themselves."""

    id: int
    taken_at: str
    latitude: str | None
    longitude: str | None
    accuracy_m: int | None
    state: str
    added_by: str
    removed_at: str | None
    removed_reason: str


class SignatureOut(Schema):
    """A signature under a report: an inspector's, or (`person` null) the firm's."""

    person: Ref | None
    name: str
    post: str
    refused: bool
    reason: str
    signed_at: str


class VisitOut(Schema):
    """A visit: its checklist, what that comes to, its photographs, its signatures. What is signed is `sha256`."""

    id: int
    tour: int
    case: int
    number: str
    applicant: str
    starts_at: str
    standing: str
    sheet: dict[str, str]
    sha256: str
    points: str
    outcome: str
    missing: list[str]
    goes_along: bool
    photos: list[PhotoOut]
    signatures: list[SignatureOut]
    reported_at: str | None
    signed_at: str | None


class NoteIn(Schema):
    """Fields of the checklist that changed: `score:…`, `veto:…`, `comment:…`, `findings`, `present`.

    `at` is when, by the clock on the spot; what is left out stays as a colleague wrote it.
    """

    changes: Annotated[
        dict[
            Annotated[str, StringConstraints(pattern=FIELD.pattern.join(("^(", ")$")))],
            Annotated[str, StringConstraints(max_length=5000)],
        ],
        Field(max_length=500),
    ]
    at: AwareDatetime | None = None


class PhotoIn(Schema):
    """The hash of what was posted, when and where it was taken; or that the place is kept back."""

    sha256: Digest
    taken_at: AwareDatetime | None = None
    latitude: Annotated[float | None, Field(ge=-90, le=90)] = None
    longitude: Annotated[float | None, Field(ge=-180, le=180)] = None
    accuracy_m: Annotated[int | None, Field(ge=0, lt=1_000_000)] = None
    place_refused: bool = False


class WhyVisitIn(Schema):
    """Why."""

    reason: Sentence


class VisitSignIn(Schema):
    """The hash of the sheet that was read. As an inspector for oneself; or `as_firm`: its signature, or its refusal."""

    sha256: Digest
    as_firm: bool = False
    name: Name = ""
    post: Name = ""
    strokes: Strokes = []
    refused: bool = False
    reason: Sentence = ""
    at: AwareDatetime | None = None


def _visit(request: HttpRequest, pk: int) -> VisitOut:
    user = asker(request)
    one = read_visit(user, pk)
    rule = one.application.declaration.inspection
    assert rule is not None, "read_visit"
    found = standing_of(rule.rubric, one.sheet)
    going = one.tour.inspectors.filter(person=user.pk).exists()
    photos = one.photos.select_related("document", "added_by")
    signatures = one.signatures.filter(void_at=None).select_related("person")
    return VisitOut(
        id=one.pk, tour=one.tour_id, case=one.application_id, number=str(one.application),
        applicant=one.application.applicant.name, starts_at=one.starts_at.isoformat(), standing=one.standing,
        sheet=one.sheet, sha256=sha256_of(one.sheet), points=f"{found.points.normalize():f}", outcome=found.outcome,
        missing=[str(title) for title in found.missing], goes_along=going,
        photos=[
            PhotoOut(
                id=p.pk, taken_at=p.taken_at.isoformat(), latitude=None if p.latitude is None else str(p.latitude),
                longitude=None if p.longitude is None else str(p.longitude), accuracy_m=p.accuracy_m,
                state=p.document.state, added_by=str(p.added_by), removed_at=iso(p.removed_at),
                removed_reason=p.removed_reason,
            )
            for p in photos
        ],
        signatures=[
            SignatureOut(
                person=None if s.person is None else Ref(id=s.person.pk, name=str(s.person)), name=s.name, post=s.post,
                refused=s.refused, reason=s.reason, signed_at=s.signed_at.isoformat(),
            )
            for s in signatures
        ],
        reported_at=iso(one.reported_at), signed_at=iso(one.signed_at),
    )  # fmt: skip


@routes.get("/visits/{pk}", VisitOut, scope=R, by=DESK)
def visit(request: HttpRequest, pk: Id) -> VisitOut:
    """One visit as it stands: checklist, points, photographs, report, signatures."""
    return _visit(request, pk)


@routes.get("/cases/{pk}/visit", VisitOut, scope=R, by=DESK)
def case_visit(request: HttpRequest, pk: Id) -> VisitOut:
    """The visit on which a case stands; 404 where it stands on none."""
    standing = get_object_or_404(Visit, application=desk_case(request, pk), dropped_at=None)
    return _visit(request, standing.pk)


@routes.get("/visits/{pk}/photos/{photo}", LinkOut, scope=R, by=DESK)
def visit_photo(request: HttpRequest, pk: Id, photo: Id) -> LinkOut:
    """A signed address of a photograph."""
    found = read_visit(asker(request), pk).photos.select_related("document")
    return link_to(get_object_or_404(found, pk=photo).document)


def _act(path: str, by: frozenset[Role] = STAFF) -> Declare:
    return routes.change("POST", f"/visits/{{pk}}/{path}", VisitOut, scope=W, by=by)


@_act("drop", CLERK)
def visit_drop(request: HttpRequest, pk: Id, asked: WhyVisitIn) -> VisitOut:
    """Put a visit off, with the reason; the firm hears of it."""
    user = asker(request)
    touring.drop(read_visit(user, pk), reason=asked.reason, by=user, key=key_of(request))
    return _visit(request, pk)


@_act("notes")
def visit_note(request: HttpRequest, pk: Id, asked: NoteIn) -> VisitOut:
    """Keep fields of the checklist, as an inspector of the tour."""
    user = asker(request)
    visiting.note(read_visit(user, pk), asked.changes, by=user, key=key_of(request), noted_at=asked.at)
    return _visit(request, pk)


@routes.change("POST", "/visits/{pk}/photos", TicketOut, scope=W, by=STAFF, status=201)
def visit_photo_begin(request: HttpRequest, pk: Id, asked: FileIn) -> TicketOut:
    """Announce a photograph."""
    user = asker(request)
    ticket = visiting.begin_photo(
        read_visit(user, pk), by=user, filename=asked.filename, size_bytes=asked.size_bytes,
        content_type=asked.content_type,
    )  # fmt: skip
    document = str(ticket.document.pk)
    finish = f"/api/v1/visits/{pk}/photos/{document}/finish"
    return TicketOut(document=document, url=ticket.url, fields=ticket.fields, finish=finish)


@routes.change("POST", "/visits/{pk}/photos/{document}/finish", DocumentOut, scope=W, by=STAFF)
def visit_photo_finish(request: HttpRequest, pk: Id, document: UUID, asked: PhotoIn) -> DocumentOut:
    """The photograph is in the store: it stands on the visit, and a worker looks into it."""
    user = asker(request)
    place = Place(refused=asked.place_refused)
    if asked.latitude is not None and asked.longitude is not None:
        place = Place(f"{asked.latitude:.6f}", f"{asked.longitude:.6f}", asked.accuracy_m)
    made = visiting.finish_photo(
        read_visit(user, pk), document, by=user, key=key_of(request), sha256=asked.sha256, taken_at=asked.taken_at,
        place=place,
    )  # fmt: skip
    return document_out(made.document)


@_act("photos/{photo}/removal")
def visit_photo_remove(request: HttpRequest, pk: Id, photo: Id, asked: WhyVisitIn) -> VisitOut:
    """Take a photograph off, with the reason."""
    user = asker(request)
    visiting.remove_photo(read_visit(user, pk), photo, by=user, key=key_of(request), reason=asked.reason)
    return _visit(request, pk)


@_act("report")
def visit_report(request: HttpRequest, pk: Id) -> VisitOut:
    """Hand the report in; then it is signed."""
    user = asker(request)
    visiting.hand_in(read_visit(user, pk), by=user, key=key_of(request))
    return _visit(request, pk)


@_act("reopening")
def visit_reopen(request: HttpRequest, pk: Id, asked: WhyVisitIn) -> VisitOut:
    """Open a report again, with the reason; its signatures are void and stay on record."""
    user = asker(request)
    visiting.open_again(read_visit(user, pk), by=user, key=key_of(request), reason=asked.reason)
    return _visit(request, pk)


@_act("signatures")
def visit_sign(request: HttpRequest, pk: Id, asked: VisitSignIn) -> VisitOut:
    """Sign as an inspector, or take the signature of the firm or its refusal."""
    user = asker(request)
    strokes = tuple(tuple(stroke) for stroke in asked.strokes)
    given = Signature(asked.name, asked.post, strokes, refused=asked.refused, reason=asked.reason)
    visiting.sign(
        read_visit(user, pk), given, by=user, key=key_of(request), sha256=asked.sha256.lower(), as_firm=asked.as_firm,
        signed_at=asked.at,
    )  # fmt: skip
    return _visit(request, pk)
