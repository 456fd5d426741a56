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
    """What `role_q` depends on: equal keys, equal `Q`."""
    if is_system(roles, actor):
        return (SYSTEM_EMAIL,)
    expert = ((Role.EXPERT, actor.pk, Role.EXPERT in roles),) if actor.has_role(Role.EXPERT) else ()
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
    if Role.EXPERT in wanted:
        office |= Q(Exists(Assignment.objects.open_to(actor).filter(application=OuterRef("pk"))))
    return applying | (office & free_of_conflict(actor))


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
    return bool(places) or (
        Role.EXPERT in wanted and Assignment.objects.open_to(actor).filter(application=case).exists()
    )


def free_of_conflict(actor: User, path: str = "pk") -> Q:
    """That no conflict keeps `actor` away from the application whose id stands in `path`; for experts to ask."""
    return ~Q(Exists(_keeping_away(actor).filter(application=OuterRef(path))))


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
