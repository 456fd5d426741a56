"""The page of a visit, made for a phone: checklist, photographs, report, signatures; and the report on paper."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from accounts.doors import door, signed_in
from accounts.models import User
from storage.models import DocumentState
from storage.views import deliver
from workflows.engine.rubric import Criterion, Rubric
from workflows.models import Visit, VisitSignature
from workflows.review.inspections.errors import NoReportYet
from workflows.review.inspections.paper import pdf_of
from workflows.review.inspections.sheet import points_of, sha256_of, standing_of
from workflows.review.inspections.visiting import PHOTO
from workflows.web.inspections.reading import read_visit
from workflows.web.inspections.tours import OUTCOMES, READERS, STANDINGS
from workflows.web.keys import fresh_key


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is scored."""

    criterion: Criterion
    score: str

    @property
    def name(self) -> str:
        return f"score:{self.criterion.name}"


@dataclass(frozen=True, slots=True)
class Group:
    """A criterion with its lines."""

    criterion: Criterion
    lines: list[Line]
    points: Decimal
    comment: str

    @property
    def name(self) -> str:
        return f"comment:{self.criterion.name}"


def groups_of(rubric: Rubric, sheet: dict[str, str]) -> list[Group]:
    return [
        Group(
            one, [Line(leaf, sheet.get(f"score:{leaf.name}", "")) for leaf in (one.parts or (one,))],
            points_of(sheet, one), sheet.get(f"comment:{one.name}", ""),
        )
        for one in rubric.criteria
    ]  # fmt: skip


@door(*READERS)
@require_safe
def visit(request: HttpRequest, pk: int) -> HttpResponse:
    """The visit as it stands."""
    user = signed_in(request)
    return render(request, "inspections/visit.html", _context(read_visit(user, pk), user))


def _context(visit: Visit, user: User) -> dict[str, Any]:
    rule = visit.application.declaration.inspection
    assert rule is not None
    people = list(visit.tour.inspectors.select_related("person"))
    signed = {one.person_id: one for one in visit.signatures.filter(void_at=None).select_related("person")}
    goes_along = user.pk in {one.person_id for one in people}
    shown = visit.photos.exclude(document__state=DocumentState.REFUSED)
    photos = list(shown.select_related("document", "added_by", "removed_by"))
    return {
        "visit": visit,
        "case": visit.application,
        "rule": rule,
        "words": STANDINGS[visit.standing],
        "people": [(one.person, signed.get(one.person_id)) for one in people],
        "firm": signed.get(None),
        "goes_along": goes_along,
        "fills_in": goes_along and visit.standing in ("planned", "noted"),
        "signs": goes_along and visit.standing == "reported",
        "may_sign": goes_along and user.pk not in signed,
        "groups": groups_of(rule.rubric, visit.sheet),
        "vetoes": [(veto, bool(visit.sheet.get(f"veto:{veto.name}"))) for veto in rule.rubric.vetoes],
        "standing": standing_of(rule.rubric, visit.sheet),
        "outcome": OUTCOMES.get(visit.report.get("outcome", "")),
        "photos": [one for one in photos if one.removed_at is None],
        "removed_photos": [one for one in photos if one.removed_at is not None],
        "refused_photos": visit.photos.select_related("document").filter(
            document__state=DocumentState.REFUSED
        ),
        "limits": PHOTO,
        "sheet_sha256": sha256_of(visit.sheet),
        "keys": [fresh_key() for _ in range(5)],
    }


@door(*READERS)
@require_safe
def visit_photo(request: HttpRequest, pk: int, photo: int) -> HttpResponse:
    """A photograph, shown by the browser."""
    found = get_object_or_404(read_visit(signed_in(request), pk).photos.select_related("document"), pk=photo)
    return deliver(found.document, inline=True)


@door(*READERS)
@require_safe
def visit_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """The report as a PDF: with the signatures that it has.

    Raises:
        NoReportYet: it is not handed in.
    """
    visit = read_visit(signed_in(request), pk)
    if not visit.reported_at:
        raise NoReportYet
    signatures = list(VisitSignature.objects.filter(visit=visit, void_at=None).select_related("person"))
    response = HttpResponse(
        pdf_of(visit, signatures, get_language() or "zh-hans"), content_type="application/pdf"
    )
    response["Content-Disposition"] = f'attachment; filename="{visit.tour.number}-{visit.application}.pdf"'
    response["Cache-Control"] = "no-store"
    return response


@door(public=True)
@require_safe
def visit_worker(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """The service worker that keeps pages of visits for when there is no connection."""
    path = finders.find("workflows/visit-worker.js")
    if not isinstance(path, str):
        raise Http404
    with open(path, encoding="utf-8") as file:  # noqa: PTH123
        return HttpResponse(
            file.read(), content_type="text/javascript", headers={"Cache-Control": "no-cache"}
        )
