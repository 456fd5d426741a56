"""Taking a step on one case: the same verb for applicant, clerk and official."""

from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Schema
from pydantic import Field, StringConstraints

from accounts.models import Role, Scope, User
from workflows import drafts
from workflows.api.bearer import asker
from workflows.api.case_out import CaseLine, lines_of, read_case, readable_cases
from workflows.api.errors import HasItsOwnAddress, NoSuchTarget
from workflows.api.keeping import key_of
from workflows.api.kinds import Id, Sentence, Slug, etag_of
from workflows.api.routes import ON_CASES, Routes, put_header
from workflows.api.versions import require_version
from workflows.engine.declare import Step
from workflows.engine.perform import perform
from workflows.errors import UnknownStep
from workflows.models import Application, CorrectionPoint, Person, TaxRecordImport
from workflows.web.applicant.cases import is_draft
from workflows.web.desk.case import NoColleague, NoTaxRecord
from workflows.web.pictures import colleagues

Kind = CorrectionPoint.Kind
routes = Routes("Cases")

# Steps done at these places are taken through their own object: step → the operation that takes it.
OWN_PLACES = frozenset(
    {
        "batch",
        "notice",
        "selection",
        "payments",
        "objections",
        "sealed",
        "dossier",
        "panel",
        "conflicts",
        "inspection",
    }
)
OWN: dict[str, str] = {
    "consolidate": "batch_add_cases",
    "take_out": "batch_take_out",
    "approve": "batch_approve",
    "send_back": "batch_send_back",
    "release_notice": "batch_release_notice",
    "withdraw_notice": "notice_withdraw",
    "show_notice_again": "notice_again",
    "pay": "bank_return_apply",
    "record_payment": "bank_return_apply",
    "decide_objection": "objection_decide",
    "reveal": "case_reveal",
    "give_dossier": "case_dossier",
    "undertake": "review_undertake",
    "declare_conflict": "review_recuse",
    "submit_review": "review_submit",
    "revise_review": "review_submit",
    "abstain": "review_abstain",
    **dict.fromkeys(
        ("pass_review", "ask_revision", "fail_review", "confirm_revision", "return_revision"),
        "review_conclude",
    ),
    "declare_conflict_for": "case_conflict_declare",
    "settle_conflict": "case_conflict_settle",
    "plan_visit": "tour_plan",
    "drop_visit": "visit_drop",
    "report_visit": "visit_report",
    "reopen_report": "visit_reopen",
    "remove_photo": "visit_photo_remove",
    "sign_visit": "visit_sign",
}


class PointIn(Schema):
    """One thing to correct: a field or a paper by its name in `target`, a person by id, or the whole roster."""

    kind: Literal["field", "paper", "person", "roster"]
    words: Annotated[str, StringConstraints(min_length=1, max_length=500)]
    target: Annotated[str, StringConstraints(max_length=60)] = ""
    person: Id | None = None


class StepIn(Schema):
    """What a step needs; most need nothing.

    `declared` with `submit`: the declaration of truth is made. `to` with `hand_over`: the colleague.
    `person` with `hold_person` and `release_hold`. `points` with `ask_correction`. `record` with `compare`:
    the import of the tax record, the newest if it is left out.
    """

    reason: Sentence = ""
    declared: bool = False
    to: Id | None = None
    person: Id | None = None
    record: Id | None = None
    points: Annotated[list[PointIn], Field(max_length=500)] = []


class StepDone(Schema):
    """The step is taken. `at` is when, by the engine's clock; the answer's ETag is the new version."""

    step: str
    done: str
    at: str
    case: CaseLine


