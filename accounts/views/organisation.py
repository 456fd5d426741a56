"""An applicant's organisation: register one, or join one that is registered."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.doors import door, signed_in
from accounts.errors import MembersAreManagedByOwners
from accounts.forms import OrganisationForm
from accounts.identifiers import InvalidIdentifier, credit_code
from accounts.memberships import ask_to_join, register_organisation
from accounts.models import Organisation, User
from accounts.rules import may_manage_members, organisations_seen_by


@door()
def organisation(request: HttpRequest) -> HttpResponse:
    """To one's organisation; a choice between several; without one, the way to register or join."""
    own = list(organisations_seen_by(signed_in(request)))
    if len(own) == 1:
        return HttpResponseRedirect(reverse("members", args=[own[0].pk]))
    return render(request, "accounts/organisations.html", {"organisations": own})


@door()
def register(request: HttpRequest) -> HttpResponse:
    """Register an employer; who does so is its owner."""
    user = signed_in(request)
    initial = request.kept_input.initial if request.kept_input else None  # type: ignore[attr-defined]
    form = OrganisationForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        made = register_organisation(user, **form.cleaned_data)
        messages.success(request, _("%(name)s is registered. You are its owner.") % {"name": made.name})
        return HttpResponseRedirect(reverse("members", args=[made.pk]))
    return render(request, "accounts/register.html", {"form": form})


@door()
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what is known of one's organisation; its credit code stays."""
    user = signed_in(request)
    found = seen_organisation(user, pk)
    if not may_manage_members(user, found):
        raise MembersAreManagedByOwners(organisation=found.name)
    form = OrganisationForm(request.POST or None, instance=found)
    del form.fields["credit_code"]
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return HttpResponseRedirect(reverse("members", args=[found.pk]))
    return render(request, "accounts/edit_organisation.html", {"form": form, "organisation": found})


@door()
@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Ask the owner of a registered organisation for an invitation."""
    user = signed_in(request)
    try:
        code = credit_code(request.POST.get("credit_code", ""))
    except InvalidIdentifier:
        return HttpResponseRedirect(reverse("register_organisation"))
    ask_to_join(get_object_or_404(Organisation, credit_code=code), user=user, site_url=settings.SITE_URL)
    messages.success(
        request,
        _("The owner has got an e-mail with your name and address. You hear from us when you are invited."),
    )
    return HttpResponseRedirect(reverse("organisation"))


def seen_organisation(user: User, pk: int) -> Organisation:
    """One of the user's organisations; 404 for any other, existing or not."""
    return get_object_or_404(organisations_seen_by(user), pk=pk)
