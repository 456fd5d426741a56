"""One page with a form that saves itself, for the browser: real views, real sessions, answers kept in a list."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import engines
from django.urls import include, path

from accounts.doors import door
from config.errors import Refusal
from config.words import T
from forms.answers import read
from forms.bound import bind
from tests.forms.test_schema import FORM

PAGE = """{% extends "base.html" %}{% load static %}{% block title %}Form{% endblock %}
{% block scripts %}<script src="{% static 'keeping.js' %}" defer></script>
<script src="{% static 'form.js' %}" defer></script>{% endblock %}
{% block heading %}Form{% endblock %}
{% block content %}<section class="sheet">
<form method="post" novalidate data-autosave-url="/example/save">{% csrf_token %}
{% include "forms/section.html" %}{% include "forms/save_status.html" %}
<button class="btn">OK</button></form></section>{% endblock %}"""

saved: list[dict[str, str]] = []
answering: list[str] = []  # what the next saves meet: "away" or "locked"


class Locked(Refusal):
    code = "locked"
    status = 409
    words = T(en="It has been submitted.", zh="已经提交。")


def stored() -> dict[str, str]:
    return saved[-1] if saved else {}


@door()
def page(request: HttpRequest, section: str) -> HttpResponse:
    if request.method == "POST":
        keep(request, section)
    template = engines["django"].from_string(PAGE)
    bound = bind(FORM, section, stored(), reveal=FORM.sealed_names)
    return HttpResponse(template.render({"bound": bound}, request))


@door()
def save(request: HttpRequest) -> HttpResponse:
    if answering:
        met = answering.pop(0)
        if met == "away":
            return HttpResponse(status=HTTPStatus.BAD_GATEWAY)
        raise Locked
    keep(request, "contact" if "name" in request.POST else "money")
    return JsonResponse({"saved_at": "10:32"})


def keep(request: HttpRequest, section: str) -> None:
    reading = read(FORM, section, request.POST.dict(), answers=stored())
    saved.append({**stored(), **reading.open, **reading.sealed})


urlpatterns = [
    path("example/save", save),
    path("example/<slug:section>/", page, name="example"),
    path("", include("config.urls")),
]
