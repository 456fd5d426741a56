"""The reviews of the whole panel, for those whose own is in, and what they say to each other."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.doors import door, signed_in
from accounts.models import Role
from config.errors import Refusal
from workflows.models import Remark
from workflows.review.counting import standing_of
from workflows.review.sheets.discussion import apart, kept_from, say
from workflows.review.sheets.drafts import Sheet
from workflows.web.scoring.reading import around, own_sheet
from workflows.web.scoring.scores import table_of

REMARKS_SHOWN = 200


@door(Role.EXPERT)
@require_http_methods(["GET", "HEAD", "POST"])
def case_reviews(request: HttpRequest, pk: int) -> HttpResponse:
    """Everybody's scores and comments, and the discussion below them."""
    user = signed_in(request)
    sheet = own_sheet(user, pk)
    if request.method != "POST":
        return _drawn(request, sheet)
    try:
        say(user, pk, request.POST.get("text", ""))
    except Refusal as refusal:
        return _drawn(request, sheet, refusal=refusal)
    return redirect(f"{reverse('case_reviews', args=[pk])}#discussion")


def _drawn(request: HttpRequest, sheet: Sheet, *, refusal: Refusal | None = None) -> HttpResponse:
    standing = standing_of(sheet.case)
    closed = kept_from(sheet, standing)
    context = {**around(sheet), "standing": standing, "closed": closed, "refusal": refusal}
    if closed is None:
        context |= {
            "table": table_of(sheet.rubric, standing),
            "apart": apart(sheet.rubric, standing),
            "remarks": Remark.objects.filter(application=sheet.case)
            .select_related("assignment__expert")
            .order_by("pk")[:REMARKS_SHOWN],
            "speaks": bool(sheet.reviews) and sheet.in_time,
            "text": request.POST.get("text", ""),
            "mine": sheet.assignment,
        }
    response = render(request, "scoring/reviews.html", context, status=refusal.status if refusal else 200)
    response["Cache-Control"] = "no-store"
    return response
