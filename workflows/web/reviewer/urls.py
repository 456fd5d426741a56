"""Addresses of the experts' door."""

from django.urls import path

from workflows.web.reviewer import bids, case, mine

urlpatterns = [
    path("", mine.reviews, name="reviews"),
    path("bids/", bids.review_bids, name="review_bids"),
    path("<int:pk>/", case.review_case, name="review_case"),
    path("<int:pk>/undertake/", case.review_undertake, name="review_undertake"),
    path("<int:pk>/recuse/", case.review_recuse, name="review_recuse"),
    path("<int:pk>/papers/<int:paper>/", case.review_paper, name="review_paper"),
]
