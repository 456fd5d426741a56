"""Addresses of the score sheets, under `/reviewer/`."""

from django.urls import path

from workflows.web.scoring import conclusion, offline, reviews, sheet

urlpatterns = [
    path("sheets/", offline.score_sheets, name="score_sheets"),
    path("sheets.xlsx", offline.score_sheets_export, name="score_sheets_export"),
    path("<int:pk>/sheet/", sheet.score_sheet, name="score_sheet"),
    path("<int:pk>/sheet/save/", sheet.score_sheet_save, name="score_sheet_save"),
    path("<int:pk>/sheet/check/", sheet.score_sheet_check, name="score_sheet_check"),
    path("<int:pk>/sheet/revise/", sheet.score_sheet_revise, name="score_sheet_revise"),
    path("<int:pk>/sheet/abstain/", sheet.score_sheet_abstain, name="score_sheet_abstain"),
    path("<int:pk>/reviews/", reviews.case_reviews, name="case_reviews"),
    path("<int:pk>/conclusion/", conclusion.conclusion, name="conclusion"),
]
