"""What an inspection does to a case: effects of the steps of a toured `inspection`, each on one case."""

from datetime import datetime
from typing import Any

from config.words import listed
from storage.models import DocumentState
from workflows.engine.perform import Move
from workflows.engine.rubric import Inspection
from workflows.models import Application, Visit, VisitSignature
from workflows.review.inspections.errors import (
    NoInspection,
    NoReportYet,
    NoSuchPhoto,
    NotOnTheTour,
    PhotosMissing,
    ReportChanged,
    ReportIsIn,
    SignedAlready,
)
from workflows.review.inspections.sheet import require_complete, sha256_of

NOTHING = {"inspection_outcome": "", "inspection_points": None, "inspection_vetoes": 0}


def join_tour(move: Move) -> None:
    """Effect: the case stands on the tour of the visit in data."""
    visit = _visit(move)
    Application.objects.filter(pk=visit.application_id).update(inspected_on=visit.tour.held_on)
    move.found |= {"tour": visit.tour.number, "starts_at": visit.starts_at.isoformat()}


def leave_tour(move: Move) -> None:
    """Effect: the visit does not take place; the case can be planned anew."""
    visit = _visit(move)
    visit.dropped_at, visit.dropped_by, visit.dropped_reason = move.at, move.actor, move.reason[:500]
    visit.save(update_fields=["dropped_at", "dropped_by", "dropped_reason"])
    Application.objects.filter(pk=visit.application_id).update(inspected_on=None, **NOTHING)
    move.found["tour"] = visit.tour.number


def hand_in_report(move: Move) -> None:
    """Effect: the sheet is frozen with its photographs; its hash is what is signed.

    Raises:
        ReportIsIn: it is handed in already.
        SheetIncomplete, PhotosMissing: the rule of the programme asks for more.
    """
    visit = _visit(move)
    require_inspector(visit, move)
    if visit.reported_at:
        raise ReportIsIn
    rule = _rule(move)
    standing = require_complete(rule.rubric, visit.sheet)
    photos = [
        {"sha256": photo.document.sha256 or photo.document.declared_sha256, "taken_at": photo.taken_at.isoformat()}
        for photo in visit.photos.standing().select_related("document").exclude(document__state=DocumentState.REFUSED)
    ]  # fmt: skip
    if len(photos) < rule.photographs:
        raise PhotosMissing(least=rule.photographs, count=len(photos))
    visit.report = {
        "case": visit.application_id, "tour": visit.tour.number, "sheet": visit.sheet, "photos": photos,
        "points": str(standing.points), "outcome": standing.outcome, "vetoes": len(standing.vetoes),
    }  # fmt: skip
    # What a phone can compute off-line as well: the firm signs what stands on the sheet.
    visit.report_sha256 = sha256_of(visit.sheet)
    visit.reported_by, visit.reported_at = move.actor, move.at
    visit.save(update_fields=["report", "report_sha256", "reported_by", "reported_at"])
    said = ("tour", "points", "outcome", "vetoes")
    move.found |= {name: visit.report[name] for name in said} | {
        "sha256": visit.report_sha256,
        "photos": len(photos),
    }


def remove_photo(move: Move) -> None:
    """Effect: a photograph (`photo` in data) is taken off the report; the picture is kept, with who, when and why.

    Raises:
        ReportIsIn: the report is handed in; it has to be opened again first.
        NoSuchPhoto: it does not stand on this visit.
    """
    visit = _visit(move)
    require_inspector(visit, move)
    if visit.reported_at:
        raise ReportIsIn
    photo = visit.photos.standing().select_related("document").filter(pk=move.data.get("photo") or 0).first()
    if photo is None:
        raise NoSuchPhoto
    photo.removed_at, photo.removed_by, photo.removed_reason = move.at, move.actor, move.reason[:500]
    photo.save(update_fields=["removed_at", "removed_by", "removed_reason"])
    move.found |= {
        "tour": visit.tour.number,
        "sha256": photo.document.sha256 or photo.document.declared_sha256,
        "taken_at": photo.taken_at.isoformat(),
    }


def open_again(move: Move) -> None:
    """Effect: a report that is not signed by all is opened for changes; signatures so far are void."""
    visit = _visit(move)
    require_inspector(visit, move)
    if not visit.reported_at:
        raise NoReportYet
    visit.signatures.filter(void_at=None).update(void_at=move.at)
    visit.report, visit.report_sha256, visit.reported_by, visit.reported_at = {}, "", None, None
    visit.save(update_fields=["report", "report_sha256", "reported_by", "reported_at"])


def sign(move: Move) -> None:
    """Effect: an inspector or the firm signs (`as` in data), or the firm refuses; the last one makes it a fact.

    `kept["signature"]` has name, post, strokes, reason and time; the event has the hash, who and how.

    Raises:
        NoReportYet, ReportChanged: there is nothing to sign, or something else than was shown.
        SignedAlready: the same has signed.
    """
    visit = _visit(move)
    require_inspector(visit, move)
    if not visit.reported_at:
        raise NoReportYet
    if move.data.get("sha256") != visit.report_sha256:
        raise ReportChanged
    given: dict[str, Any] = move.data["signature"]
    by_firm = move.data["as"] == "firm"
    person = None if by_firm else move.actor
    standing = visit.signatures.filter(void_at=None)
    if standing.filter(person=person).exists():
        raise SignedAlready(name=str(visit.application.applicant.name if by_firm else move.actor))
    VisitSignature.objects.create(
        visit=visit, key=move.data["key"], person=person, name=given["name"], post=given["post"],
        strokes=given["strokes"], refused=given["refused"], reason=given["reason"],
        signed_sha256=visit.report_sha256, signed_at=datetime.fromisoformat(given["at"]), received_at=move.at,
        taken_by=move.actor,
    )  # fmt: skip
    signed = set(standing.values_list("person", flat=True))
    everybody = {None, *visit.tour.inspectors.values_list("person", flat=True)}
    move.found |= {"name": given["name"], "refused": given["refused"], "all": signed >= everybody}
    if signed >= everybody:
        visit.signed_at = move.at
        visit.save(update_fields=["signed_at"])
        Application.objects.filter(pk=visit.application_id).update(
            inspection_outcome=visit.report["outcome"], inspection_points=visit.report["points"],
            inspection_vetoes=visit.report["vetoes"],
        )  # fmt: skip


def require_inspector(visit: Visit, move: Move) -> None:
    """That the actor goes along.

    Raises:
        NotOnTheTour: they do not; names who does.
    """
    inspectors = {one.person_id: one.person for one in visit.tour.inspectors.select_related("person")}
    if move.actor.pk not in inspectors:
        raise NotOnTheTour(tour=visit.tour.number, names=listed(inspectors.values()))


def _visit(move: Move) -> Visit:
    found = (
        Visit.objects.select_for_update(of=("self",))
        .select_related("tour", "application__applicant")
        .filter(pk=move.data.get("visit") or 0, application__in=list(move.ids), dropped_at=None)
        .first()
    )
    if found is None:
        raise NoInspection
    return found


def _rule(move: Move) -> Inspection:
    if move.programme.inspection is None:
        raise NoInspection
    return move.programme.inspection
