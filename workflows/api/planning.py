"""Planning the reviews of a round: who reviews what, which sessions there are, which fields cases are about."""

from collections import defaultdict
from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Schema
from pydantic import Field, StringConstraints

from accounts.models import Scope
from config.words import T
from workflows.api.bearer import asker
from workflows.api.case_out import iso
from workflows.api.kinds import After, Id, Limit, Ref, Rows
from workflows.api.lists import page_of
from workflows.api.routes import CLERK, Declare, Routes, put_header
from workflows.api.said import checked
from workflows.engine.case_fields import MOST
from workflows.models import CaseField, PlanningRun, Round
from workflows.review.assignment.confirming import confirm
from workflows.review.naming import applicant_as
from workflows.review.planning import runs
from workflows.review.planning.again import (
    again,
    end_of,
    pinned_pairs,
    pinned_sessions,
    put,
    say_fields,
)
from workflows.review.planning.waiting import under_review
from workflows.rules import readable_by
from workflows.web.planning.acts import DayMissing
from workflows.web.planning.assigned import cases_of, figures_of, rows_of
from workflows.web.planning.forms import AssignForm, SessionsForm
from workflows.web.planning.planned import planned
from workflows.web.planning.rounds import panel_rounds, waiting_of
from workflows.web.planning.run import progress, read_run
from workflows.web.planning.scope import rounds_by, runs_by

routes = Routes("Planning of reviews")
Kind, Stage = PlanningRun.Kind, PlanningRun.Stage
Count = Annotated[int, Field(ge=0, le=999)]
Pairs = Annotated[list[tuple[Id, Id]], Field(max_length=50_000)]
Place = Annotated[str, StringConstraints(pattern=r"^[0-9-]{10}\.(am|pm)\.[0-9]{1,18}(\.[0-9]{1,18})?$")]
Places = Annotated[list[Place], Field(max_length=20_000)]


class PlanningRoundOut(Schema):
    """A round with cases before its panel, and how far they are."""

    id: int
    title: str
    cases: int
    without_field: int
    assigned: int
    in_sessions: int


class RunOut(Schema):
    """A question put to the solvers: `waiting`, `ready`, `refused`, `accepted` or `dropped`."""

    id: int
    round: int
    kind: str
    stage: str
    stage_label: str
    made_by: Ref
    made_at: str
    ready_at: str | None


class PlannedOut(Schema):
    """A session of a plan. `place` names its half-day and room, for pins."""

    place: str
    on: str
    half: str
    room: str
    cases: list[int]
    panel: list[Ref]
    outside: list[int]
    kept: bool


class RunWhole(RunOut):
    """A question and its answer: the phase while it is worked out, why there is none, or the figures of the proposal.

    The pairs of an assignment are a list of their own; the sessions of a plan stand here.
    """

    phase: str
    sentence: str
    short: int
    fit: int | None
    worst: int | None
    lacking: list[str]
    ways: list[str]
    warning: str
    sessions: list[PlannedOut]


class PairOut(Schema):
    """An expert proposed for a case: `fit` in per cent, and whether the pair is pinned."""

    expert: Ref
    fit: int
    pinned: bool


class PairedOut(Schema):
    """A case with the experts proposed for it."""

    case: int
    number: str
    applicant: str
    experts: list[PairOut]
    short: bool


class AssignIn(Schema):
    """How many experts a case, how many cases an expert; `quota_least` of them know `quota_field` (its id)."""

    reviews: Count = 3
    least: Count = 0
    most: Count = 10
    quota_least: Count | None = None
    quota_field: Id | None = None


class PlanIn(Schema):
    """On which days, in which rooms, with what kind of panel."""

    first: date
    last: date
    halves: Annotated[list[Literal["am", "pm"]], Field(max_length=2)] = ["am", "pm"]
    rooms: Annotated[list[Id], Field(max_length=200)]
    seats: Literal[5, 7, 9] = 5
    size_least: Count = 4
    size_most: Count = 6
    most: Count = 3
    qualified: bool = True
    linked: bool = True


class ConfirmIn(Schema):
    """Of an assignment: the day by which reviews are due, and whether cases with too few experts are meant.

    Of a plan of sessions: whether the planned experts are seated too, else they are drawn.
    """

    due_on: date | None = None
    although_short: bool = False
    seated: bool = False


class AgainIn(Schema):
    """What stays and what must not be: of an assignment pairs of case and expert, of a plan places.

    A place names a session, `without` an expert of it too: `2031-03-05.am.7`, `2031-03-05.am.7.12`.
    """

    keep: Pairs = []
    without: Pairs = []
    keep_places: Places = []
    without_places: Places = []


class ConfirmedOut(Schema):
    """The proposal stands: how many reviews are assigned, or which sessions are made."""

    reviews: int
    sessions: list[int]


class CaseFieldsOut(Schema):
    """A case before the panel and the fields that it is about, by id."""

    case: int
    number: str
    applicant: str
    fields: list[int]


