"""Addresses that everybody may open."""

from django.urls import include, path

from workflows.web.public import (
    calls,
    certificates,
    guides,
    notices,
    objections,
    pre_check,
    progress,
    results,
)
from workflows.web.scoring import desk_urls as scoring
from workflows.web.sessions import urls as sessions

urlpatterns = [
    path("start/", calls.start, name="start"),
    path("calls/", calls.calls, name="calls"),
    path("calls/<int:pk>/", calls.call, name="call"),
    path("guides/", guides.guides, name="guides"),
    path("guides/<slug:slug>/", guides.guide, name="guide"),
    path("guides/<slug:slug>/check/", pre_check.pre_check, name="pre_check"),
    path("notices/", notices.public_notices, name="public_notices"),
    path("notices/<int:pk>/", notices.public_notice, name="public_notice"),
    path("notices/<int:pk>/lines.txt", notices.public_notice_lines, name="public_notice_lines"),
    path("notices/<int:pk>/lines/<int:position>/object/", objections.object_to_line, name="object_to_line"),
    path("objections/<str:token>/", objections.objection_receipt, name="objection_receipt"),
    path("results/", results.results, name="results"),
    path("results/<int:pk>/", results.result, name="result"),
    path("certificates/", certificates.certificates, name="certificates"),
    path("certificates/<str:code>/", certificates.certificate, name="certificate"),
    path("progress/", progress.progress, name="progress"),
    path("", include(sessions.public)),
    path("", include(scoring.public)),
]
