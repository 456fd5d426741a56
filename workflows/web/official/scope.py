"""What a person may know of: the batches, notices, objections and payments of their own offices."""

from django.db.models import Q, QuerySet

from accounts.models import Role, User
from workflows.models import Batch, Notice, Objection, PaymentList, Round
from workflows.rules import unknown_to

# Everybody who may read here, and those of them who read for the competent authority.
READERS = (Role.CLERK, Role.OFFICIAL, Role.CASHIER, Role.AUDITOR)
AUTHORITY = (Role.OFFICIAL, Role.CASHIER, Role.AUDITOR)


def _offices(user: User, path: str) -> Q:
    """Rows whose handling or deciding office (under `path`) is one of `user`'s."""
    handling = sorted(user.organisations_as(Role.CLERK))
    deciding = sorted(user.organisations_as(*AUTHORITY))
    return Q(**{f"{path}handler__in": handling}) | Q(**{f"{path}authority__in": deciding})


def batches_by(user: User) -> QuerySet[Batch]:
    """Batches that `user` may know of."""
    return Batch.objects.filter(_offices(user, "")).exclude(unknown_to(user, batch="pk"))


def rounds_by(user: User) -> QuerySet[Round]:
    """Rounds that an office of `user` handles or decides."""
    return Round.objects.filter(_offices(user, ""))


def notices_by(user: User) -> QuerySet[Notice]:
    """Notices of those batches."""
    return Notice.objects.filter(_offices(user, "batch__")).exclude(unknown_to(user, batch="batch"))


def objections_by(user: User) -> QuerySet[Objection]:
    """Objections to lines of those notices; who objects is for officials alone, see `objection`."""
    found = Objection.objects.filter(_offices(user, "line__notice__batch__"))
    return found.exclude(unknown_to(user, batch="line__notice__batch"))


def lists_by(user: User) -> QuerySet[PaymentList]:
    """Payment lists of those rounds."""
    return PaymentList.objects.filter(_offices(user, "round__")).exclude(unknown_to(user, payment_list="pk"))


def is_at(user: User, office: int, *roles: Role) -> bool:
    """Whether `user` holds one of `roles` for that office."""
    return office in user.organisations_as(*roles)
