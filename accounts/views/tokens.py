"""One's own tokens for the API: the list, a new one shown once, revoking."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.doors import door, signed_in
from accounts.forms import TokenForm
from accounts.models import Token
from accounts.tokens import make_token, revoke_token
from config.errors import Refusal

ENDED_SHOWN = 20


@door()
@require_GET
def tokens(request: HttpRequest) -> HttpResponse:
    """Tokens in force, and those that ended lately."""
    mine = Token.objects.filter(user=signed_in(request))
    in_force = mine.in_force().order_by("-created_at")
    ended = mine.exclude(pk__in=in_force.values("pk")).order_by("-created_at")[:ENDED_SHOWN]
    return render(request, "accounts/tokens.html", {"tokens": in_force, "ended": ended})


@door()
@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required  # type: ignore[untyped-decorator]
def token_make(request: HttpRequest) -> HttpResponse:
    """Make a token. Asks for the password again: a session left open must not become a key for a year."""
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made, secret = make_token(signed_in(request), **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            response = render(request, "accounts/token_made.html", {"token": made, "secret": secret})
            response["Cache-Control"] = "no-store"
            return response
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/token_make.html", {"form": form}, status=status)


@door()
@require_POST
def token_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Revoke one of one's own tokens."""
    token = get_object_or_404(Token, user=signed_in(request), pk=pk)
    revoke_token(token)
    messages.success(request, _("“%(name)s” is revoked.") % {"name": token.name})
    return HttpResponseRedirect(reverse("tokens"))
