"""A URL table for tests of the doors: among others, one view that declares none."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views import View

from accounts.doors import door
from accounts.models import Role


def forgotten(request: HttpRequest) -> HttpResponse:
    return HttpResponse("secret")


@door(public=True)
def everybody(request: HttpRequest) -> HttpResponse:
    return HttpResponse("open")


@door()
def anybody_signed_in(request: HttpRequest) -> HttpResponse:
    kept = request.kept_input
    return HttpResponse("in" + (f" kept {kept.values.urlencode()}" if kept else ""))


@door(Role.CLERK, Role.OFFICIAL)
class ForStaff(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse("staff")


urlpatterns = [
    path("", include("config.urls")),
    path("forgotten/", forgotten, name="forgotten"),
    path("everybody/", everybody),
    path("anybody/", anybody_signed_in),
    path("staff/", ForStaff.as_view()),
]
