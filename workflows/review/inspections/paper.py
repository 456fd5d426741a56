"""The report of a visit on paper: a PDF by typst, with its photographs and drawn signatures."""

import json
import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from shutil import copy
from typing import Any
from zoneinfo import ZoneInfo

import typst
from django.conf import settings

from config.words import T
from storage import uploads
from storage.errors import NoSuchObject, StoreAway
from storage.kinds import JPEG
from storage.models import DocumentState
from workflows.models import Visit, VisitSignature
from workflows.review.inspections.sheet import points_of, standing_of

TEMPLATE = Path(__file__).with_name("report.typ")
HERE = ZoneInfo(settings.TIME_ZONE)


def pdf_of(visit: Visit, signatures: Sequence[VisitSignature], language: str) -> bytes:
    """The report in a language (`en`, else Chinese); of a photograph whose file is away only the line."""
    english = language.startswith("en")
    with tempfile.TemporaryDirectory(prefix="bailu-report-") as folder:
        copy(TEMPLATE, folder)
        report = _report(visit, signatures, Path(folder), "en" if english else "zh-hans")
        compiled: bytes = typst.compile(
            str(Path(folder) / TEMPLATE.name), root=folder, format="pdf",
            sys_inputs={"document": json.dumps(report, ensure_ascii=False), "language": "en" if english else "zh"},
        )  # fmt: skip
    return compiled


def _report(
    visit: Visit, signatures: Sequence[VisitSignature], folder: Path, language: str
) -> dict[str, Any]:
    case = visit.application
    rule = case.declaration.inspection
    assert rule is not None
    sheet, rubric = visit.report.get("sheet", visit.sheet), rule.rubric
    standing = standing_of(rubric, sheet)

    def say(words: T) -> str:
        return words.in_language(language)

    return {
        "title": say(case.declaration.title), "number": case.number, "firm": case.applicant.name,
        "credit_code": case.applicant.credit_code or "", "tour": visit.tour.number, "office": visit.tour.handler.name,
        "day": _moment(visit.starts_at), "present": sheet.get("present", ""), "findings": sheet.get("findings", ""),
        "inspectors": [str(one.person) for one in visit.tour.inspectors.select_related("person")],
        "groups": [
            {
                "title": say(one.title), "most": one.points, "points": f"{points_of(sheet, one).normalize():f}",
                "comment": sheet.get(f"comment:{one.name}", ""),
                "lines": [[say(p.title), sheet.get(f"score:{p.name}", "—"), p.points] for p in one.parts],
            }
            for one in rubric.criteria
        ],
        "vetoes": [say(title) for title in standing.vetoes], "points": f"{standing.points.normalize():f}",
        "most": rubric.points, "pass_at": f"{rubric.pass_at:f}", "outcome": visit.report.get("outcome", ""),
        "sha256": visit.report_sha256, "photos": _photos(visit, folder),
        "signatures": [
            {
                "name": one.name, "post": one.post, "firm": one.person_id is None, "refused": one.refused,
                "reason": one.reason, "at": _moment(one.signed_at), "strokes": one.strokes,
            }
            for one in signatures
        ],
    }  # fmt: skip


def _photos(visit: Visit, folder: Path) -> list[dict[str, Any]]:
    found = []
    verified = (
        visit.photos.standing().select_related("document").filter(document__state=DocumentState.VERIFIED)
    )
    for n, photo in enumerate(verified):
        name = f"photo{n}.{'jpg' if photo.document.content_type == JPEG else 'png'}"
        try:
            (folder / name).write_bytes(uploads.read(photo.document))
        except (NoSuchObject, StoreAway):
            name = ""
        place = f"{photo.latitude}, {photo.longitude}" if photo.latitude is not None else ""
        found.append({
            "file": name, "at": _moment(photo.taken_at), "place": place, "accuracy": photo.accuracy_m,
            "refused": photo.place_refused, "sha256": photo.document.sha256,
        })  # fmt: skip
    return found


def _moment(at: datetime) -> str:
    return f"{at.astimezone(HERE):%Y-%m-%d %H:%M}"
