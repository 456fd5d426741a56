"""Addresses of rankings and scores for the offices, under `/desk/`."""

from django.urls import path

from workflows.web.scoring import ranking

urlpatterns = [
    path("rankings/", ranking.rankings, name="rankings"),
    path("rounds/<int:pk>/ranking/", ranking.ranking, name="ranking"),
    path("rounds/<int:pk>/ranking/<int:ranking>/", ranking.ranking_frozen, name="ranking_frozen"),
    path("cases/<int:pk>/score/", ranking.case_score, name="case_score"),
]
