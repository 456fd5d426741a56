"""What is typed into a file: by the office, by the expert, and by whoever applies."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms import CREDIT_CODE_ERRORS, PersonForm, PlainFields
from accounts.identifiers import InvalidIdentifier, credit_code
from forms.errors import Problem
from forms.fields import ResidentId
from workflows.models import ExpertField, ExpertPost, ExpertRelation, Unavailability
from workflows.review.experts.details import OWN_DETAILS
from workflows.review.experts.excel import LEVELS

LANGUAGES = (
    ("zh", _("Chinese")),
    ("en", _("English")),
    ("ja", _("Japanese")),
    ("de", _("German")),
    ("fr", _("French")),
    ("ru", _("Russian")),
)
MOST_CASES = 200


def day_input() -> forms.DateInput:
    """A date as browsers pick it."""
    return forms.DateInput(attrs={"type": "date", "class": "short"}, format="%Y-%m-%d")


class DetailsForm(PlainFields, forms.Form):
    """The person: name, how to reach them, what they speak, since when, how much they take on."""

    name = forms.CharField(max_length=80)
    email = forms.EmailField()
    phone = forms.CharField(required=False, max_length=20, widget=forms.TextInput(attrs={"type": "tel"}))
    id_number = forms.CharField(
        required=False, max_length=18, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    in_field_since = forms.IntegerField(required=False, min_value=1950)
    languages = forms.MultipleChoiceField(
        required=False, choices=LANGUAGES, widget=forms.CheckboxSelectMultiple
    )
    load_limit = forms.IntegerField(min_value=0, max_value=MOST_CASES, initial=20)
    about = forms.CharField(required=False, max_length=2000, widget=forms.Textarea)
    labels = {
        "name": _("Name of the person"),
        "email": _("E-mail"),
        "phone": _("Mobile"),
        "id_number": _("Resident ID number"),
        "in_field_since": _("In the field since (year)"),
        "languages": _("Languages"),
        "load_limit": _("Cases at once, at most"),
        "about": _("Experience"),
    }
    hints = {
        "email": _("Invitations go there, and the expert signs in with it."),
        "phone": _("Stored encrypted."),
        "id_number": _("Stored encrypted; only to find the same person entered twice."),
        "in_field_since": _("Eight years are asked for in most panels."),
        "about": _("What they have worked on; it helps to choose the right cases."),
    }

    def __init__(self, *args: Any, only: frozenset[str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in list(self.fields):
            if only is not None and name not in only:
                del self.fields[name]

    clean_phone = PersonForm.clean_phone

    def clean_in_field_since(self) -> int | None:
        year: int | None = self.cleaned_data["in_field_since"]
        if year and year > timezone.localdate().year:
            raise forms.ValidationError(_("This year has not come yet."), code="future")
        return year

    def clean_id_number(self) -> str:
        typed = str(self.cleaned_data["id_number"]).strip()
        if not typed:
            return ""
        try:
            return str(ResidentId().parse(typed))
        except Problem as problem:
            raise forms.ValidationError(str(problem.words), code=problem.code) from problem


def own_details(*args: Any, **kwargs: Any) -> DetailsForm:
    """What the expert may change of themselves."""
    return DetailsForm(*args, only=OWN_DETAILS, **kwargs)


class ApplicationForm(DetailsForm):
    """Details and fields at once: an application as a clerk or the person writes it down."""

    fields_known = forms.ModelMultipleChoiceField(queryset=ExpertField.objects.none())
    labels = {**DetailsForm.labels, "fields_known": _("Fields")}
    hints = {
        **DetailsForm.hints,
        "fields_known": _("Those in which the person can judge a project; how well, is said afterwards."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        living = ExpertField.objects.filter(retired_at=None).exclude(parent=None).select_related("parent")
        chosen: Any = self.fields["fields_known"]
        chosen.queryset = living.order_by("parent__position", "position")
        chosen.widget = forms.CheckboxSelectMultiple()
        chosen.widget.choices = chosen.choices
        chosen.label_from_instance = lambda field: f"{field.parent} › {field}"


class CodeForm(PlainFields, forms.Form):
    """A form with unified social credit codes, checked to the last digit where they stand."""

    codes: tuple[str, ...] = ("credit_code",)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name in self.codes:
            if typed := cleaned.get(name, ""):
                try:
                    cleaned[name] = credit_code(typed)
                except InvalidIdentifier as error:
                    self.add_error(name, CREDIT_CODE_ERRORS[error.code])
        return cleaned


class TitleForm(PlainFields, forms.Form):
    name = forms.CharField(max_length=80)
    level = forms.ChoiceField(choices=[(option.value, option.label) for option in LEVELS.options])
    awarded_on = forms.DateField(required=False, widget=day_input())
    valid_until = forms.DateField(required=False, widget=day_input())
    labels = {
        "name": _("Title"),
        "level": _("Level"),
        "awarded_on": _("Awarded on"),
        "valid_until": _("Valid until"),
    }
    hints = {"valid_until": _("Leave it empty where the title does not expire.")}


class PostForm(CodeForm):
    organisation = forms.CharField(max_length=120)
    kind = forms.ChoiceField(choices=ExpertPost.Kind)
    credit_code = forms.CharField(required=False, max_length=24)
    group_code = forms.CharField(required=False, max_length=24)
    from_on = forms.DateField(required=False, widget=day_input())
    until_on = forms.DateField(required=False, widget=day_input())
    codes = ("credit_code", "group_code")
    labels = {
        "organisation": _("Organisation"),
        "kind": _("As"),
        "credit_code": _("Unified social credit code"),
        "group_code": _("Credit code of the group"),
        "from_on": _("From (day)"),
        "until_on": _("Until (day)"),
    }
    hints = {
        "credit_code": _("By it conflicts with applicants are found."),
        "group_code": _("Firms of one group count as one employer."),
        "until_on": _("Empty while it lasts."),
    }


class RelationForm(CodeForm):
    kin = forms.ChoiceField(choices=ExpertRelation.Kin)
    relative = forms.CharField(max_length=80)
    organisation = forms.CharField(max_length=120)
    credit_code = forms.CharField(required=False, max_length=24)
    position = forms.CharField(required=False, max_length=80)
    labels = {
        "kin": _("Relation"),
        "relative": _("Name of the person"),
        "organisation": _("Organisation where they work"),
        "credit_code": _("Unified social credit code"),
        "position": _("Position"),
    }
    hints = {
        "relative": _("Stored encrypted."),
        "credit_code": _("By it conflicts with applicants are found."),
    }


class AbsenceForm(PlainFields, forms.Form):
    from_on = forms.DateField(widget=day_input())
    until_on = forms.DateField(widget=day_input())
    half = forms.ChoiceField(required=False, choices=Unavailability.Half)
    labels = {"from_on": _("First day"), "until_on": _("Last day"), "half": _("Part of the day")}


class FieldForm(PlainFields, forms.Form):
    """A field of the tree."""

    code = forms.CharField(max_length=20)
    title_zh = forms.CharField(max_length=80)
    title_en = forms.CharField(max_length=80)
    parent = forms.ModelChoiceField(queryset=ExpertField.objects.none(), required=False)
    labels = {
        "code": _("Field code"),
        "title_zh": _("Name in Chinese"),
        "title_en": _("Name in English"),
        "parent": _("Under"),
    }
    hints = {
        "code": _("Capital letters and digits; it stays."),
        "parent": _("Empty for one of the first level."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parent: Any = self.fields["parent"]
        parent.queryset = ExpertField.objects.filter(retired_at=None).order_by("code")
        parent.empty_label = _("First level")


PART_FORMS: dict[str, Callable[..., forms.Form]] = {
    "titles": TitleForm,
    "posts": PostForm,
    "relations": RelationForm,
    "absences": AbsenceForm,
}
