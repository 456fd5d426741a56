"""May someone? Each `may_x` has a twin `x_by` queryset; a test proves that they agree."""

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Q

from accounts.models import APPLICANT_ROLES, SYSTEM_EMAIL, Role, User
from workflows.models import Application, ApplicationQuerySet

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


def role_key(roles: Collection[str], actor: User) -> tuple[Any, ...]:
    """What `role_q` depends on: equal keys, equal `Q`."""
    if Role.SYSTEM in roles and actor.email == SYSTEM_EMAIL:
        return (SYSTEM_EMAIL,)
    return tuple(offices_of(roles, actor).items())


def role_q(roles: Iterable[str], actor: User) -> Q:
    """Applications on which `actor` holds one of `roles`."""
    wanted = set(roles)
    q = NOBODY
    if Role.SYSTEM in wanted and actor.email == SYSTEM_EMAIL:
        return Q(pk__gt=0)
    for column, organisations in offices_of(wanted, actor).items():
        q |= Q(**{f"{column}__any": list(organisations)})
    return q


def holds_role(roles: Iterable[str], actor: User, case: Application) -> bool:
    """Whether `actor` holds one of `roles` on `case`: `role_q` without asking the database."""
    wanted = set(roles)
    if Role.SYSTEM in wanted and actor.email == SYSTEM_EMAIL:
        return True
    return any(
        m.role in wanted and getattr(case, SCOPES[Role(m.role)]) == m.organisation_id
        for m in actor.memberships
        if m.role in SCOPES
    )


def readable_by(actor: User) -> ApplicationQuerySet:
    """Applications whose existence `actor` may know of: one's own organisation's; for staff, what was submitted."""
    staff = role_q(SCOPES.keys() - APPLICANT_ROLES, actor) & ~Q(number=None)
    return Application.objects.filter(role_q(APPLICANT_ROLES, actor) | staff)


def may_read(actor: User, case: Application) -> bool:
    """Twin of `readable_by`."""
    if holds_role(APPLICANT_ROLES, actor, case):
        return True
    return case.number is not None and holds_role(SCOPES.keys() - APPLICANT_ROLES, actor, case)
