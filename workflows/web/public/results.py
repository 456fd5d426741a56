"""Results 公布: batches whose notice is over, with how many employers and people, and the employers' names."""

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.doors import door
from accounts.models import Organisation
from workflows.models import Batch, Person, Result
from workflows.web.paging import page_of

NAMES_A_PAGE = 100
# Whoever is frozen by an objection is not announced before it is decided.
ANNOUNCED = Q(result=Result.GRANTED, revoked=False, frozen=False)


def announced() -> "QuerySet[Batch]":
    """Batches whose notice has run its days."""
    return Batch.objects.filter(notice__shown_until__lte=Now(), notice__withdrawn_at=None).select_related(
        "round", "authority", "notice"
    )


@door(public=True)
@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """Announced batches, newest first, with their counts; no sums."""
    batches = announced()
    page = page_of(batches, request.GET, total=batches.count())
    counted = (
        Person.objects.filter(ANNOUNCED, application__batch__in=[batch.pk for batch in page.rows])
        .values("application__batch")
        .annotate(people=Count("pk"), employers=Count("application", distinct=True))
        .order_by()
    )
    counts = {row["application__batch"]: row for row in counted}
    rows = [{"batch": batch, **counts.get(batch.pk, {"people": 0, "employers": 0})} for batch in page.rows]
    return render(request, "public/results.html", {"page": page, "rows": rows})


@door(public=True)
@require_safe
def result(request: HttpRequest, pk: int) -> HttpResponse:
    """One announcement: the employers of a batch by name."""
    batch = get_object_or_404(announced(), pk=pk)
    people = Person.objects.filter(ANNOUNCED, application__batch=batch)
    employers = Organisation.objects.filter(pk__in=people.values("application__applicant"))
    counts = people.aggregate(people=Count("pk"), employers=Count("application", distinct=True))
    page = page_of(employers, request.GET, by="pk", size=NAMES_A_PAGE, total=counts["employers"])
    return render(request, "public/result.html", {"batch": batch, "page": page, "counts": counts})
