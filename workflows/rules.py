"""May someone? Each `may_x` has a twin `x_by` queryset; a test proves that they agree."""

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Q

from accounts.models import APPLICANT_ROLES, SYSTEM_EMAIL, Role, User
from workflows.models import (
    Application,
    ApplicationQuerySet,
    Assignment,
    Conflict,
    ConflictQuerySet,
    PaymentLine,
)

NOBODY = Q(pk__lt=0)

# Which column of a case says for whose organisation a role acts.
SCOPES = {
    Role.OWNER: "applicant_id",
    Role.AGENT: "applicant_id",
    Role.CLERK: "handler_id",
    Role.OFFICIAL: "authority_id",
    Role.CASHIER: "authority_id",
    Role.AUDITOR: "authority_id",
}


def office_column(roles: Iterable[str]) -> str:
    """Which office's calendar counts the limit of a step that `roles` take: whose people take it, else the handler."""
    places = {SCOPES[Role(role)] for role in roles if role in SCOPES}
    return "authority_id" if places == {"authority_id"} else "handler_id"


def offices_of(roles: Iterable[str], actor: User) -> dict[str, tuple[int, ...]]:
    """Column of a case → the organisations for which `actor` holds one of `roles` by that column."""
    wanted = set(roles)
    columns: dict[str, set[int]] = {}
    for membership in actor.memberships:
        column = SCOPES.get(Role(membership.role))
        if column and membership.role in wanted:
            columns.setdefault(column, set()).add(membership.organisation_id)
    return {column: tuple(sorted(columns[column])) for column in sorted(columns)}


def is_system(roles: Collection[str], actor: User) -> bool:
    """Whether `actor` is the system itself, and `roles` are its own too."""
    return Role.SYSTEM in roles and actor.email == SYSTEM_EMAIL


def role_key(roles: Collection[str], actor: User) -> tuple[Any, ...]:
    """What `role_q` depends on beside the actor's id: equal keys, `Q`s that differ in that id alone."""
    if is_system(roles, actor):
        return (SYSTEM_EMAIL,)
    expert = ((Role.EXPERT, Role.EXPERT in roles),) if actor.has_role(Role.EXPERT) else ()
    return (*offices_of(roles, actor).items(), *expert)


def role_q(roles: Iterable[str], actor: User) -> Q:
    """Applications on which `actor` holds one of `roles`.

    Officers by their office, but for an expert's conflicts; experts by the assignments that are open to them.
    """
    wanted = set(roles)
    if is_system(wanted, actor):
        return Q(pk__gt=0)
    applying, office = NOBODY, NOBODY
    for column, organisations in offices_of(wanted, actor).items():
        here = Q(**{f"{column}__any": list(organisations)})
        if column == SCOPES[Role.OWNER]:
            applying |= here
        else:
            office |= here
    if not actor.has_role(Role.EXPERT):
        return applying | office
    allowed = office & open_at_desk(actor)
    if Role.EXPERT in wanted:
        allowed |= _reviewed_by(actor)
    return applying | allowed


def holds_role(roles: Iterable[str], actor: User, case: Application) -> bool:
    """Whether `actor` holds one of `roles` on `case`: `role_q`, asking the database for experts alone."""
    wanted = set(roles)
    if is_system(wanted, actor):
        return True
    places = {
        SCOPES[Role(m.role)]
        for m in actor.memberships
        if m.role in wanted and m.role in SCOPES and getattr(case, SCOPES[Role(m.role)]) == m.organisation_id
    }
    if SCOPES[Role.OWNER] in places:
        return True
    if not actor.has_role(Role.EXPERT):
        return bool(places)
    if _keeping_away(actor).filter(application=case).exists():
        return False
    as_expert, at_desk = Role.EXPERT in wanted, bool(places)
    # Whether they review it matters to the expert, and at the desk where it would tell who applies.
    if not as_expert if not at_desk else case.programme not in blind_programmes():
        return at_desk
    reviews = Assignment.objects.open_to(actor).filter(application=case).exists()
    return as_expert if reviews else at_desk


def blind_programmes() -> list[str]:
    """The programmes that do not tell experts who applies: whoever reviews a case of theirs knows it from the
    reviewers' door alone, in whatever office they also work."""
    from workflows.programmes import registry  # noqa: PLC0415 - programmes are declared with what asks here

    return [slug for slug, programme in registry().items() if programme.blind.applicants]


def _reviewed_by(actor: User) -> Q:
    return Q(Exists(Assignment.objects.open_to(actor).filter(application=OuterRef("pk"))))


def open_at_desk(actor: User) -> Q:
    """That an application is open to `actor` through their office, who is an expert too: no conflict keeps them away,
    and they do not review it without being told who applies."""
    free = ~Q(Exists(_keeping_away(actor).filter(application=OuterRef("pk"))))
    if blind := blind_programmes():
        free &= ~(Q(programme__in=blind) & _reviewed_by(actor))
    return free


def unknown_to(actor: User, *, case: str = "", batch: str = "", payment_list: str = "") -> Q:
    """What a conflict keeps `actor` away from: rows whose case, batch or payment list stands under one of the paths.

    A batch or a list with one such case is closed to them as a whole: it cannot be signed in part. Of people who are
    no experts nothing is kept, and nothing is asked.
    """
    if not actor.has_role(Role.EXPERT):
        return NOBODY
    kept = _keeping_away(actor).values("application")
    unknown = NOBODY
    if case:
        unknown |= Q(**{f"{case}__in": kept})
    if batch:
        of_them = Application.objects.filter(pk__in=kept, batch__isnull=False)
        unknown |= Q(**{f"{batch}__in": of_them.values("batch")})
    if payment_list:
        of_them_paid = PaymentLine.objects.filter(application__in=kept)
        unknown |= Q(**{f"{payment_list}__in": of_them_paid.values("payment_list")})
    return unknown


def _keeping_away(actor: User) -> ConflictQuerySet:
    """The conflicts that keep an expert away from cases, in whatever office they also work."""
    return Conflict.objects.standing().filter(expert__user=actor.pk)


def readable_by(actor: User) -> ApplicationQuerySet:
    """Applications whose existence `actor` may know of: one's own organisation's; for staff, what was submitted.

    What an expert reviews is not among them: it is on the pages for reviewers alone (`reviewable_by`).
    """
    staff = role_q(SCOPES.keys() - APPLICANT_ROLES, actor) & ~Q(number=None)
    return Application.objects.filter(role_q(APPLICANT_ROLES, actor) | staff)


def may_read(actor: User, case: Application) -> bool:
    """Twin of `readable_by`."""
    if holds_role(APPLICANT_ROLES, actor, case):
        return True
    return case.number is not None and holds_role(SCOPES.keys() - APPLICANT_ROLES, actor, case)


def reviewable_by(actor: User) -> ApplicationQuerySet:
    """Applications that `actor` reviews: assigned to them, and no conflict keeps them away."""
    return Application.objects.filter(role_q({Role.EXPERT}, actor))


def may_review(actor: User, case: Application) -> bool:
    """Twin of `reviewable_by`."""
    return holds_role({Role.EXPERT}, actor, case)
