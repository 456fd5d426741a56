"""My reviews: what waits for the undertaking, what is to be scored, what the chair has to conclude, what is in."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.doors import door, signed_in
from accounts.models import Role, User
from config.words import T
from workflows.models import Application, Assignment
from workflows.models.review_scores import AssignmentQuerySet
from workflows.review.assignment.bidding import biddable
from workflows.review.concluding import may_wait_for_chair, waits_for_chair
from workflows.rules import reviewable_by
from workflows.web.paging import page_of
from workflows.web.reviewer.reading import Reviewed


@dataclass(frozen=True, slots=True)
class Row:
    """One case on the list."""

    reviewed: Reviewed
    words: str
    tone: str
    # Where the next thing is done.
    url: str
    chairs: bool = False

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
    waiting = [
        _waiting(one) for one in mine.filter(_open_ones()).order_by(F("due_at").asc(nulls_last=True), "pk")
    ]
    running = [row for row in waiting if row is not None]
    scoring = [row for row in running if not row.chairs]
    page = page_of(mine.exclude(pk__in=[row.reviewed.assignment.pk for row in running]), request.GET)
    context = {
        "groups": [
            (_("To conclude, in the chair"), [row for row in running if row.chairs]),
            (
                _("Waiting for your undertaking"),
                [row for row in scoring if not row.reviewed.assignment.undertaking_at],
            ),
            (_("To score"), [row for row in scoring if row.reviewed.assignment.undertaking_at]),
        ],
        "done": [_row(one) for one in page.rows],
        "page": page,
        "running": running,
        "bids": biddable(user).count(),
    }
    return render(request, "reviewer/reviews.html", context)


def _mine(user: User) -> AssignmentQuerySet:
    return (
        Assignment.objects.open_to(user)
        .filter(application__in=reviewable_by(user))
        .select_related("application__applicant", "application__round")
        .defer("application__answers", "application__sealed_answers")
    )


def _open_ones() -> Q:
    """Of assignments: not scored yet, or the chair's to conclude; some of them are over all the same."""
    return Q(submitted_at=None, abstained_at=None) | may_wait_for_chair()


def _waiting(one: Assignment) -> Row | None:
    """The row of an open one; None where nothing is to be done any more."""
    reviewed = Reviewed(one.application, one)
    if one.submitted_at is None and one.abstained_at is None:
        return _row(one) if reviewed.runs else None
    what = waits_for_chair(one)
    if not what:
        return None
    words = _("To conclude") if what == "conclude" else _("Revision to confirm")
    return Row(reviewed, words, "due", reverse("conclusion", args=[one.application_id]), chairs=True)


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
    return Row(reviewed, words, tone, reverse("review_case", args=[one.application_id]))


def to_review_count(user: User) -> int:
    """How many cases wait for this expert's undertaking or scores, for the number beside the entry."""
    if not user.has_role(Role.EXPERT):
        return 0
    waiting = Assignment.objects.open_to(user).filter(_open_ones())
    found = waiting.select_related("application").only(
        "submitted_at", "abstained_at", "undertaking_at",
        "application__programme", "application__policy", "application__state",
    )  # fmt: skip
    return sum(_waiting(one) is not None for one in found)
