"""Addresses of the applicant's door, under /my/."""

from django.urls import path

from workflows.web.applicant import appeal, application, check, dossier, home, printing, revision, sections
from workflows.web.certificate_file import application_certificate

urlpatterns = [
    path("applications/", home.my_applications, name="my_applications"),
    path("applications/start/<int:round_pk>/", home.application_start, name="application_start"),
    path("applications/<int:pk>/", application.application, name="application"),
    path("applications/<int:pk>/form/<slug:slug>/", sections.application_section, name="application_section"),
    path(
        "applications/<int:pk>/form/<slug:slug>/save/",
        sections.application_section_save,
        name="application_section_save",
    ),
    path("applications/<int:pk>/check/", check.application_check, name="application_check"),
    path("applications/<int:pk>/receipt/", check.application_receipt, name="application_receipt"),
    path("applications/<int:pk>/print/", printing.application_print, name="application_print"),
    path("applications/<int:pk>/certificate/", application_certificate, name="application_certificate"),
    path("applications/<int:pk>/dossier/", dossier.application_dossier, name="application_dossier"),
    path("applications/<int:pk>/revision/", revision.application_revision, name="application_revision"),
    path("applications/<int:pk>/withdraw/", application.application_withdraw, name="application_withdraw"),
    path("applications/<int:pk>/appeal/", appeal.application_appeal, name="application_appeal"),
    path(
        "applications/<int:pk>/people/<int:person_pk>/appeal/",
        appeal.application_person_appeal,
        name="application_person_appeal",
    ),
    path(
        "applications/<int:pk>/confirm-onward/",
        application.application_confirm_onward,
        name="application_confirm_onward",
    ),
]
