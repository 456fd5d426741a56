"""The addresses of the doors: one module for each subject."""

from django.urls import include, path

from workflows.web import absence
from workflows.web.sessions import urls as sessions

urlpatterns = [
    path("me/absences/", absence.absences, name="absences"),
    path("me/absences/<int:pk>/end/", absence.absence_end, name="absence_end"),
    path("me/", include("workflows.web.webhooks.urls")),
    path("my/", include("workflows.web.applicant.urls")),
    path("my/", include("workflows.web.roster.urls")),
    path("reviewer/", include("workflows.web.scoring.urls")),
    path("", include("workflows.web.recusal.urls")),
    path("desk/inspections/", include("workflows.web.inspections.urls")),
    path("desk/", include("workflows.web.desk.urls")),
    path("desk/", include("workflows.web.official.urls")),
    path("desk/", include("workflows.web.scoring.desk_urls")),
    path("", include("workflows.web.experts.urls")),
    path("desk/", include("workflows.web.planning.urls")),
    path("reviewer/", include("workflows.web.reviewer.urls")),
    path("desk/", include(sessions.desk)),
    path("my/", include(sessions.applying)),
    path("reviewer/", include(sessions.reviewing)),
]
