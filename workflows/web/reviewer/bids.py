"""An expert's bids: the cases that they could be given, by number and fields, and how gladly they would review each."""

from collections import defaultdict
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.doors import door, signed_in
from accounts.models import Role, User
from config.errors import Refusal
from workflows.models import Application, Bid, CaseField, ExpertField
from workflows.review.assignment.bidding import bid, biddable
from workflows.web.paging import page_of

VALUES = (
    (2, gettext_lazy("Gladly")),
    (1, gettext_lazy("Would do")),
    (0, gettext_lazy("Nothing to say")),
    (-1, gettext_lazy("Rather not")),
    (-2, gettext_lazy("I cannot judge it")),
)


@dataclass(frozen=True, slots=True)
class Row:
    """A case as experts see it before anything is assigned: its number and its fields, nothing of who applies."""

    case: Application
    fields: list[ExpertField]
    value: int


@door(Role.EXPERT)
@require_http_methods(["GET", "HEAD", "POST"])
def review_bids(request: HttpRequest) -> HttpResponse:
    """The cases that can be bid on, thirty a page; what is posted is kept for those that were shown."""
    user = signed_in(request)
    refusal = None
    if request.method == "POST":
        try:
            bid(user, _posted(request))
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("Your bids are kept. You can change them until they are due."))
            return redirect(request.get_full_path())
    cases = biddable(user).select_related("round").defer("answers", "sealed_answers")
    page = page_of(cases, request.GET, by="pk")
    context = {"page": page, "rows": _rows(user, list(page.rows)), "values": VALUES, "refusal": refusal}
    return render(request, "reviewer/bids.html", context, status=refusal.status if refusal else 200)


def _rows(user: User, cases: list[Application]) -> list[Row]:
    mine = dict(
        Bid.objects.filter(expert__user=user, application__in=cases).values_list("application", "value")
    )
    fields: dict[int, list[ExpertField]] = defaultdict(list)
    for one in CaseField.objects.filter(application__in=cases).select_related("field").order_by("pk"):
        fields[one.application_id].append(one.field)
    return [Row(case, fields[case.pk], mine.get(case.pk, 0)) for case in cases]


def _posted(request: HttpRequest) -> dict[int, int]:
    """Case → value of every choice that is one; what is none is out of range."""
    found = {}
    for name in request.POST:
        case, text = name.removeprefix("bid-"), str(request.POST[name])
        if case != name and case.isdecimal() and len(case) < 16:
            found[int(case)] = int(text) if text.lstrip("-").isdecimal() and len(text) < 4 else 99
    return found
