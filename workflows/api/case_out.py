"""A case as an answer: applicants read no officer and no figure of a decision that is not made yet."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Schema

from accounts.models import APPLICANT_ROLES, User
from workflows.api.bearer import asker
from workflows.api.kinds import Id, Ref, etag_of
from workflows.api.problems import ReasonOut, reason_out
from workflows.api.routes import put_header
from workflows.engine.asking import Offer
from workflows.engine.deadlines import provisional_among
from workflows.models import Application, ApplicationQuerySet, Event
from workflows.queries import OFFICE_ROLES
from workflows.rules import holds_role, readable_by, role_q
from workflows.web.applicant.status import DECIDING
from workflows.web.pictures import provisional_of

PARTIES = ("round", "applicant", "handler", "authority", "assigned_to", "batch")


class CaseLine(Schema):
    """A case in a list. Figures of the decision are null for applicants until it is made."""

    id: int
    number: str | None
    programme: str
    policy: str
    year: int
    round: int
    applicant: Ref
    state: str
    state_label: str
    version: int
    due_on: str | None
    due_is_provisional: bool
    promised_on: str | None
    promise_is_provisional: bool
    submitted_at: str | None
    assigned_to: Ref | None
    people: int
    granted: int | None
    refused: int | None
    held: int | None
    amount_fen: int | None
    paid_fen: int | None


class OfferOut(Schema):
    """A step that concerns the asker here: open, or every reason why not. POST it to `href`."""

    step: str
    label: str
    open: bool
    needs_reason: bool
    needs_version: bool
    reasons: list[ReasonOut]
    href: str


class CaseOut(CaseLine):
    """One case with what the asker can do now."""

    handler: Ref
    authority: Ref
    batch: Ref | None
    resume_state: str
    declared_at: str | None
    form_problems: int
    papers_missing: int
    points_open: int
    rows_with_errors: int
    rows_in_dispute: int | None
    rows_uncompared: int | None
    steps: list[OfferOut]


def readable_cases(user: User) -> ApplicationQuerySet:
    """What `user` may know of, with the parties and whether it is decided."""
    decided = Event.objects.filter(application=OuterRef("pk"), step__in=DECIDING)
    return readable_by(user).select_related(*PARTIES).annotate(decided=Exists(decided))


def read_case(request: HttpRequest, pk: Id) -> Application:
    """The case, if the asker may know of it; its version goes into the answer's ETag.

    Raises:
        Http404: they may not, or there is none.
    """
    case = get_object_or_404(readable_cases(asker(request)), pk=pk)
    put_header(request, "ETag", etag_of(case))
    return case


def own_case(request: HttpRequest, pk: Id) -> Application:
    """The case, if the asker applies for it.

    Raises:
        Http404: they do not.
    """
    user = asker(request)
    case = get_object_or_404(readable_cases(user).filter(role_q(APPLICANT_ROLES, user)), pk=pk)
    put_header(request, "ETag", etag_of(case))
    return case


def desk_case(request: HttpRequest, pk: Id) -> Application:
    """The case, if an office of the asker handles or decides it.

    Raises:
        Http404: none does.
    """
    user = asker(request)
    case = get_object_or_404(
        readable_cases(user).filter(role_q(OFFICE_ROLES, user), number__isnull=False), pk=pk
    )
    put_header(request, "ETag", etag_of(case))
    return case


def works_on(user: User, case: Application) -> bool:
    """Whether `user` reads the case for an office."""
    return holds_role(OFFICE_ROLES, user, case)


def ref(found: Any) -> Ref | None:
    return None if found is None else Ref(id=found.pk, name=str(found))


def iso(moment: Any) -> str | None:
    """A day or a moment as ISO 8601 has it."""
    return None if moment is None else moment.isoformat()


def lines_of(cases: Sequence[Application], user: User) -> list[CaseLine]:
    """A page of a list; one query more tells which of its days rest on a calendar that is not official yet."""
    provisional = provisional_among([day for case in cases for day in (case.due_on, case.promised_on)])
    return [CaseLine(**_facts(case, user, provisional)) for case in cases]


def _facts(case: Application, user: User, provisional: frozenset[date]) -> dict[str, Any]:
    staff = works_on(user, case)
    figures = staff or getattr(case, "decided", False)
    return {
        "id": case.pk,
        "number": case.number,
        "programme": case.programme,
        "policy": case.policy,
        "year": case.year,
        "round": case.round_id,
        "applicant": Ref(id=case.applicant_id, name=case.applicant.name),
        "state": str(case.state),
        "state_label": str(case.standing.label),
        "version": case.version,
        "due_on": iso(case.due_on),
        "due_is_provisional": case.due_on in provisional,
        "promised_on": iso(case.promised_on),
        "promise_is_provisional": case.promised_on in provisional,
        "submitted_at": iso(case.submitted_at),
        "assigned_to": ref(case.assigned_to) if staff else None,
        "people": case.rows_total,
        "granted": case.rows_granted if figures else None,
        "refused": case.rows_refused if figures else None,
        "held": case.rows_held if figures else None,
        "amount_fen": case.amount_fen if figures else None,
        "paid_fen": case.paid_fen if figures else None,
    }


def offer_out(case: Application, offer: Offer) -> OfferOut:
    step = offer.step
    return OfferOut(
        step=step.name,
        label=str(step.label),
        open=offer.is_open,
        needs_reason=step.needs_reason,
        needs_version=step.moves,
        reasons=[reason_out(reason, case.pk, case.round_id) for reason in offer.reasons],
        href=f"/api/v1/cases/{case.pk}/steps/{step.name}",
    )


def case_out(case: Application, user: User, offered: list[Offer]) -> CaseOut:
    staff = works_on(user, case)
    return CaseOut(
        **_facts(case, user, provisional_of(case)),
        handler=Ref(id=case.handler_id, name=case.handler.name),
        authority=Ref(id=case.authority_id, name=case.authority.name),
        batch=ref(case.batch) if staff else None,
        resume_state=case.resume_state,
        declared_at=iso(case.declared_at),
        form_problems=case.form_problems,
        papers_missing=case.papers_missing,
        points_open=case.points_open,
        rows_with_errors=case.rows_with_errors,
        rows_in_dispute=case.rows_in_dispute if staff else None,
        rows_uncompared=case.rows_uncompared if staff else None,
        steps=[offer_out(case, offer) for offer in offered],
    )
