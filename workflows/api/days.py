"""The working-day calendar with what its changes moved; and who stands in for whom."""

from datetime import date
from typing import Annotated

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Schema
from pydantic import StringConstraints

from accounts.models import District, Role, Scope
from workflows import absences as away
from workflows import calendars
from workflows.api.bearer import asker
from workflows.api.case_out import iso
from workflows.api.kinds import After, Id, Limit, Ref, Rows
from workflows.api.lists import page_of
from workflows.api.routes import DESK, OFFICIAL, Routes, put_header
from workflows.api.said import checked
from workflows.calendar_news import reason_of, what_of
from workflows.models import Absence, CalendarChange, CalendarOverride
from workflows.rules import readable_by
from workflows.web.absence import AbsenceForm, people_of
from workflows.web.official.calendar import OverrideForm

routes = Routes("Calendar and absences")
OFFICES = DESK | {Role.ADMINISTRATOR}
CHANGING = OFFICIAL | {Role.ADMINISTRATOR}
R, W = Scope.CASES_READ, Scope.CASES_WRITE


class OverrideOut(Schema):
    """A day that is not what the official notice says; one that was wrong is taken back, and stays."""

    id: int
    day: str
    region: str
    working: bool
    reason: str
    document: str
    link: str
    made_by: Ref
    made_at: str
    taken_back_at: str | None
    taken_back_reason: str


class OverrideIn(Schema):
    """The day, where (empty: the whole city), whether it is worked, why, and the notice on which that rests."""

    day: date
    region: District | None = None
    working: bool
    reason: Annotated[str, StringConstraints(max_length=300)]
    document: Annotated[str, StringConstraints(max_length=200)]
    link: Annotated[str, StringConstraints(max_length=500)] = ""


class TakeBackIn(Schema):
    """Why it was wrong."""

    reason: Annotated[str, StringConstraints(max_length=300)]


class CalendarMoveOut(Schema):
    """A limit that moved, or (`now_on` is `was_on`) was kept because moving it would hurt the applicant."""

    case: int
    what: str
    was_on: str
    counted_on: str
    now_on: str


class CalendarChangeOut(Schema):
    """A change of the calendar, with the limits that it moved among the cases that the asker may know of."""

    id: int
    kind: str
    reason: str
    override: int | None
    moved: int
    rows: list[CalendarMoveOut]
    next: int | None


class AbsenceLineOut(Schema):
    """Somebody is away, and somebody stands in."""

    id: int
    person: Ref
    substitute: Ref
    organisation: Ref
    role: str
    from_on: str
    until_on: str
    ended_at: str | None


class AbsenceIn(Schema):
    """The membership whose work is handed over, by id; who stands in; the first day and the last."""

    membership: Id
    substitute: Id
    from_on: date
    until_on: date


def _override(one: CalendarOverride) -> OverrideOut:
    return OverrideOut(
        id=one.pk, day=one.day.isoformat(), region=one.region, working=one.working, reason=one.reason,
        document=one.document, link=one.link, made_by=Ref(id=one.made_by_id, name=str(one.made_by)),
        made_at=one.made_at.isoformat(), taken_back_at=iso(one.taken_back_at), taken_back_reason=one.taken_back_reason,
    )  # fmt: skip


def _change(
    request: HttpRequest, change: CalendarChange, after: int | None = None, limit: int = 30
) -> CalendarChangeOut:
    seen = change.moves.filter(application__in=readable_by(asker(request))).select_related("application")
    rows, following = page_of(request, seen, after=after, limit=limit, by="pk")
    return CalendarChangeOut(
        id=change.pk, kind=change.kind, reason=str(reason_of(change)), override=change.override_id, moved=change.moved,
        rows=[
            CalendarMoveOut(
                case=one.application_id, what=str(what_of(one)), was_on=one.was_on.isoformat(),
                counted_on=one.counted_on.isoformat(), now_on=one.now_on.isoformat(),
            )
            for one in rows
        ],
        next=following,
    )  # fmt: skip


