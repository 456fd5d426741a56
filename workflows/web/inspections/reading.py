"""What of inspections a person may know of."""

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts.models import User
from workflows.models import InspectionTour, Visit
from workflows.rules import readable_by


def tours_by(user: User) -> QuerySet[InspectionTour]:
    """Tours of the person's offices."""
    return InspectionTour.objects.readable_by(user)


def visits_by(user: User) -> QuerySet[Visit]:
    """Visits of those tours whose case the person may read."""
    return Visit.objects.filter(tour__in=tours_by(user), application__in=readable_by(user))


def read_visit(user: User, pk: int) -> Visit:
    """The visit with its tour and case.

    Raises:
        Http404: there is none, or `user` may not know of it.
    """
    found = visits_by(user).select_related(
        "tour__round", "tour__handler", "application__applicant", "application__round", "reported_by"
    )
    visit = get_object_or_404(found, pk=pk)
    if visit.application.declaration.inspection is None:
        raise Http404
    return visit