class CaseFieldsIn(Schema):
    """The fields of a case instead of those that it had."""

    case: Id
    fields: Annotated[list[Id], Field(max_length=MOST)]


class SayFieldsIn(Schema):
    """Cases with their fields; other cases stay as they are."""

    cases: Annotated[list[CaseFieldsIn], Field(max_length=10_000)]


class SaidOut(Schema):
    """Of so many cases the fields are kept."""

    cases: int


def _round(request: HttpRequest, pk: int) -> Round:
    return get_object_or_404(rounds_by(asker(request)), pk=pk)


def _run(one: PlanningRun) -> RunOut:
    return RunOut(
        id=one.pk, round=one.round_id, kind=one.kind, stage=one.stage, stage_label=one.get_stage_display(),
        made_by=Ref(id=one.made_by_id, name=str(one.made_by)), made_at=one.made_at.isoformat(),
        ready_at=iso(one.ready_at),
    )  # fmt: skip


def whole(request: HttpRequest, pk: int) -> RunWhole:
    """The run as it stands.

    Raises:
        Http404: it is of no round of the asker's office.
    """
    user = asker(request)
    one = read_run(user, pk)
    answered = one.stage in (Stage.READY, Stage.ACCEPTED)
    figures: dict[str, Any] = figures_of(one) if answered and one.kind == Kind.ASSIGN else {}
    plan: dict[str, Any] = planned(one, user) if answered and one.kind == Kind.SESSIONS else {}
    refusal = one.refusal
    return RunWhole(
        **_run(one).model_dump(),
        phase=str(progress(one)["phase"]) if one.stage == Stage.WAITING else "",
        sentence=str(T(en=refusal["en"], zh=refusal["zh"])) if refusal else "",
        short=figures.get("short", 0), fit=figures.get("fit"), worst=figures.get("worst"),
        lacking=[str(line) for line in figures.get("lacking", ())],
        ways=[str(line) for line in figures.get("ways", ())], warning=str(plan.get("warning") or ""),
        sessions=[
            PlannedOut(
                place=row.place, on=row.on.isoformat(), half=row.place.split(".")[1],
                room=row.room.name if row.room else "", cases=[case.pk for case in row.cases],
                panel=[Ref(id=expert.pk, name=f"{expert.code} {expert.name}") for expert in row.panel],
                outside=sorted(row.outside), kept=row.kept,
            )
            for row in plan.get("rows", ())
        ],
    )  # fmt: skip


@routes.get("/planning", Rows[PlanningRoundOut], scope=Scope.REVIEWS_READ, by=CLERK)
def planning_rounds(request: HttpRequest, after: After = None, limit: Limit = 30) -> Rows[PlanningRoundOut]:
    """The rounds of one's office that have a panel, newest first, with how far their cases are."""
    rows, following = page_of(request, panel_rounds(asker(request)), after=after, limit=limit)
    found = [
        PlanningRoundOut(
            id=one.round.pk, title=str(one.round.title), cases=one.cases, without_field=one.without_field,
            assigned=one.assigned, in_sessions=one.in_sessions,
        )
        for one in waiting_of(rows)
    ]  # fmt: skip
    return Rows[PlanningRoundOut](rows=found, next=following)


@routes.get("/rounds/{pk}/planning", Rows[RunOut], scope=Scope.REVIEWS_READ, by=CLERK)
def planning_runs(request: HttpRequest, pk: Id, after: After = None, limit: Limit = 30) -> Rows[RunOut]:
    """What was worked out for a round, newest first."""
    found = runs_by(asker(request)).filter(round=_round(request, pk)).select_related("made_by")
    rows, following = page_of(request, found.defer("asked", "found"), after=after, limit=limit)
    return Rows[RunOut](rows=[_run(one) for one in rows], next=following)


def _asked(request: HttpRequest, round_: Round, kind: str, form: AssignForm | SessionsForm) -> RunWhole:
    checked(form)
    made = put(round_, kind, form.asked(), by=asker(request))
    put_header(request, "Location", f"/api/v1/planning/{made.pk}")
    return whole(request, made.pk)


def _ask(path: str) -> Declare:
    path = f"/rounds/{{pk}}/planning/{path}"
    return routes.change("POST", path, RunWhole, scope=Scope.REVIEWS_WRITE, by=CLERK, status=201)


@_ask("assignment")
def planning_assign(request: HttpRequest, pk: Id, asked: AssignIn) -> RunWhole:
    """Ask who reviews what; an open proposal is dropped for it. Read the run until it is `ready` or `refused`."""
    return _asked(request, _round(request, pk), Kind.ASSIGN, AssignForm(asked.model_dump()))


@_ask("sessions")
def planning_sessions(request: HttpRequest, pk: Id, asked: PlanIn) -> RunWhole:
    """Ask which sessions there could be; an open plan is dropped for it."""
    round_ = _round(request, pk)
    return _asked(request, round_, Kind.SESSIONS, SessionsForm(round_, asked.model_dump()))


