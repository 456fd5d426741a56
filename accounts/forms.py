"""The forms of signing in and of one's own pages."""

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from django import forms
from django.utils.translation import gettext_lazy as _
from phonenumbers import NumberParseException, is_valid_number, parse

from accounts.identifiers import InvalidIdentifier, credit_code
from accounts.models import District, Industry, Organisation, OrganisationKind, Scope, Token, User

PASSWORD_HINT = _("At least 10 characters, not only digits, not your name and not a common password.")


class PlainFields:
    """Labels stand above their fields; placeholders that repeat them go, and hints say what is expected."""

    labels: dict[str, Any] = {}
    hints: dict[str, Any] = {}
    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name, field.label)
            field.help_text = self.hints.get(name, field.help_text)
            field.error_messages["required"] = (
                _("Please tick this.")
                if isinstance(field, forms.BooleanField)
                else _("Please choose one.")
                if isinstance(field, forms.ChoiceField)
                else _("Please fill this in.")
            )


class LoginForm(PlainFields, account.LoginForm):  # type: ignore[misc]
    labels = {"login": _("E-mail"), "password": _("Password")}
    hints = {"password": ""}


class SignupForm(PlainFields, account.SignupForm):  # type: ignore[misc]
    """Name, e-mail, password, and the terms."""

    name = forms.CharField(max_length=80, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    terms = forms.BooleanField()
    field_order = ["name", "email", "password1", "password2", "terms"]
    labels = {
        "name": _("Your name"),
        "email": _("E-mail"),
        "password1": _("Password"),
        "password2": _("Password, once more"),
        "terms": _("I have read the terms of use and the privacy notice, and I agree"),
    }
    hints = {
        "name": _("As on your identity document."),
        "email": _("We send a code to it. Later you sign in with it, and get our messages there."),
        "password1": PASSWORD_HINT,
    }

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        # The rule against passwords like one's name needs the name; allauth asks with the e-mail alone.
        name, password = cleaned.get("name", ""), cleaned.get("password1", "")
        if len(name) >= 3 and name.lower() in password.lower() and "password1" not in self.errors:
            self.add_error("password1", _("The password contains your name."))
        return cleaned


class AddEmailForm(PlainFields, account.AddEmailForm):  # type: ignore[misc]
    labels = {"email": _("New e-mail")}


class ChangePasswordForm(PlainFields, account.ChangePasswordForm):  # type: ignore[misc]
    labels = {
        "oldpassword": _("Present password"),
        "password1": _("New password"),
        "password2": _("New password, once more"),
    }
    hints = {"password1": PASSWORD_HINT}


class ResetPasswordForm(PlainFields, account.ResetPasswordForm):  # type: ignore[misc]
    labels = {"email": _("E-mail")}


class ResetPasswordKeyForm(PlainFields, account.ResetPasswordKeyForm):  # type: ignore[misc]
    labels = {"password1": _("New password"), "password2": _("New password, once more")}
    hints = {"password1": PASSWORD_HINT}


class ConfirmEmailForm(PlainFields, account.ConfirmEmailVerificationCodeForm):  # type: ignore[misc]
    labels = {"code": _("Code from the e-mail")}
    hints = {"code": _("Six digits.")}


class ReauthenticatePasswordForm(PlainFields, account.ReauthenticateForm):  # type: ignore[misc]
    labels = {"password": _("Password")}


class AuthenticateForm(PlainFields, mfa.AuthenticateForm):  # type: ignore[misc]
    labels = {"code": _("Code")}
    hints = {"code": _("Six digits from your authenticator app, or one of your recovery codes.")}


class ReauthenticateForm(PlainFields, mfa.ReauthenticateForm):  # type: ignore[misc]
    labels = {"code": _("Code")}
    hints = {"code": _("Six digits from your authenticator app, or one of your recovery codes.")}


class ActivateTOTPForm(PlainFields, totp.ActivateTOTPForm):  # type: ignore[misc]
    labels = {"code": _("Code from the app")}
    hints = {"code": _("Six digits.")}


class PersonForm(PlainFields, forms.ModelForm):  # type: ignore[type-arg]
    """One's own name and mobile."""

    phone = forms.CharField(
        label=_("Mobile"),
        required=False,
        max_length=20,
        help_text=_("Only for questions about your applications. Stored encrypted."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "class": "medium"}),
    )

    class Meta:
        model = User
        fields = ("name",)
        labels = {"name": _("Your name")}
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"})}

    field_order = ("name", "phone")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A sealed column is not editable to Django; the form opens and seals it by hand.
        self.initial.setdefault("phone", self.instance.phone)

    def save(self, commit: bool = True) -> User:
        self.instance.phone = self.cleaned_data["phone"]
        saved: User = super().save(commit)
        return saved

    def clean_phone(self) -> str:
        phone = "".join(str(self.cleaned_data["phone"]).split()).replace("-", "")
        if not phone:
            return ""
        try:
            valid = is_valid_number(parse(phone, "CN"))
        except NumberParseException:
            valid = False
        if not valid:
            raise forms.ValidationError(
                _("This is not a telephone number. Example: 13800138000."), code="phone"
            )
        return phone


