"""To object to one line of a notice: with a real name and a contact, both kept confidential."""

import re
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.doors import door
from workflows.models import NoticeLine, Objection
from workflows.objections import ObjectionAnonymous, object_to
from workflows.web.keys import fresh_key
from workflows.web.public.notices import category_words, over, shown_or_none, unindexed
from workflows.web.public.throttle import address_of, count_try

SALT = "workflows.objection"
RECEIPT_SECONDS = 30 * 24 * 3600
ANONYMOUS = re.compile(
    r"(匿名|无名|佚名|某.{0,2}|.某{1,2}|路人|网友|群众|市民|热心.*|anonym\w*|nobody|none|n/?a|test)",
    re.IGNORECASE,
)
REACHABLE = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]{2,}|(?:\D*\d){7,}")


class ObjectionForm(forms.Form):
    """What an objection needs. Whoever sends it without a name or a contact is told why it is not taken."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    objector = forms.ChoiceField(
        label=_("Who objects?"),
        choices=[("person", _("A person, under the real name")), ("organisation", _("An organisation"))],
        widget=forms.RadioSelect,
    )
    name = forms.CharField(
        label=_("Real name, or name of the organisation"),
        max_length=120,
        help_text=_("Only the office that handles the objection sees it."),
    )
    contact = forms.CharField(
        label=_("Telephone or e-mail"), max_length=120, help_text=_("The answer with its reasons goes there.")
    )
    statement = forms.CharField(
        label=_("What you object to, and why"),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=2000,
        help_text=_("Name facts that can be checked, and where they can be checked."),
    )
    consent = forms.BooleanField(
        label=_("What I say is true. I agree that my name and contact are used to handle this objection."),
    )

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        letters = sum(c.isalpha() for c in name)
        if letters < 2 or ANONYMOUS.fullmatch(name):
            raise ValidationError(str(ObjectionAnonymous()))
        return name

    def clean_contact(self) -> str:
        contact = self.cleaned_data["contact"].strip()
        if not REACHABLE.search(contact):
            raise ValidationError(_("Give a telephone number or an e-mail at which you can be reached."))
        return str(contact)


@door(public=True)
@require_http_methods(["GET", "HEAD", "POST"])
def object_to_line(request: HttpRequest, pk: int, position: int) -> HttpResponse:
    """Take an objection to one line while its notice is on show; a second click gives the first one's receipt."""
    notice = shown_or_none(pk)
    if notice is None:
        return over(request, pk)
    line = get_object_or_404(NoticeLine, notice=notice, position=position)
    form = ObjectionForm(request.POST or None, initial={"key": fresh_key()})
    if request.method == "POST" and form.is_valid():
        count_try("objection", address_of(request), limit=20, seconds=3600)
        return redirect("objection_receipt", token=_objected(line, form.cleaned_data))
    context = {"notice": notice, "line": line, "category": category_words(line.category), "form": form}
    response = render(request, "public/object.html", context, status=422 if form.errors else 200)
    unindexed(response)
    return response


def _objected(line: NoticeLine, said: dict[str, Any]) -> str:
    objection = object_to(
        line,
        name=said["name"],
        contact=said["contact"],
        statement=said["statement"],
        from_organisation=said["objector"] == "organisation",
        key=f"objection:{said['key']}",
    )
    return signing.dumps(objection.pk, salt=SALT)


@door(public=True)
@require_safe
def objection_receipt(request: HttpRequest, token: str) -> HttpResponse:
    """The number and the day of the answer, for whoever holds the link; never a name."""
    try:
        pk = signing.loads(token, salt=SALT, max_age=RECEIPT_SECONDS)
    except signing.BadSignature:
        raise Http404 from None
    objection = get_object_or_404(Objection.objects.select_related("line__notice__batch__authority"), pk=pk)
    response = render(request, "public/objection_receipt.html", {"objection": objection})
    unindexed(response)
    return response
