"""Addresses of rankings and scores for the offices, under `/desk/`."""

from django.urls import path

from workflows.web.scoring import lots, ranking

urlpatterns = [
    path("rankings/", ranking.rankings, name="rankings"),
    path("rounds/<int:pk>/ranking/", ranking.ranking, name="ranking"),
    path("rounds/<int:pk>/ranking/lot/", lots.ranking_lot, name="ranking_lot"),
    path("rounds/<int:pk>/ranking/<int:ranking>/", ranking.ranking_frozen, name="ranking_frozen"),
    path("cases/<int:pk>/score/", ranking.case_score, name="case_score"),
]
public = [path("lots/<slug:sha256>/", lots.public_lot, name="public_lot")]
