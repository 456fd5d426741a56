"""One's own page: name, mobile, language, password, second factor."""

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.doors import door, signed_in
from accounts.forms import PersonForm


@door()
def me(request: HttpRequest) -> HttpResponse:
    """Show and change one's name and mobile; the ways to everything else about the account."""
    user = signed_in(request)
    initial = request.kept_input.initial if request.kept_input else {}  # type: ignore[attr-defined]
    form = PersonForm(request.POST or None, instance=user, initial=initial)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return HttpResponseRedirect(reverse("me"))
    context = {"form": form, "two_factors": is_mfa_enabled(user), "memberships": user.memberships}
    return render(request, "accounts/me.html", context)
