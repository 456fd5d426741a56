"""A URL table for tests of refusals and failures."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from accounts.doors import door
from config.errors import Refusal
from config.words import T


class TooLate(Refusal):
    code = "too_late"
    status = 409
    words = T(en="The window of {name} is closed.", zh="{name} 的申报期已结束。")


@door(public=True)
def refusing(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        raise TooLate(name="<b>")
    return HttpResponse(request.kept_input.values.urlencode() if request.kept_input else "form")


@door(public=True)
def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("broken on purpose")


@door(public=True)
def denied(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


urlpatterns = [
    path("", include("config.urls")),
    path("refusing/", refusing),
    path("broken/", broken),
    path("denied/", denied),
]
handler429 = "accounts.views.start.too_many"
