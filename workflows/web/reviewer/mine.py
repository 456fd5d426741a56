"""My reviews: what waits for the undertaking, what is to be scored, what is in."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.doors import door, signed_in
from accounts.models import Role, User
from config.words import T
from workflows.models import Application, Assignment
from workflows.models.review_scores import AssignmentQuerySet
from workflows.rules import reviewable_by
from workflows.web.paging import page_of
from workflows.web.reviewer.reading import Reviewed


@dataclass(frozen=True, slots=True)
class Row:
    """One case on the list."""

    reviewed: Reviewed
    words: str
    tone: str

    @property
    def case(self) -> Application:
        return self.reviewed.case

    @property
    def due_at(self) -> datetime | None:
        return self.reviewed.assignment.due_at

    @property
    def who(self) -> T | str:
        return self.reviewed.who


@door(Role.EXPERT)
@require_safe
def reviews(request: HttpRequest) -> HttpResponse:
    """What this expert reviews: what is to be done, earliest due first; below it what is done, latest first."""
    user = signed_in(request)
    mine = _mine(user)
    open_ones = mine.filter(submitted_at=None, abstained_at=None)
    waiting = [_row(one) for one in open_ones.order_by(F("due_at").asc(nulls_last=True), "pk")]
    running = [row for row in waiting if row.reviewed.runs]
    page = page_of(mine.exclude(pk__in=[row.reviewed.assignment.pk for row in running]), request.GET)
    context = {
        "groups": [
            (
                _("Waiting for your undertaking"),
                [r for r in running if not r.reviewed.assignment.undertaking_at],
            ),
            (_("To score"), [r for r in running if r.reviewed.assignment.undertaking_at]),
        ],
        "done": [_row(one) for one in page.rows],
        "page": page,
        "running": running,
    }
    return render(request, "reviewer/reviews.html", context)


def _mine(user: User) -> AssignmentQuerySet:
    return (
        Assignment.objects.open_to(user)
        .filter(application__in=reviewable_by(user))
        .select_related("application__applicant", "application__round")
        .defer("application__answers", "application__sealed_answers")
    )


def _row(one: Assignment) -> Row:
    reviewed = Reviewed(one.application, one)
    if one.submitted_at:
        words, tone = _("Submitted"), "ok"
    elif one.abstained_at:
        words, tone = _("Abstained"), ""
    elif not reviewed.runs:
        words, tone = _("Over"), ""
    elif one.undertaking_at is None:
        words, tone = _("Undertaking first"), "due"
    else:
        words, tone = _("To score"), "wait"
    return Row(reviewed, words, tone)


def to_review_count(user: User) -> int:
    """How many cases wait for this expert's undertaking or scores, for the number beside the entry."""
    if not user.has_role(Role.EXPERT):
        return 0
    waiting = Assignment.objects.open_to(user).filter(submitted_at=None, abstained_at=None)
    found = waiting.select_related("application").only(
        "application__programme", "application__policy", "application__state"
    )
    return sum(Reviewed(one.application, one).runs for one in found)
