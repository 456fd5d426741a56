"""Programmes and their rounds: what a program has to know before it fills anything in."""

from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Schema

from accounts.models import Scope
from forms.answers import problems, values
from forms.schema import Field
from workflows.api.bearer import asker
from workflows.api.kinds import After, Id, Limit, Ref, Rows, Slug, Typed
from workflows.api.lists import page_of
from workflows.api.problems import WrongOut
from workflows.api.routes import Routes
from workflows.engine.declare import Programme, Step
from workflows.engine.foresee import foresee
from workflows.models import Round
from workflows.programmes import registry
from workflows.versions import public_versions
from workflows.web.official.scope import rounds_by
from workflows.web.public.guides import programme_or_404
from workflows.web.public.pre_check import form_of

routes = Routes("Programmes and rounds")


class FieldOut(Schema):
    """One field of a form, of the roster or of the pre-check. `options` are the values that it takes, if few."""

    name: str
    label: str
    kind: str
    required: bool
    sealed: bool
    options: list[str]


class SectionOut(Schema):
    slug: str
    title: str
    fields: list[FieldOut]


class PaperOut(Schema):
    slug: str
    title: str
    required: bool
    state: str


class StateOut(Schema):
    slug: str
    label: str
    outcome: str


class StepOut(Schema):
    """One step: from which states, to which (null: it stays, or goes back), for whom."""

    name: str
    label: str
    sources: list[str]
    target: str | None
    roles: list[str]
    needs_reason: bool


class ProgrammeLine(Schema):
    slug: str
    code: str
    title: str


class ProgrammeOut(ProgrammeLine):
    """Everything that a program needs to fill in an application and to read its answers."""

    policies: list[str]
    states: list[StateOut]
    steps: list[StepOut]
    sections: list[SectionOut]
    roster: list[FieldOut]
    papers: list[PaperOut]
    pre_check: list[FieldOut]


class RoundOut(Schema):
    """A call of a programme."""

    id: int
    programme: str
    title: str
    year: int
    policy: str
    opens_at: str
    closes_at: str
    is_open: bool
    handler: Ref
    authority: Ref


def field_out(field: Any) -> FieldOut:
    kind = field.kind
    return FieldOut(
        name=field.name,
        label=str(field.label),
        kind=kind.slug,
        required=bool(field.required),
        sealed=bool(kind.sealed),
        options=[str(option.value) for option in getattr(kind, "options", ())],
    )


def _step_out(step: Step) -> StepOut:
    target = step.target
    return StepOut(
        name=step.name,
        label=str(step.label),
        sources=[str(source) for source in step.sources],
        target=None if isinstance(target, type) else str(target),
        roles=sorted(str(role) for role in step.by),
        needs_reason=step.needs_reason,
    )


def _programme_out(found: Programme) -> ProgrammeOut:
    return ProgrammeOut(
        slug=found.slug,
        code=found.code,
        title=str(found.title),
        policies=list(found.policies),
        states=[StateOut(slug=str(s), label=str(s.label), outcome=s.outcome) for s in found.states],
        steps=[_step_out(step) for step in found.steps.values()],
        sections=[
            SectionOut(slug=s.slug, title=str(s.title), fields=[field_out(f) for f in s.fields])
            for s in found.form.sections
        ],
        roster=[field_out(column) for column in (found.roster.columns if found.roster else ())],
        papers=[
            PaperOut(slug=p.slug, title=str(p.title), required=p.required, state=str(p.state))
            for p in found.papers
        ],
        pre_check=[field_out(Field(q.name, q.words, q.kind)) for q in found.pre_check],
    )


def round_out(found: Round) -> RoundOut:
    return RoundOut(
        id=found.pk,
        programme=found.programme,
        title=str(found.title),
        year=found.year,
        policy=found.policy,
        opens_at=found.opens_at.isoformat(),
        closes_at=found.closes_at.isoformat(),
        is_open=found.is_open,
        handler=Ref(id=found.handler_id, name=found.handler.name),
        authority=Ref(id=found.authority_id, name=found.authority.name),
    )


@routes.get("/programmes", list[ProgrammeLine], scope=Scope.CASES_READ)
def programmes(request: HttpRequest) -> list[ProgrammeLine]:  # noqa: ARG001 - the same for everybody
    """All programmes."""
    return [ProgrammeLine(slug=p.slug, code=p.code, title=str(p.title)) for p in registry().values()]


@routes.get("/programmes/{slug}", ProgrammeOut, scope=Scope.CASES_READ)
def programme(request: HttpRequest, slug: Slug) -> ProgrammeOut:  # noqa: ARG001
    """One programme: its states, steps, form, roster and papers, with the names that requests use."""
    return _programme_out(programme_or_404(slug))


class PreCheckIn(Schema):
    answers: dict[str, Typed]
    policy: str | None = None
    year: int | None = None


class RuleOut(Schema):
    rule: str
    result: str
    sentence: str


class PreCheckOut(Schema):
    """What the decision table would say: the rules that stand against it, or the award."""

    granted: bool
    award_fen: int
    arithmetic: str
    rules: list[RuleOut]
    errors: list[WrongOut]


@routes.ask("/programmes/{slug}/pre-check", PreCheckOut, scope=Scope.CASES_READ)
def pre_check(request: HttpRequest, slug: Slug, asked: PreCheckIn) -> PreCheckOut:  # noqa: ARG001
    """Ask the decision table about somebody who is in no application. Nothing is stored.

    `answers` are those of the programme's `pre_check`; what is missing or wrong is in `errors`.
    """
    found = programme_or_404(slug)
    if not found.pre_check:
        raise Http404
    published = public_versions(found)
    policy = asked.policy or published[-1]
    if policy not in published:
        raise Http404
    form = form_of(found)
    typed = {field.name: asked.answers.get(field.name, "") for field in form.fields()}
    if wrong := problems(form, typed):
        errors = [WrongOut(at=f"answers.{p.field}", sentence=str(p.words)) for p in wrong]
        return PreCheckOut(granted=False, award_fen=0, arithmetic="", rules=[], errors=errors)
    year = asked.year if asked.year and 1900 < asked.year < 3000 else timezone.localdate().year
    said = foresee(found, policy, {**values(form, typed), "year": year})
    rules = [RuleOut(rule=r.code, result=str(r.result), sentence=str(words)) for r, words in said.fired]
    return PreCheckOut(
        granted=said.is_granted,
        award_fen=said.award_fen,
        arithmetic=str(said.arithmetic or ""),
        rules=rules,
        errors=[],
    )


@routes.get("/rounds", Rows[RoundOut], scope=Scope.CASES_READ)
def rounds(request: HttpRequest, after: After = None, limit: Limit = 30) -> Rows[RoundOut]:
    """The published rounds, newest first: also those that are over, whose applications go on."""
    found = Round.objects.published() | rounds_by(asker(request))
    page, following = page_of(request, found.select_related("handler", "authority"), after=after, limit=limit)
    return Rows[RoundOut](rows=[round_out(one) for one in page], next=following)


@routes.get("/rounds/{pk}", RoundOut, scope=Scope.CASES_READ)
def round_(request: HttpRequest, pk: Id) -> RoundOut:
    """One round."""
    found = Round.objects.published() | rounds_by(asker(request))
    return round_out(get_object_or_404(found.select_related("handler", "authority"), pk=pk))
