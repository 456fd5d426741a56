"""What the public will read before it reads it: the lines, the days, who is shown. Then released by a second person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, QuerySet, Window
from django.db.models.functions import RowNumber
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.doors import door, signed_in
from workflows.engine.deadlines import provisional_among
from workflows.models import Application, Batch, Person, Result
from workflows.notices import period
from workflows.web.keys import fresh_key
from workflows.web.official.batch import read_batch
from workflows.web.official.dry_run import DryRun
from workflows.web.official.scope import READERS
from workflows.web.official.stages import batch_path, open_one, tasks_of
from workflows.web.official.sums import Sums, sums_of
from workflows.web.official.turn import turn_of
from workflows.web.paging import page_of
from workflows.web.public.notices import category_words

LINES_A_PAGE = 100


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it will be frozen."""

    position: int
    employer_name: str
    person_name: str
    category: str
    id_tail: str


def lines_to_be(batch: Batch) -> "QuerySet[Any]":
    """The people whom `notices.publish` would freeze now, numbered as it numbers them (a test compares).

    Narrow rows: of a large batch all are numbered to show a hundred. Without a roster it is the cases.
    """
    if batch.round.declaration.roster is None:
        by_name = [F("applicant__name"), F("pk")]
        cases: Any = Application.objects.filter(batch=batch).select_related("applicant")
        numbered: QuerySet[Any] = cases.annotate(line=Window(RowNumber(), order_by=by_name))
        return numbered.only("pk", "applicant__name")
    order = [F("application__applicant__name"), F("application"), F("position")]
    people = Person.objects.filter(application__batch=batch, result=Result.GRANTED, revoked=False)
    return people.only("pk").annotate(line=Window(RowNumber(), order_by=order))


def lines_of(numbered: Sequence[Any]) -> list[Line]:
    """Those people as the public reads them: name, employer, category; last four only between namesakes."""
    if numbered and isinstance(numbered[0], Application):
        return [Line(one.line, one.applicant.name, "", "", "") for one in numbered]
    found = (
        Person.objects.select_related("application__applicant")
        .defer("application__answers", "application__sealed_answers", "raw")
        .in_bulk([one.pk for one in numbered])
    )
    cases = {person.application_id for person in found.values()}
    granted = Person.objects.filter(application__in=cases, result=Result.GRANTED, revoked=False)
    twice = set(
        granted.order_by().values_list("application", "name").annotate(n=Count("pk")).filter(n__gt=1)
        .values_list("application", "name")
    )  # fmt: skip
    return [_line(one.line, found[one.pk], twice) for one in numbered]


def _line(position: int, person: Person, twice: set[tuple[int, str]]) -> Line:
    tail = person.id_number[-4:] if (person.application_id, person.name) in twice else ""
    return Line(position, person.application.applicant.name, person.name, person.post_level, tail)


def days_of(batch: Batch, on: date) -> tuple[date, date]:
    """First and last day of a notice released on `on`, as `notices.publish` reckons them."""
    rule = batch.round.declaration.notice
    assert rule is not None
    return period(rule, on, batch.authority_id)


@door(*READERS)
@require_GET
def batch_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """The preview of the notice of an approved batch, with the button that releases it."""
    user = signed_in(request)
    batch = read_batch(user, pk)
    if getattr(batch, "notice", None) is not None:
        return redirect("notice", pk=batch.notice.pk)
    people = lines_to_be(batch)
    sums = sums_of([batch.pk]).get(batch.pk, Sums())
    page = page_of(people, request.GET, by="line", size=LINES_A_PAGE, total=sums.granted)
    lines = lines_of(page.rows)
    tasks = tasks_of(batch)
    starts_on, ends_on = days_of(batch, timezone.localdate())
    context = {
        "batch": batch,
        "rule": batch.round.declaration.notice,
        "steps": batch_path(batch, tasks, sums),
        "sums": sums,
        "page": page,
        "lines": [(line, category_words(line.category)) for line in lines],
        "starts_on": starts_on,
        "ends_on": ends_on,
        "provisional": provisional_among([ends_on]),
        "turn": turn_of(batch, user, open_one(tasks), DryRun([], 0), sums),
        "key": fresh_key(),
        "is_due": batch.stage == Batch.Stage.RELEASING,
    }
    return render(request, "official/batch_notice.html", context)
