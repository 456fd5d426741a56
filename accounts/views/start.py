"""The first page, the language, and the two pages that the framework asks for."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import REASON_CSRF_TOKEN_MISSING
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from accounts import kept_input
from accounts.adapter import remember_language
from accounts.doors import door
from accounts.models import APPLICANT_ROLES, STAFF_ROLES, Role, User


@door(public=True)
def home(request: HttpRequest) -> HttpResponse:
    """To where a person's work begins; without an account, to the open calls."""
    user = request.user
    if not isinstance(user, User):
        name = "start"
    elif user.has_role(*STAFF_ROLES - {Role.ADMINISTRATOR}):
        name = "worklist"
    elif user.has_role(*APPLICANT_ROLES):
        name = "my_applications"
    elif user.has_role(Role.EXPERT):
        name = "reviews"
    else:
        name = "organisation"
    return HttpResponseRedirect(reverse(name))


@door(public=True)
def icon(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """The mark, for browsers that ask for an icon where no page names one, as beside a file."""
    return HttpResponseRedirect(static("mark.svg"))


@door(public=True)
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """The interface in another language from now on: in this browser, and in the person's messages."""
    code = request.POST.get("language", "")
    page = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure()):
        page = reverse("home")
    response = HttpResponseRedirect(page)
    if code in dict(settings.LANGUAGES):
        remember_language(response, code)
        if isinstance(request.user, User) and request.user.language != code:
            User.objects.filter(pk=request.user.pk).update(language=code)
    return response


@door(public=True)
def terms(request: HttpRequest) -> HttpResponse:
    """The terms of use and the privacy notice."""
    return render(request, "accounts/terms.html")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was sent with an old token, usually after signing in elsewhere: keep it, and show it again.

    Only what the browser says came from our own pages is kept; another site must not fill our forms.
    """
    from_here = url_has_allowed_host_and_scheme(
        request.headers.get("Origin", ""), {request.get_host()}, require_https=request.is_secure()
    )
    page = ""
    if from_here and request.headers.get("Origin") and reason != REASON_CSRF_TOKEN_MISSING:
        user: Any = request.user
        page = kept_input.keep(request, owner_id=user.pk if user.is_authenticated else None)
    return render(request, "403_csrf.html", {"page": page}, status=403)


def too_many(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """429, in the look of every page."""
    return render(request, "429.html", status=429)
