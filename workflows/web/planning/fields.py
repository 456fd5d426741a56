"""Which fields the cases of a round are about: said by the office, so that experts of them can be found."""

from collections import defaultdict
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.shortcuts import redirect as to
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.doors import door, signed_in
from accounts.models import Role, User
from workflows.engine.case_fields import MOST
from workflows.models import Application, ApplicationQuerySet, CaseField, ExpertField, Round
from workflows.review.planning.again import say_fields
from workflows.review.planning.waiting import under_review
from workflows.rules import readable_by
from workflows.web.paging import page_of
from workflows.web.planning.scope import rounds_by

SLOTS = tuple(range(1, MOST + 1))


@dataclass(frozen=True, slots=True)
class Row:
    """A case with what is chosen in each of its slots."""

    case: Application
    chosen: list[int]


@door(Role.CLERK)
@require_http_methods(["GET", "HEAD", "POST"])
def planning_fields(request: HttpRequest, pk: int) -> HttpResponse:
    """The cases before the panel with their fields, thirty a page; what is posted replaces those of the page."""
    user = signed_in(request)
    round_ = get_object_or_404(rounds_by(user), pk=pk)
    page = page_of(_cases(user, round_).select_related("applicant").defer("answers"), request.GET, by="pk")
    fields = list(
        ExpertField.objects.filter(retired_at=None).select_related("parent").order_by("parent", "position")
    )
    if request.method == "POST":
        say_fields(round_, {one.pk: _posted(request, one.pk) for one in page.rows}, by=user)
        messages.success(request, _("The fields of these cases are kept."))
        return to(request.get_full_path())
    chosen: dict[int, list[int]] = defaultdict(list)
    for case, field in (
        CaseField.objects.filter(application__in=page.rows).order_by("pk").values_list("application", "field")
    ):
        chosen[case].append(field)
    rows = [Row(one, (chosen[one.pk] + [0] * len(SLOTS))[: len(SLOTS)]) for one in page.rows]
    return render(
        request,
        "planning/fields.html",
        {"round": round_, "page": page, "rows": rows, "fields": fields, "slots": SLOTS},
    )


def _cases(user: User, round_: Round) -> ApplicationQuerySet:
    return readable_by(user).filter(under_review(round_))


def _posted(request: HttpRequest, case: int) -> list[int]:
    posted = [request.POST.get(f"field-{case}-{slot}", "") for slot in SLOTS]
    return [int(one) for one in posted if one.isdecimal() and len(one) < 10]
