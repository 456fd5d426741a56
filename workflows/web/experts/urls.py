"""Addresses of the expert database: the office's, and the expert's own."""

from django.urls import path

from workflows.web.experts import excel, file, office, own, tree

PAPER = "desk/experts/<int:pk>/titles/<int:part>/paper/"
PART = "<slug:kind>/<int:part>/<slug:action>/"
urlpatterns = [
    path("desk/experts/", office.experts, name="experts"),
    path("desk/experts/enter/", office.expert_enter, name="expert_enter"),
    path("desk/experts/approve/", office.experts_approve, name="experts_approve"),
    path("desk/experts/grades/", office.experts_regrade, name="experts_regrade"),
    path("desk/experts/export.xlsx", excel.experts_export, name="experts_export"),
    path("desk/experts/template.xlsx", excel.experts_template, name="experts_template"),
    path("desk/experts/import/", excel.experts_import, name="experts_import"),
    path("desk/experts/import/panel/", excel.experts_import_panel, name="experts_import_panel"),
    path("desk/experts/import/begin/", excel.experts_import_begin, name="experts_import_begin"),
    path("desk/experts/import/<uuid:document>/", excel.experts_import_check, name="experts_import_check"),
    path("desk/experts/fields/", tree.expert_fields, name="expert_fields"),
    path("desk/experts/fields/add/", tree.expert_field_add, name="expert_field_add"),
    path("desk/experts/fields/load/", tree.expert_fields_load, name="expert_fields_load"),
    path("desk/experts/fields/<int:pk>/", tree.expert_field, name="expert_field"),
    path("desk/experts/fields/<int:pk>/<slug:action>/", tree.expert_field_act, name="expert_field_act"),
    path("desk/experts/<int:pk>/", file.expert, name="expert"),
    path("desk/experts/<int:pk>/edit/", file.expert_edit, name="expert_edit"),
    path("desk/experts/<int:pk>/known/", file.expert_known, name="expert_known"),
    path("desk/experts/<int:pk>/do/<slug:action>/", file.expert_decide, name="expert_decide"),
    path("desk/experts/<int:pk>/reveal/", file.expert_reveal, name="expert_reveal"),
    path("desk/experts/<int:pk>/add/<slug:kind>/", file.expert_add, name="expert_add"),
    path("desk/experts/<int:pk>/titles/<int:part>/paper/", file.expert_evidence, name="expert_evidence"),
    path(
        f"{PAPER}begin/",
        file.expert_evidence_begin,
        name="expert_evidence_begin",
    ),
    path(f"desk/experts/<int:pk>/{PART}", file.expert_part, name="expert_part"),
    path("experts/", own.become_expert, name="become_expert"),
    path("experts/apply/", own.apply_expert, name="apply_expert"),
    path("reviewer/me/", own.my_expert, name="my_expert"),
    path("reviewer/me/edit/", own.my_expert_edit, name="my_expert_edit"),
    path("reviewer/me/known/", own.my_expert_known, name="my_expert_known"),
    path("reviewer/me/add/<slug:kind>/", own.my_expert_add, name="my_expert_add"),
    path("reviewer/me/titles/<int:part>/paper/", own.my_expert_evidence, name="my_expert_evidence"),
    path(
        "reviewer/me/titles/<int:part>/paper/begin/",
        own.my_expert_evidence_begin,
        name="my_expert_evidence_begin",
    ),
    path(f"reviewer/me/{PART}", own.my_expert_part, name="my_expert_part"),
]
