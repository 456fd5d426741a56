"""Results 公布: batches whose notice is over, with how many employers and people, and the employers' names."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.doors import door
from accounts.models import Organisation
from workflows.models import Application, Batch, Person, Result
from workflows.web.paging import page_of

NAMES_A_PAGE = 100
# Whoever is frozen by an objection is not announced before it is decided.
ANNOUNCED = Q(result=Result.GRANTED, revoked=False, frozen=False)
# The same of a case, where the programme has no roster.
ANNOUNCED_CASE = Q(rows_granted__gt=0, rows_frozen=0)


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
    counts = _counts(page.rows)
    rows = [
        {"batch": batch, "alone": _alone(batch), **counts.get(batch.pk, {"people": 0, "employers": 0})}
        for batch in page.rows
    ]
    return render(request, "public/results.html", {"page": page, "rows": rows})


def _alone(batch: Batch) -> bool:
    """Whether its cases are announced, not people of theirs."""
    return batch.round.declaration.roster is None


def _counts(batches: Sequence[Batch]) -> dict[int, dict[str, int]]:
    """Batch → how many employers and people of it are announced."""
    people = (
        Person.objects.filter(ANNOUNCED, application__batch__in=[batch.pk for batch in batches])
        .values("application__batch")
        .annotate(people=Count("pk"), employers=Count("application", distinct=True))
        .order_by()
    )
    counts = {
        row["application__batch"]: {"people": row["people"], "employers": row["employers"]} for row in people
    }
    if alone := [batch.pk for batch in batches if _alone(batch)]:
        cases = Application.objects.filter(ANNOUNCED_CASE, batch__in=alone).order_by().values("batch")
        counts |= {
            row["batch"]: {"people": 0, "employers": row["n"]} for row in cases.annotate(n=Count("pk"))
        }
    return counts


@door(public=True)
@require_safe
def result(request: HttpRequest, pk: int) -> HttpResponse:
    """One announcement: the employers of a batch by name."""
    batch = get_object_or_404(announced(), pk=pk)
    counts = _counts([batch]).get(batch.pk, {"people": 0, "employers": 0})
    if alone := _alone(batch):
        theirs: QuerySet[Any] = Application.objects.filter(ANNOUNCED_CASE, batch=batch).values("applicant")
    else:
        theirs = Person.objects.filter(ANNOUNCED, application__batch=batch).values("application__applicant")
    employers = Organisation.objects.filter(pk__in=theirs)
    page = page_of(employers, request.GET, by="pk", size=NAMES_A_PAGE, total=counts["employers"])
    context = {"batch": batch, "page": page, "counts": counts, "alone": alone}
    return render(request, "public/result.html", context)
