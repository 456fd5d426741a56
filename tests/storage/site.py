"""The project's addresses, and a page with one place to upload a paper, as a room above has it."""

import json

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path

from accounts.doors import door
from storage.models import Document
from storage.uploads import PAPER, begin
from storage.views import ticket_json

PAGE = """{% extends "base.html" %}{% load static %}
{% block title %}合同{% endblock %}{% block heading %}合同{% endblock %}
{% block scripts %}<script src="{% static 'upload.js' %}" defer></script>{% endblock %}
{% block content %}<section class="sheet">
{% include "storage/upload.html" with begin_url="/try/begin" label="合同（盖章）" %}
</section>{% endblock %}"""


@door()
def page(request: HttpRequest) -> HttpResponse:
    context = {"limits": PAPER, "refresh_url": request.GET.get("refresh", "")}
    return HttpResponse(engines["django"].from_string(PAGE).render(context, request))


@door()
def begin_paper(request: HttpRequest) -> HttpResponse:
    asked = json.loads(request.body)
    ticket = begin(user=request.user, organisation=None, limits=PAPER, purpose="paper", **asked)
    return ticket_json(ticket)


@door()
def papers(request: HttpRequest) -> HttpResponse:
    names = ", ".join(document.filename for document in Document.objects.verified())
    return HttpResponse(f'<p id="papers">{names}</p>')


urlpatterns = [
    path("try/", page),
    path("try/begin", begin_paper),
    path("try/papers", papers),
    path("", include("config.urls")),
]