@routes.get("/planning/{pk}", RunWhole, scope=Scope.REVIEWS_READ, by=CLERK)
def planning_run(request: HttpRequest, pk: Id) -> RunWhole:
    """A question and its answer as they stand."""
    return whole(request, pk)


@routes.get("/planning/{pk}/pairs", Rows[PairedOut], scope=Scope.REVIEWS_READ, by=CLERK)
def planning_pairs(request: HttpRequest, pk: Id, after: After = None, limit: Limit = 30) -> Rows[PairedOut]:
    """The cases of a proposed assignment, each with its experts."""
    user = asker(request)
    one = read_run(user, pk)
    if one.kind != Kind.ASSIGN or one.stage not in (Stage.READY, Stage.ACCEPTED):
        return Rows[PairedOut](rows=[], next=None)
    cases, following = page_of(request, cases_of(one, user), after=after, limit=limit, by="pk")
    rows = [
        PairedOut(
            case=row.case.pk, number=str(row.case.number), applicant=str(applicant_as(row.case, user)), short=row.short,
            experts=[
                PairOut(
                    expert=Ref(id=given.expert.pk, name=f"{given.expert.code} {given.expert.name}"),
                    fit=given.fit, pinned=given.pinned,
                )
                for given in row.given
            ],
        )
        for row in rows_of(one, cases)
    ]  # fmt: skip
    return Rows[PairedOut](rows=rows, next=following)


def _act(path: str, out: Any, status: int = 200) -> Declare:
    path = f"/planning/{{pk}}/{path}"
    return routes.change("POST", path, out, scope=Scope.REVIEWS_WRITE, by=CLERK, status=status)


@_act("confirmation", ConfirmedOut)
def planning_confirm(request: HttpRequest, pk: Id, asked: ConfirmIn) -> ConfirmedOut:
    """Confirm the proposal: reviews are assigned and the experts told, or the sessions are made."""
    user = asker(request)
    one = read_run(user, pk)
    if one.kind == Kind.SESSIONS:
        # Only whoever accepts a plan loads what sessions are made with.
        from workflows.review.planning.accepting import accept  # noqa: PLC0415

        made = accept(one, by=user, panels=asked.seated)
        return ConfirmedOut(reviews=0, sessions=[session.pk for session in made])
    if asked.due_on is None:
        raise DayMissing
    due_at, short = end_of(asked.due_on), asked.although_short
    return ConfirmedOut(reviews=confirm(one, by=user, due_at=due_at, although_short=short), sessions=[])


@_act("again", RunWhole, 201)
def planning_again(request: HttpRequest, pk: Id, asked: AgainIn) -> RunWhole:
    """Propose again with what is to stay, and without what must not be; the rest changes as little as can be."""
    user = asker(request)
    one = read_run(user, pk)
    if one.kind == Kind.ASSIGN:
        shown = {case for case, *_ in (*one.found.get("pairs", ()), *one.asked.get("pins", ()))}
        pins = pinned_pairs(one, shown=shown, keep=asked.keep, without=asked.without)
    else:
        pins = pinned_sessions(one, keep=set(asked.keep_places), without=set(asked.without_places))
    made = again(one, pins, by=user)
    put_header(request, "Location", f"/api/v1/planning/{made.pk}")
    return whole(request, made.pk)


@_act("drop", RunWhole)
def planning_drop(request: HttpRequest, pk: Id) -> RunWhole:
    """Drop the proposal; nobody was told of it."""
    user = asker(request)
    runs.drop(read_run(user, pk), by=user)
    return whole(request, pk)


@routes.get("/rounds/{pk}/case-fields", Rows[CaseFieldsOut], scope=Scope.REVIEWS_READ, by=CLERK)
def planning_fields(
    request: HttpRequest, pk: Id, after: After = None, limit: Limit = 30
) -> Rows[CaseFieldsOut]:
    """The cases of a round before the panel, with the fields that they are about."""
    user, round_ = asker(request), _round(request, pk)
    cases = readable_by(user).filter(under_review(round_)).select_related("applicant").defer("answers")
    rows, following = page_of(request, cases, after=after, limit=limit, by="pk")
    said: dict[int, list[int]] = defaultdict(list)
    kept = CaseField.objects.filter(application__in=rows).order_by("pk")
    for case, field in kept.values_list("application", "field"):
        said[case].append(field)
    found = [
        CaseFieldsOut(
            case=one.pk, number=str(one.number), applicant=str(applicant_as(one, user)), fields=said[one.pk]
        )
        for one in rows
    ]
    return Rows[CaseFieldsOut](rows=found, next=following)


@routes.change("PUT", "/rounds/{pk}/case-fields", SaidOut, scope=Scope.REVIEWS_WRITE, by=CLERK)
def planning_fields_say(request: HttpRequest, pk: Id, asked: SayFieldsIn) -> SaidOut:
    """Say which fields cases are about, so that experts of them can be found."""
    said = {one.case: one.fields for one in asked.cases}
    return SaidOut(cases=say_fields(_round(request, pk), said, by=asker(request)))
