"""Cases: all that the asker may know of, one of them, what happened to it, and a new draft."""

from typing import Annotated

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Schema

from accounts.models import Scope
from workflows import drafts
from workflows.api.bearer import asker
from workflows.api.case_out import (
    CaseLine,
    CaseOut,
    case_out,
    iso,
    lines_of,
    own_case,
    read_case,
    readable_cases,
    works_on,
)
from workflows.api.errors import OrganisationNeeded
from workflows.api.kinds import After, Id, Limit, Rows, Slug, Words, etag_of
from workflows.api.lists import page_of
from workflows.api.routes import EMPLOYER, ON_CASES, Routes, put_header
from workflows.engine.asking import offers
from workflows.models import Round
from workflows.web.applicant.cases import organisations_of, provisional
from workflows.web.desk.reading import history_of
from workflows.web.pictures import events_of, timeline

routes = Routes("Cases")


class StartIn(Schema):
    """In which round, and for which of one's organisations; the only one if it is left out."""

    round: Id
    organisation: Id | None = None


class MomentOut(Schema):
    """Something that happened."""

    at: str
    words: str
    detail: str
    who: str


class ReceiptOut(Schema):
    """The receipt of a submission."""

    number: str
    submitted_at: str
    promised_on: str | None
    promise_is_provisional: bool
    handler: str


@routes.get("/cases", Rows[CaseLine], scope=Scope.CASES_READ, by=ON_CASES)
def cases(
    request: HttpRequest,
    after: After = None,
    limit: Limit = 30,
    programme: Slug | None = None,
    state: Slug | None = None,
    round_id: Annotated[Id | None, Query(alias="round")] = None,
    number: Words | None = None,
) -> Rows[CaseLine]:
    """All cases that one may know of, newest first: those that one applies for, and those of one's office.

    The worklist of an office, with its order, filters and search, is `/worklist`.
    """
    user = asker(request)
    found = readable_cases(user).defer("answers", "sealed_answers")
    narrowed = {"programme": programme, "state": state, "round": round_id, "number": number}
    found = found.filter(**{name: value for name, value in narrowed.items() if value is not None})
    page, following = page_of(request, found, after=after, limit=limit)
    return Rows[CaseLine](rows=lines_of(page, user), next=following)


@routes.change("POST", "/cases", CaseOut, scope=Scope.CASES_WRITE, by=EMPLOYER, status=201)
def start_case(request: HttpRequest, asked: StartIn) -> CaseOut:
    """Start a draft in an open round, for one of one's organisations."""
    user = asker(request)
    round_ = get_object_or_404(Round.objects.published(), pk=asked.round)
    mine = organisations_of(user)
    wanted = [o for o in mine if asked.organisation in (None, o.pk)]
    if not wanted:
        raise Http404
    if len(wanted) > 1:
        raise OrganisationNeeded
    case = drafts.start(round_, wanted[0], by=user)
    put_header(request, "Location", f"/api/v1/cases/{case.pk}")
    put_header(request, "ETag", etag_of(case))
    made = readable_cases(user).get(pk=case.pk)
    return case_out(made, user, offers(made, user))


@routes.get("/cases/{pk}", CaseOut, scope=Scope.CASES_READ, by=ON_CASES)
def case(request: HttpRequest, pk: Id) -> CaseOut:
    """One case with its facts, and each step that concerns the asker: open, or every reason why not."""
    user = asker(request)
    found = read_case(request, pk)
    return case_out(found, user, offers(found, user))


@routes.get("/cases/{pk}/timeline", list[MomentOut], scope=Scope.CASES_READ, by=ON_CASES)
def case_timeline(request: HttpRequest, pk: Id) -> list[MomentOut]:
    """What happened to the case, newest first. Applicants read offices, not officers."""
    user = asker(request)
    found = read_case(request, pk)
    events = events_of(found)
    told = history_of(found, events) if works_on(user, found) else timeline(found, events, viewer=user)
    return [MomentOut(at=m.at.isoformat(), words=str(m.words), detail=m.detail, who=m.who) for m in told]


@routes.get("/cases/{pk}/receipt", ReceiptOut, scope=Scope.CASES_READ, by=EMPLOYER)
def case_receipt(request: HttpRequest, pk: Id) -> ReceiptOut:
    """The receipt: number, time, promised date, who looks at it. 404 while it is a draft."""
    found = own_case(request, pk)
    if found.number is None or found.submitted_at is None:
        raise Http404
    return ReceiptOut(
        number=found.number,
        submitted_at=found.submitted_at.isoformat(),
        promised_on=iso(found.promised_on),
        promise_is_provisional=provisional(found.promised_on),
        handler=found.handler.name,
    )
