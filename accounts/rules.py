"""May somebody? Each rule has its twin queryset in the same words; tests hold them together."""

from django.db.models import Q, QuerySet

from accounts.models import Membership, Organisation, OrganisationKind, Role, User

MANAGES = (Q(organisation__kind=OrganisationKind.EMPLOYER) & Q(role=Role.OWNER)) | (
    ~Q(organisation__kind=OrganisationKind.EMPLOYER) & Q(role=Role.ADMINISTRATOR)
)


def may_see_members(user: User, organisation: Organisation) -> bool:
    """Whether `user` belongs to `organisation`."""
    return any(m.organisation_id == organisation.pk and m.role != Role.EXPERT for m in user.memberships)


def organisations_seen_by(user: User) -> QuerySet[Organisation]:
    """Those that `user` belongs to, by name."""
    in_force = Membership.objects.of_members().filter(user=user)
    return Organisation.objects.filter(pk__in=in_force.values("organisation")).order_by("name", "pk")


def may_manage_members(user: User, organisation: Organisation) -> bool:
    """Whether `user` invites to, and ends memberships of, `organisation`."""
    return any(
        m.organisation_id == organisation.pk and m.role == organisation.manager_role for m in user.memberships
    )


def organisations_managed_by(user: User) -> QuerySet[Organisation]:
    """Those whose members `user` manages, by name."""
    managing = Membership.objects.in_force().filter(MANAGES, user=user)
    return Organisation.objects.filter(pk__in=managing.values("organisation")).order_by("name", "pk")
