"""Checking a certificate by its code: typed here, or scanned from the paper."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.doors import door
from config.errors import Refusal
from workflows.certificates.checking import NoSuchCertificate, certificate_of
from workflows.certificates.codes import CodeMistyped, shown_code
from workflows.models import Certificate
from workflows.web.public.notices import unindexed
from workflows.web.public.throttle import address_of, count_try


class CodeForm(forms.Form):
    """The one thing that is asked."""

    code = forms.CharField(
        label=_("Check code"),
        max_length=40,
        help_text=_(
            "16 letters and digits, such as 7K3M-9QXD-2FHT-VW5P. Capitals and hyphens do not matter."
        ),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )


@door(public=True)
@require_http_methods(["GET", "HEAD", "POST"])
def certificates(request: HttpRequest) -> HttpResponse:
    """Ask for the code, and say what the certificate is worth."""
    form = CodeForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, form, status=200 if request.method != "POST" else 422)
    return _checked(request, form, form.cleaned_data["code"])


@door(public=True)
@require_safe
def certificate(request: HttpRequest, code: str) -> HttpResponse:
    """The same by the address that the QR code holds."""
    return _checked(request, CodeForm({"code": code}), code)


def _checked(request: HttpRequest, form: CodeForm, typed: str) -> HttpResponse:
    count_try("certificate", address_of(request), limit=60, seconds=600)
    form.is_valid()
    try:
        found = certificate_of(typed)
    except (CodeMistyped, NoSuchCertificate) as refusal:
        form.add_error("code", str(refusal.sentence))
        return _page(request, form, refusal=refusal, status=refusal.status)
    return _page(request, form, found=found)


def _page(
    request: HttpRequest,
    form: CodeForm,
    *,
    found: Certificate | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    language = "en" if (get_language() or "").startswith("en") else "zh"
    context: dict[str, Any] = {"form": form, "found": found, "refusal": refusal}
    if found is not None:
        said = found.content
        context |= {
            "said": {**said, **{name: said[name][language] for name in ("title", "programme", "says")}},
            "code": shown_code(found.code),
        }
    response = render(request, "public/certificate.html", context, status=status)
    unindexed(response)
    return response
