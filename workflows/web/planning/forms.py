"""What a clerk asks of the solvers, as forms; each gives what a run keeps."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms import PlainFields
from workflows.models import CalendarDay, ExpertField, Room, Round

HALVES = [("am", gettext_lazy("Morning")), ("pm", gettext_lazy("Afternoon"))]
PANELS = [(5, "5"), (7, "7"), (9, "9")]
DAYS_MOST = 60


class AssignForm(PlainFields, forms.Form):
    """How many experts a case, how many cases an expert."""

    reviews = forms.IntegerField(
        label=gettext_lazy("Experts for each case"), min_value=1, max_value=15, initial=3
    )
    least = forms.IntegerField(label=gettext_lazy("Cases for each expert, at least"), min_value=0, initial=0)
    most = forms.IntegerField(
        label=gettext_lazy("Cases for each expert, at most"), min_value=1, max_value=200, initial=10
    )
    quota_least = forms.IntegerField(
        label=gettext_lazy("Of them know the field below, at least"),
        min_value=0,
        max_value=15,
        required=False,
    )
    quota_field = forms.ModelChoiceField(
        label=gettext_lazy("Field"), queryset=ExpertField.objects.none(), required=False
    )
    hints = {
        "quota_least": gettext_lazy(
            "For example one for security. Leave it empty if no field has to be there."
        ),
        "reviews": gettext_lazy("Those who review already are counted."),
        "least": gettext_lazy(
            "It is kept, whatever it costs in fit. Leave it at 0 if nobody has to have one."
        ),
        "most": gettext_lazy("Nobody gets more than their own limit."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["quota_field"]
        field.queryset = ExpertField.objects.filter(retired_at=None).order_by("code")

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        least, most = facts.get("least"), facts.get("most")
        if least is not None and most is not None and least > most:
            self.add_error("most", ValidationError(_("This is fewer than the least."), code="order"))
        quota, reviews = facts.get("quota_least") or 0, facts.get("reviews")
        if quota and reviews and quota > reviews:
            words = _("These are more than the experts for each case.")
            self.add_error("quota_least", ValidationError(words, code="order"))
        if quota and not facts.get("quota_field"):
            self.add_error("quota_field", ValidationError(_("Choose the field."), code="required"))
        return facts

    def asked(self) -> dict[str, Any]:
        """As a run keeps it."""
        field = self.cleaned_data.get("quota_field")
        return {**self.cleaned_data, "quota_field": field.pk if field else None}


class SessionsForm(PlainFields, forms.Form):
    """On which days, in which rooms, with what kind of panel."""

    first = forms.DateField(label=gettext_lazy("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label=gettext_lazy("Last day"), widget=forms.DateInput(attrs={"type": "date"}))
    halves = forms.MultipleChoiceField(
        label=gettext_lazy("Halves of the day"), choices=HALVES, initial=["am", "pm"],
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    rooms = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Rooms"), queryset=Room.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    seats = forms.TypedChoiceField(
        label=gettext_lazy("Seats of a panel"), choices=PANELS, coerce=int, initial=5
    )
    size_least = forms.IntegerField(
        label=gettext_lazy("Cases a session, at least"), min_value=1, max_value=20, initial=4
    )
    size_most = forms.IntegerField(
        label=gettext_lazy("Cases a session, at most"), min_value=1, max_value=20, initial=6
    )
    most = forms.IntegerField(
        label=gettext_lazy("Sessions for one expert, at most"), min_value=1, max_value=20, initial=3
    )
    qualified = forms.BooleanField(
        label=gettext_lazy("Only experts with eight years in the field and a senior title"),
        required=False,
        initial=True,
    )
    linked = forms.BooleanField(
        label=gettext_lazy("Let panels share experts, so that scores can be compared"),
        required=False,
        initial=True,
    )
    hints = {"first": gettext_lazy("Only working days are taken.")}

    def __init__(self, round_: Round, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rooms: Any = self.fields["rooms"]
        rooms.queryset = Room.objects.filter(office=round_.handler_id, closed_at=None).order_by("name", "pk")

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        first, last = facts.get("first"), facts.get("last")
        if first and last:
            if not first <= last <= first + timedelta(days=DAYS_MOST):
                self.add_error(
                    "last",
                    ValidationError(_("Choose a day from the first one on, within 60 days."), code="order"),
                )
            elif not _working(first, last):
                self.add_error(
                    "last", ValidationError(_("There is no working day in between."), code="empty")
                )
        least, most = facts.get("size_least"), facts.get("size_most")
        if least is not None and most is not None and least > most:
            self.add_error("size_most", ValidationError(_("This is fewer than the least."), code="order"))
        return facts

    def asked(self) -> dict[str, Any]:
        """As a run keeps it."""
        facts = self.cleaned_data
        days = _working(facts["first"], facts["last"])
        return {
            "halves": [[day.isoformat(), half] for day in days for half in facts["halves"]],
            "rooms": [room.pk for room in facts["rooms"]],
            "seats": facts["seats"],
            "size": [facts["size_least"], facts["size_most"]],
            "most": facts["most"],
            "qualified": facts["qualified"],
            "linked": facts["linked"],
        }


def _working(first: date, last: date) -> list[date]:
    days = CalendarDay.objects.filter(day__range=(first, last), working=True)
    return sorted(set(days.values_list("day", flat=True)))
