"""Addresses of the roster, the papers and the correction, under /my/."""

from django.urls import path

from workflows.web.roster import correction, imports, papers, people, roster

CASE = "applications/<int:pk>/"
IMPORT = f"{CASE}roster/uploads/<int:import_pk>/"

urlpatterns = [
    path(f"{CASE}roster/", roster.application_roster, name="application_roster"),
    path(f"{CASE}roster/template/<str:language>/", roster.application_roster_template,
         name="application_roster_template"),
    path(f"{CASE}roster/errors/", roster.application_roster_errors, name="application_roster_errors"),
    path(f"{CASE}roster/people/add/", people.application_person_add, name="application_person_add"),
    path(f"{CASE}roster/people/<int:person_pk>/", people.application_person, name="application_person"),
    path(f"{CASE}roster/people/<int:person_pk>/remove/", people.application_person_remove,
         name="application_person_remove"),
    path(f"{CASE}roster/upload/", imports.application_roster_upload, name="application_roster_upload"),
    path(f"{CASE}roster/upload/<uuid:document_id>/finish/", imports.application_roster_finish,
         name="application_roster_finish"),
    path(f"{CASE}roster/uploads/newest/", imports.application_roster_newest, name="application_roster_newest"),
    path(IMPORT, imports.application_roster_import, name="application_roster_import"),
    path(f"{IMPORT}apply/", imports.application_roster_apply, name="application_roster_apply"),
    path(f"{IMPORT}drop/", imports.application_roster_drop, name="application_roster_drop"),
    path(f"{IMPORT}errors/", imports.application_import_errors, name="application_import_errors"),
    path(f"{CASE}papers/", papers.application_papers, name="application_papers"),
    path(f"{CASE}papers/<slug:slug>/", papers.application_paper, name="application_paper"),
    path(f"{CASE}papers/<slug:slug>/upload/", papers.application_paper_upload, name="application_paper_upload"),
    path(f"{CASE}papers/<slug:slug>/upload/<uuid:document_id>/finish/", papers.application_paper_finish,
         name="application_paper_finish"),
    path(f"{CASE}papers/<slug:slug>/<int:paper_pk>/", papers.application_paper_view, name="application_paper_view"),
    path(f"{CASE}papers/<slug:slug>/<int:paper_pk>/remove/", papers.application_paper_remove,
         name="application_paper_remove"),
    path(f"{CASE}correction/", correction.application_correction, name="application_correction"),
]  # fmt: skip
