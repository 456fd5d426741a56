"""Addresses of the staff's worklist, cases and tax records."""

from django.urls import path

from workflows.web.certificate_file import case_certificate
from workflows.web.desk import (
    case,
    correction,
    dossier,
    giving,
    manifest,
    many,
    people,
    reveal,
    saved,
    tax_record,
    way,
    worklist,
)

urlpatterns = [
    path("", worklist.worklist, name="worklist"),
    path("worklist.<str:kind>", worklist.worklist_export, name="worklist_export"),
    path("searches/", saved.saved_searches, name="saved_searches"),
    path("searches/add/", saved.saved_search_add, name="saved_search_add"),
    path("searches/<int:pk>/", saved.saved_search_change, name="saved_search_change"),
    path("cases/many/", many.case_many, name="case_many"),
    path("manifests/<int:pk>/", manifest.manifest, name="manifest"),
    path("manifests/<int:pk>/commit/", manifest.manifest_commit, name="manifest_commit"),
    path("manifests/<int:pk>/blocked.csv", manifest.manifest_blocked, name="manifest_blocked"),
    path("cases/<int:pk>/", case.case, name="case"),
    path("cases/<int:pk>/steps/<slug:name>/", case.case_step, name="case_step"),
    path("cases/<int:pk>/people/", people.case_people, name="case_people"),
    path("cases/<int:pk>/people.xlsx", people.case_people_export, name="case_people_export"),
    path("cases/<int:pk>/people/<int:person>/", people.case_person, name="case_person"),
    path("cases/<int:pk>/reveal/", reveal.case_reveal, name="case_reveal"),
    path("cases/<int:pk>/papers/<int:paper>/", dossier.case_paper, name="case_paper"),
    path("cases/<int:pk>/corrections/", dossier.case_corrections, name="case_corrections"),
    path("cases/<int:pk>/corrections/ask/", correction.case_ask_correction, name="case_ask_correction"),
    path("cases/<int:pk>/history/", dossier.case_history, name="case_history"),
    path("cases/<int:pk>/way/", way.case_way, name="case_way"),
    path("cases/<int:pk>/dossier/", dossier.case_dossier, name="case_dossier"),
    path("cases/<int:pk>/certificate/", case_certificate, name="case_certificate"),
    path("cases/<int:pk>/dossier/give/", giving.case_give_dossier, name="case_give_dossier"),
    path("tax-records/", tax_record.tax_records, name="tax_records"),
    path("tax-records/template.xlsx", tax_record.tax_record_template, name="tax_record_template"),
    path("tax-records/<int:pk>/", tax_record.tax_record, name="tax_record"),
    path("tax-records/<int:pk>/panel/", tax_record.tax_record_panel, name="tax_record_panel"),
    path("tax-records/<int:pk>/begin/", tax_record.tax_record_begin, name="tax_record_begin"),
    path("tax-records/imports/<int:pk>/", tax_record.tax_record_import, name="tax_record_import"),
    path("tax-records/imports/<int:pk>/start/", tax_record.tax_record_start, name="tax_record_start"),
    path("tax-records/imports/<int:pk>/compare/", tax_record.tax_record_compare, name="tax_record_compare"),
]
