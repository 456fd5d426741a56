"""The addresses that messages of the demonstration lead to: those of the pages, without the API's, which take long."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("workflows.web.public.urls")),
    path("", include("workflows.web.urls")),
]
