"""The addresses of the doors: one module for each subject."""

from django.urls import include, path

urlpatterns = [
    path("my/", include("workflows.web.applicant.urls")),
    path("my/", include("workflows.web.roster.urls")),
    path("desk/", include("workflows.web.desk.urls")),
    path("desk/", include("workflows.web.official.urls")),
]