CREDIT_CODE_ERRORS = {
    "length": _("The code has 18 characters. Please count again."),
    "shape": _(
        "The code has digits and capital letters only, without I, O, S, V and Z; places 3 to 8 are digits."
    ),
    "inner_check": _(
        "The code is mistyped: places 9 to 17 do not agree. Please compare it with your licence."
    ),
    "check": _("The code is mistyped: the last place does not agree. Please compare it with your licence."),
}


class OrganisationForm(PlainFields, forms.ModelForm):  # type: ignore[type-arg]
    """An employer, as on its business licence."""

    class Meta:
        model = Organisation
        fields = (
            "name", "credit_code", "group_code", "legal_representative", "industry", "district", "address",
        )  # fmt: skip
        labels = {
            "name": _("Name of the organisation"),
            "credit_code": _("Unified social credit code"),
            "group_code": _("Credit code of the group"),
            "legal_representative": _("Legal representative"),
            "industry": _("Industry"),
            "district": _("District"),
            "address": _("Address"),
        }
        help_texts = {
            "name": _("As on the business licence."),
            "credit_code": _("18 characters, as on the business licence."),
            "group_code": _(
                "If a parent company controls this firm: its code. Experts of the group do not review its firms."
            ),
        }

    field_order = (
        "credit_code", "name", "group_code", "legal_representative", "industry", "district", "address",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("credit_code", "legal_representative", "industry", "district"):
            self.fields[name].required = True
        for name, choices in (("industry", Industry.choices), ("district", District.choices)):
            self.fields[name].choices = [("", _("Please choose")), *choices]  # type: ignore[attr-defined]
        for code in (self.fields["credit_code"], self.fields["group_code"]):
            # Blanks are allowed while typing; the stored form is compacted.
            code.max_length = None  # type: ignore[attr-defined]
            code.validators = [v for v in code.validators if getattr(v, "code", "") != "max_length"]
            code.widget.attrs = {
                "class": "medium",
                "autocomplete": "off",
                "spellcheck": "false",
                "maxlength": "30",
            }
        self.registered: Organisation | None = None

    def clean_credit_code(self) -> str:
        try:
            code = credit_code(str(self.cleaned_data["credit_code"]))
        except InvalidIdentifier as error:
            raise forms.ValidationError(CREDIT_CODE_ERRORS[error.code], code=error.code) from error
        self.registered = Organisation.objects.exclude(pk=self.instance.pk).filter(credit_code=code).first()
        if self.registered:
            raise forms.ValidationError(
                _("This organisation is registered already. Ask its owner for an invitation."),
                code="registered",
            )
        return code

    def clean_group_code(self) -> str:
        try:
            return credit_code(code) if (code := str(self.cleaned_data["group_code"])).strip() else ""
        except InvalidIdentifier as error:
            raise forms.ValidationError(CREDIT_CODE_ERRORS[error.code], code=error.code) from error


class InvitationForm(PlainFields, forms.Form):
    """An address and a role to offer it."""

    email = forms.EmailField(
        label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "off", "class": "medium"})
    )
    role = forms.ChoiceField(label=_("Role"))

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = role_choices(organisation)
        field.help_text = role_hint(organisation)


def role_choices(organisation: Organisation) -> list[tuple[str, Any]]:
    """The roles of this organisation, the least powerful first."""
    return [(role.value, role.label) for role in organisation.roles]


def role_hint(organisation: Organisation) -> Any:
    """What the roles mean, in one sentence."""
    if organisation.kind == OrganisationKind.EMPLOYER:
        return _("An agent fills in and submits applications; an owner also decides who belongs here.")
    return _("Roles decide what a person can see and do. The auditor reads everything and changes nothing.")


class TokenForm(PlainFields, forms.Form):
    """What a new token is called, what it may be used for, and how long."""

    name = forms.CharField(
        max_length=60, label=_("Name of the token"), help_text=_("Which program will use it, and where.")
    )
    scopes = forms.MultipleChoiceField(
        choices=Scope.choices, widget=forms.CheckboxSelectMultiple, label=_("What it may be used for")
    )
    days = forms.IntegerField(
        min_value=1, max_value=Token.LONGEST_DAYS, initial=90, label=_("Valid for how many days")
    )
    labels = {
        "name": _("Name of the token"),
        "scopes": _("What it may be used for"),
        "days": _("Valid for how many days"),
    }
    hints = {
        "name": _("Which program will use it, and where."),
        "scopes": _("Never more than you may do yourself."),
        "days": _("At most 365. When your membership ends, the token opens nothing either."),
    }
