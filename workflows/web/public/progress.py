"""Progress by receipt number: for whoever knows it and the last four signs of the contact's document."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts.doors import door
from accounts.sealing import blind_index
from forms.fields.base import squeeze
from workflows.models import Application
from workflows.web.limits import path_of_case
from workflows.web.pictures import Moment, events_of, provisional_of
from workflows.web.public.notices import unindexed
from workflows.web.public.throttle import address_of, count_try

TAIL = 4


class ProgressForm(forms.Form):
    """The two things that are asked; full-width digits are read as digits."""

    number = forms.CharField(label=_("Receipt number"), max_length=40, help_text=_("Such as GS2019-000123"))
    tail = forms.CharField(
        label=_("Last four signs of the contact’s identity document"),
        max_length=12,
        widget=forms.TextInput(attrs={"class": "short", "autocomplete": "off"}),
    )

    def clean_number(self) -> str:
        return squeeze(self.cleaned_data["number"]).upper()

    def clean_tail(self) -> str:
        tail = squeeze(self.cleaned_data["tail"]).upper()
        if len(tail) != TAIL:
            raise forms.ValidationError(_("Give exactly four signs."))
        return tail


@door(public=True)
@require_http_methods(["GET", "HEAD", "POST"])
def progress(request: HttpRequest) -> HttpResponse:
    """Where a case stands and until when; no names of people, no sums. A wrong answer tells nothing."""
    form = ProgressForm(request.POST or None)
    context: dict[str, Any] = {"form": form}
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            count_try("progress", address_of(request), limit=60, seconds=600)
            count_try("progress-number", form.cleaned_data["number"], limit=10, seconds=1800)
            case = found(**form.cleaned_data)
            if case is None:
                form.add_error(
                    None, _("We find nothing with this number and these four signs. Compare both.")
                )
            else:
                status = 200
                context |= _shown(case)
    response = render(request, "public/progress.html", context, status=status)
    unindexed(response)
    return response


def found(number: str, tail: str) -> Application | None:
    """The case of that number, if the four signs are its contact's; takes the same way for every answer."""
    case = Application.objects.filter(number=number).select_related("round").first()
    index = blind_index(f"tail:{tail}")
    kept = bytes(case.contact_tail_index) if case else b"\0" * len(index)
    return case if constant_time_compare(index, kept) else None


def _shown(case: Application) -> dict[str, Any]:
    events = events_of(case)
    steps = case.declaration.steps
    moments = [
        Moment(steps[e.step].done, e.at) for e in reversed(events) if e.step in steps and steps[e.step].moves
    ]
    return {
        "case": case,
        "steps": path_of_case(case, events),
        "events": moments,
        "provisional": provisional_of(case),
    }
