"""Corrections: what was asked, old beside new, and what the applicant says of each point."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Schema

from accounts.models import Scope
from workflows.api.bearer import asker
from workflows.api.case_out import own_case, read_case, works_on
from workflows.api.kinds import Id, Sentence
from workflows.api.routes import EMPLOYER, ON_CASES, Routes
from workflows.corrections import answer_points
from workflows.errors import Locked
from workflows.models import Application, CorrectionPoint
from workflows.web.points import PointLine, points_of

routes = Routes("Corrections")


class ChangeOut(Schema):
    """What stood there when it was asked, and what stands there now; sealed numbers masked."""

    label: str
    old: str
    new: str
    changed: bool


class PointOut(Schema):
    """One thing that was asked to be corrected. Answered by a change, or by words in `answer`."""

    id: int
    kind: str
    target: str
    person: int | None
    title: str
    words: str
    answer: str
    answered: bool
    closed: bool
    asked_at: str
    asked_by: str | None
    changes: list[ChangeOut]


class AnswerIn(Schema):
    """What the applicant says of a point; an empty text takes it back."""

    answer: Sentence


def _point_out(line: PointLine, *, staff: bool) -> PointOut:
    point = line.point
    return PointOut(
        id=point.pk,
        kind=point.kind,
        target=point.target,
        person=point.person_id,
        title=line.title,
        words=point.words,
        answer=point.answer,
        answered=point.answered_at is not None,
        closed=point.closed_at is not None,
        asked_at=point.asked_at.isoformat(),
        asked_by=str(point.asked_by) if staff else None,
        changes=[ChangeOut(label=c.label, old=c.old, new=c.new, changed=c.changed) for c in line.changes],
    )


def _all(case: Application, *, staff: bool) -> list[PointOut]:
    return [_point_out(line, staff=staff) for request in points_of(case) for line in request.lines]


@routes.get("/cases/{pk}/points", list[PointOut], scope=Scope.CASES_READ, by=ON_CASES)
def case_points(request: HttpRequest, pk: Id) -> list[PointOut]:
    """Everything that was asked to be corrected, newest request first, old beside new."""
    case = read_case(request, pk)
    return _all(case, staff=works_on(asker(request), case))


@routes.change("PUT", "/cases/{pk}/points/{point}", PointOut, scope=Scope.CASES_WRITE, by=EMPLOYER)
def case_point_answer(request: HttpRequest, pk: Id, point: Id, asked: AnswerIn) -> PointOut:
    """Say something of an open point. Sending the correction is the step `resubmit`."""
    case = own_case(request, pk)
    found = get_object_or_404(CorrectionPoint, application=case, pk=point)
    if found.closed_at is not None:
        raise Locked(what=found.words)
    answer_points(case, {point: asked.answer})
    return next(out for out in _all(own_case(request, pk), staff=False) if out.id == point)
