"""What a clerk may know of: the rounds of their office, and what was worked out for them."""

from django.db.models import QuerySet

from accounts.models import Role, User
from workflows.models import PlanningRun, Round


def rounds_by(user: User) -> QuerySet[Round]:
    """Rounds whose reviews `user` plans."""
    return Round.objects.filter(handler__in=user.organisations_as(Role.CLERK))


def runs_by(user: User) -> QuerySet[PlanningRun]:
    """What was worked out for those rounds."""
    return PlanningRun.objects.filter(round__handler__in=user.organisations_as(Role.CLERK))
