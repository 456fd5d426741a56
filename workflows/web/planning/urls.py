"""Addresses of the planning of reviews."""

from django.urls import path

from workflows.web.planning import acts, fields, rounds, run

urlpatterns = [
    path("planning/", rounds.planning, name="planning"),
    path("planning/rounds/<int:pk>/", rounds.planning_round, name="planning_round"),
    path("planning/rounds/<int:pk>/fields/", fields.planning_fields, name="planning_fields"),
    path("planning/<int:pk>/", run.planning_run, name="planning_run"),
    path("planning/<int:pk>/do/<slug:action>/", acts.planning_act, name="planning_act"),
]
