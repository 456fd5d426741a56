"""Experts and conflicts of interest, for the offices: who there is, who is kept away from a case and why."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Schema
from pydantic import StringConstraints

from accounts.models import Role, Scope
from workflows.api.bearer import asker
from workflows.api.case_out import desk_case, iso
from workflows.api.keeping import key_of
from workflows.api.kinds import After, Id, Limit, Rows, Words
from workflows.api.lists import page_of
from workflows.api.reviews import Reason
from workflows.api.routes import DESK, Routes
from workflows.engine.perform import perform
from workflows.models import Application, Conflict
from workflows.review.experts.changes import experts_by
from workflows.review.experts.reading import Wanted, narrowed, with_rows
from workflows.review.recusal.evidence import evidence_of, title_of

routes = Routes("Review room")
STAFF = frozenset({Role.CLERK, Role.OFFICIAL})
Status = Literal["", "applied", "enrolled", "refused", "suspended", "removed"]


class ExpertOut(Schema):
    """An expert of the asker's offices: `load` of `load_limit` cases are with them now."""

    id: int
    code: str
    name: str
    office: int
    status: str
    email: str
    load: int
    load_limit: int
    titles: list[str]
    fields: list[str]
    employers: list[str]


class ConflictOut(Schema):
    """What keeps an expert away from a case, while it `stands`."""

    id: int
    expert: str
    name: str
    rule: str
    title: str
    evidence: list[str]
    source: str
    found_at: str
    declared_by: str | None
    stands: bool
    settled_as: str
    settled_by: str | None
    settled_at: str | None
    reason: str


class DeclareIn(Schema):
    """The expert by their code, and why they are kept away."""

    expert: Annotated[str, StringConstraints(min_length=1, max_length=12)]
    reason: Reason


class SettleIn(Schema):
    """`dismissed`: it is not so. `waived`: it does not matter here. Never by whoever declared it."""

    how: Literal["dismissed", "waived"]
    reason: Reason


@routes.get("/experts", Rows[ExpertOut], scope=Scope.REVIEWS_READ, by=STAFF)
def experts(
    request: HttpRequest,
    q: Words = "",
    status: Status = "",
    after: After = None,
    limit: Limit = 30,
) -> Rows[ExpertOut]:
    """The experts of the asker's offices, in the order in which they were entered.

    `q` looks in name, code, e-mail and employer.
    """
    found = narrowed(experts_by(asker(request)), Wanted(q=q, status=status), at=timezone.localdate())
    rows, following = page_of(request, with_rows(found), after=after, limit=limit, by="pk")
    return Rows(rows=[_expert(one) for one in rows], next=following)


def _expert(one: Any) -> ExpertOut:
    return ExpertOut(
        id=one.pk, code=one.code, name=one.name, office=one.office_id, status=one.status, email=one.email,
        load=one.load, load_limit=one.load_limit, titles=[title.name for title in one.titles.all()],
        fields=[known.field.code for known in one.competences.all()],
        employers=[post.organisation for post in one.employers],
    )  # fmt: skip


def _conflict(one: Conflict) -> ConflictOut:
    return ConflictOut(
        id=one.pk, expert=one.expert.code, name=one.expert.name, rule=one.rule, title=str(title_of(one)),
        evidence=[str(line) for line in evidence_of(one)], source=one.source, found_at=one.found_at.isoformat(),
        declared_by=None if one.declared_by is None else str(one.declared_by), stands=not one.settled_as,
        settled_as=one.settled_as, settled_by=None if one.settled_by is None else str(one.settled_by),
        settled_at=iso(one.settled_at), reason=one.settled_reason,
    )  # fmt: skip


def _conflicts(case: Application) -> list[ConflictOut]:
    rows = Conflict.objects.filter(application=case).select_related("expert", "declared_by", "settled_by")
    return [_conflict(one) for one in rows.order_by("expert__code", "rule")]


@routes.get("/cases/{pk}/conflicts", list[ConflictOut], scope=Scope.REVIEWS_READ, by=DESK)
def case_conflicts(request: HttpRequest, pk: Id) -> list[ConflictOut]:
    """Everybody who is tied to the applicant, by which rule, on what evidence, and what became of it."""
    return _conflicts(desk_case(request, pk))


class ConflictsOut(Schema):
    """The conflicts of the case as they stand now."""

    conflicts: list[ConflictOut]


@routes.change("POST", "/cases/{pk}/conflicts", ConflictsOut, scope=Scope.REVIEWS_WRITE, by=STAFF)
def case_conflict_declare(request: HttpRequest, pk: Id, asked: DeclareIn) -> ConflictsOut:
    """Keep an expert away from the case, with the reason: access ends at once."""
    case = desk_case(request, pk)
    perform(
        "declare_conflict_for", [pk], actor=asker(request), key=key_of(request), reason=asked.reason,
        data={"expert": asked.expert},
    )  # fmt: skip
    return ConflictsOut(conflicts=_conflicts(case))


@routes.change(
    "POST", "/cases/{pk}/conflicts/{conflict}/settle", ConflictsOut, scope=Scope.REVIEWS_WRITE, by=STAFF
)
def case_conflict_settle(request: HttpRequest, pk: Id, conflict: Id, asked: SettleIn) -> ConflictsOut:
    """Dismiss or waive a conflict, with the reason; never one's own declaration."""
    case = desk_case(request, pk)
    found = get_object_or_404(Conflict, application=case, pk=conflict)
    perform(
        "settle_conflict", [pk], actor=asker(request), key=key_of(request), reason=asked.reason,
        data={"conflict": found.pk, "how": asked.how},
    )  # fmt: skip
    return ConflictsOut(conflicts=_conflicts(case))