@routes.change(
    "POST", "/cases/{pk}/steps/{name}", StepDone, scope=Scope.CASES_WRITE, by=ON_CASES, matches=True
)
def case_step(request: HttpRequest, pk: Id, name: Slug, asked: StepIn) -> StepDone:
    """Take a step on the case: submit, withdraw, resubmit, accept, refuse, ask_correction, examine, verify …

    Which steps there are is declared by the programme; which of them concern the asker says `GET /cases/{pk}`.
    A step that moves the case must bear `If-Match` (428 without, 412 when the case has moved since).
    Blocked: 409, nothing changed, and every reason is named with the address where it is mended.
    """
    user = asker(request)
    case = read_case(request, pk)
    step = case.declaration.steps.get(name)
    if step is None:
        raise UnknownStep(step=name)
    if step.place in OWN_PLACES:
        raise HasItsOwnAddress(step=step.label, address=_address(name, case))
    require_version(request, case, step)
    if name == "submit" and asked.declared and is_draft(case):
        drafts.declare(case, made=True)
    outcome = perform(
        name, [pk], actor=user, key=key_of(request), reason=asked.reason, data=_data(step, case, asked)
    )
    # Withdrawn by its applicant a draft is theirs still; whoever took the step may read what became of it.
    now = readable_cases(user).get(pk=pk)
    put_header(request, "ETag", etag_of(now))
    return StepDone(step=name, done=str(step.done), at=outcome.at, case=lines_of([now], user)[0])


def _address(name: str, case: Application) -> str:
    from workflows.api.routes import OPERATIONS  # noqa: PLC0415 - filled by the modules beside this one

    operation = OPERATIONS.get(OWN.get(name, ""))
    if operation is None:
        return "/api/v1/"
    return f"{operation.method} /api/v1{operation.path}".replace("{pk}", _object(name, case))


def _object(name: str, case: Application) -> str:
    if name in BATCH_STEPS:
        return str(case.batch_id or "{pk}")
    return str(case.pk) if OWN[name].startswith(("case_", "review_")) else "{pk}"


BATCH_STEPS = frozenset({"consolidate", "take_out", "approve", "send_back", "release_notice"})


def _data(step: Step, case: Application, asked: StepIn) -> dict[str, Any]:
    """What the step's effect reads."""
    if step.name == "hand_over":
        if asked.to not in {person.pk for person in colleagues(case.handler_id, Role.CLERK)}:
            raise NoColleague
        return {"to": asked.to}
    if step.place == "tax_record":
        return {"import": _record(case, asked.record)}
    if step.place == "people":
        return {"person": get_object_or_404(Person, application=case, pk=asked.person or 0).pk}
    if step.place == "correction":
        return {"points": [_entry(case, n, point) for n, point in enumerate(asked.points, start=1)]}
    return {}


def _record(case: Application, wanted: int | None) -> int:
    found = TaxRecordImport.objects.filter(round=case.round_id, stage=TaxRecordImport.Stage.DONE)
    if wanted is not None:
        found = found.filter(pk=wanted)
    newest = found.order_by("-imported_at").first()
    if newest is None:
        raise NoTaxRecord(round=case.round.title)
    return newest.pk


def _entry(case: Application, n: int, point: PointIn) -> dict[str, Any]:
    """A point as the step takes it; what it names must be there."""
    declared = case.declaration
    kind = Kind(point.kind)
    known = {
        Kind.FIELD: point.target in declared.form.by_name,
        Kind.PAPER: (paper := declared.paper(point.target)) is not None and not paper.state,
        Kind.PERSON: bool(point.person) and case.people.filter(pk=point.person or 0).exists(),
        Kind.ROSTER: declared.roster is not None,
    }[kind]
    if not known:
        raise NoSuchTarget(n=n, kind=kind.label, target=point.target or point.person or "")
    entry: dict[str, Any] = {"kind": point.kind, "words": point.words.strip()}
    if kind == Kind.PERSON:
        entry["person"] = point.person
    elif kind != Kind.ROSTER:
        entry["target"] = point.target
    return entry


class ColleagueOut(Schema):
    id: int
    name: str


@routes.get("/cases/{pk}/colleagues", list[ColleagueOut], scope=Scope.CASES_READ, by=frozenset({Role.CLERK}))
def case_colleagues(request: HttpRequest, pk: Id) -> list[ColleagueOut]:
    """The colleagues to whom the case can be handed over."""
    case = read_case(request, pk)
    if case.handler_id not in asker(request).organisations_as(Role.CLERK):
        raise Http404
    found: list[User] = colleagues(case.handler_id, Role.CLERK)
    return [ColleagueOut(id=person.pk, name=person.name) for person in found]