@routes.get("/calendar", Rows[OverrideOut], scope=R, by=OFFICES)
def calendar(request: HttpRequest, after: After = None, limit: Limit = 30) -> Rows[OverrideOut]:
    """The overrides of the calendar, newest first."""
    found = CalendarOverride.objects.select_related("made_by")
    rows, following = page_of(request, found, after=after, limit=limit)
    return Rows[OverrideOut](rows=[_override(one) for one in rows], next=following)


@routes.change("POST", "/calendar", CalendarChangeOut, scope=W, by=CHANGING, status=201)
def calendar_override(request: HttpRequest, asked: OverrideIn) -> CalendarChangeOut:
    """Make a day a working day or a day off; open limits are counted again, and whom they concern is told."""
    said = asked.model_dump(mode="json") | {"working": "working" if asked.working else "off"}
    facts = checked(OverrideForm({**said, "region": said["region"] or ""}))
    change = calendars.override(**facts, by=asker(request))
    put_header(request, "Location", f"/api/v1/calendar/changes/{change.pk}")
    return _change(request, change)


@routes.get("/calendar/changes/{pk}", CalendarChangeOut, scope=R, by=OFFICES)
def calendar_change(
    request: HttpRequest, pk: Id, after: After = None, limit: Limit = 30
) -> CalendarChangeOut:
    """What one change of the calendar moved."""
    change = get_object_or_404(CalendarChange.objects.select_related("override", "by"), pk=pk)
    return _change(request, change, after, limit)


@routes.change("POST", "/calendar/{pk}/taking-back", CalendarChangeOut, scope=W, by=CHANGING)
def calendar_take_back(request: HttpRequest, pk: Id, asked: TakeBackIn) -> CalendarChangeOut:
    """Take an override back, with the reason."""
    made = get_object_or_404(CalendarOverride, pk=pk)
    return _change(request, calendars.take_back(made, reason=asked.reason, by=asker(request)))


def _absence(one: Absence) -> AbsenceLineOut:
    person, substitute = one.person, one.substitute
    return AbsenceLineOut(
        id=one.pk, person=Ref(id=person.pk, name=str(person)), substitute=Ref(id=substitute.pk, name=str(substitute)),
        organisation=Ref(id=one.organisation_id, name=one.organisation.name), role=one.role,
        from_on=one.from_on.isoformat(), until_on=one.until_on.isoformat(), ended_at=iso(one.ended_at),
    )  # fmt: skip


@routes.get("/absences", Rows[AbsenceLineOut], scope=R, by=OFFICES)
def absences(request: HttpRequest, after: After = None, limit: Limit = 30) -> Rows[AbsenceLineOut]:
    """Who stands in for whom in one's offices, newest first."""
    found = away.seen_by(asker(request)).select_related("person", "substitute", "organisation")
    rows, following = page_of(request, found, after=after, limit=limit)
    return Rows[AbsenceLineOut](rows=[_absence(one) for one in rows], next=following)


@routes.change("POST", "/absences", AbsenceLineOut, scope=W, by=OFFICES, status=201)
def absence_arrange(request: HttpRequest, asked: AbsenceIn) -> AbsenceLineOut:
    """Hand one's work over for a time, or as an administrator a colleague's; both are told."""
    user = asker(request)
    mine, others = people_of(user)
    form = AbsenceForm(asked.model_dump(mode="json"), memberships=mine, others=others)
    checked(form)
    return _absence(away.arrange(**form.facts, by=user))


@routes.change("POST", "/absences/{pk}/end", AbsenceLineOut, scope=W, by=OFFICES)
def absence_end(request: HttpRequest, pk: Id) -> AbsenceLineOut:
    """The person does their own work again."""
    user = asker(request)
    found = away.seen_by(user).select_related("person", "substitute", "organisation")
    away.end(get_object_or_404(found, pk=pk), by=user)
    return _absence(get_object_or_404(found, pk=pk))
