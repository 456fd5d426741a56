"""The working-day calendar: its overrides, making one and taking one back, and what each change moved."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, F, Max, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.doors import door, signed_in
from accounts.forms import PlainFields
from accounts.models import District, Role
from config.errors import Refusal
from workflows import calendars
from workflows.calendar_news import reason_of, what_of
from workflows.models import CalendarChange, CalendarDay, CalendarOverride, LimitMove
from workflows.rules import readable_by
from workflows.web.official.scope import READERS
from workflows.web.paging import page_of

WHOLE_CITY = gettext_lazy("The whole city")
LOADS_SHOWN = 3
# What is said above the form, which keeps what was typed.
MENDABLE = (
    calendars.LinkUnusable,
    calendars.OverrideNeedless,
    calendars.AlreadyOverridden,
    calendars.NotInCalendar,
)


class OverrideForm(PlainFields, forms.Form):
    """One day, where, what it is, and why."""

    day = forms.DateField(
        label=gettext_lazy("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    region = forms.ChoiceField(
        label=gettext_lazy("Where"), required=False, choices=[("", WHOLE_CITY), *District.choices]
    )
    working = forms.TypedChoiceField(
        label=gettext_lazy("This day is"),
        choices=[("off", gettext_lazy("A day off")), ("working", gettext_lazy("A working day"))],
        coerce=lambda value: value == "working",
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)
    document = forms.CharField(label=gettext_lazy("Document"), max_length=200)
    link = forms.CharField(
        label=gettext_lazy("Link to it"), required=False, widget=forms.URLInput(attrs={"inputmode": "url"})
    )
    labels = {"region": gettext_lazy("Where")}
    hints = {
        "region": gettext_lazy("It counts for offices in that district."),
        "reason": gettext_lazy("People whose dates move read it."),
        "document": gettext_lazy("Number or title of the notice that it rests on."),
        "link": gettext_lazy("Where it is published, if it is."),
    }


@door(*READERS, Role.ADMINISTRATOR)
def calendar(request: HttpRequest) -> HttpResponse:
    """Overrides, newest first; officials and administrators make them here."""
    user = signed_in(request)
    form = OverrideForm(request.POST or None)
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        try:
            change = calendars.override(**facts, by=user)
        except MENDABLE as error:
            refusal = error
        else:
            messages.success(request, _moved(change))
            return redirect("calendar_change", pk=change.pk)
    found = CalendarOverride.objects.select_related("made_by", "taken_back_by").annotate(
        change=Max("changes"), moved=Max("changes__moved", filter=Q(changes__kind="overridden"))
    )
    page = page_of(found, request.GET, total=CalendarOverride.objects.count())
    context = {
        "form": form,
        "refusal": refusal,
        "page": page,
        "may_change": calendars.may_change(user),
        "until": CalendarDay.objects.aggregate(
            known=Max("day"), official=Max("day", filter=Q(provisional=False))
        ),
        "loads": CalendarChange.objects.filter(kind=CalendarChange.Kind.LOADED).order_by("-pk")[:LOADS_SHOWN],
        "today": timezone.localdate(),
    }
    status = refusal.status if refusal else 422 if form.errors else 200
    return render(request, "official/calendar.html", context, status=status)


def _moved(change: CalendarChange) -> str:
    n = change.moved
    words = ngettext(
        "The calendar is changed; %(n)s limit moved.", "The calendar is changed; %(n)s limits moved.", n
    )
    return words % {"n": f"{n:,}"}


@door(*READERS, Role.ADMINISTRATOR)
@require_GET
def calendar_change(request: HttpRequest, pk: int) -> HttpResponse:
    """What one change of the calendar moved, among the cases that the reader may know of."""
    user = signed_in(request)
    change = get_object_or_404(CalendarChange.objects.select_related("override", "by"), pk=pk)
    seen = change.moves.filter(application__in=readable_by(user))
    counts = seen.aggregate(total=Count("pk"), kept=Count("pk", filter=Q(now_on=F("was_on"))))
    page = page_of(seen.select_related("application__applicant"), request.GET, by="pk", total=counts["total"])
    context: dict[str, Any] = {
        "change": change,
        "reason": reason_of(change),
        "page": page,
        "rows": [_row(move) for move in page.rows],
        "kept": counts["kept"],
    }
    return render(request, "official/calendar_change.html", context)


def _row(move: LimitMove) -> dict[str, Any]:
    return {"move": move, "case": move.application, "what": what_of(move)}


@door(Role.OFFICIAL, Role.ADMINISTRATOR)
@require_POST
def calendar_take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an override back, with the reason."""
    made = get_object_or_404(CalendarOverride, pk=pk)
    change = calendars.take_back(made, reason=request.POST.get("reason", "")[:300], by=signed_in(request))
    messages.success(request, _("The override is taken back.") + " " + _moved(change))
    return redirect("calendar_change", pk=change.pk)
