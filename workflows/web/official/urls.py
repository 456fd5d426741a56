"""Addresses of batches, notices, objections, payments and statistics."""

from django.urls import path

from workflows.web.official import (
    adding,
    annual,
    bank_return,
    batch,
    batch_acts,
    batches,
    calendar,
    exports,
    ledger,
    notices,
    objection,
    payment_list,
    payments,
    release,
    statistics,
)

urlpatterns = [
    path("batches/", batches.batches, name="batches"),
    path("batches/open/", batches.batch_open, name="batch_open"),
    path("batches/<int:pk>/", batch.batch, name="batch"),
    path("batches/<int:pk>/cases/add/", adding.batch_add, name="batch_add"),
    path("batches/<int:pk>/do/<slug:action>/", batch_acts.batch_act, name="batch_act"),
    path("batches/<int:pk>/notice/", release.batch_notice, name="batch_notice"),
    path("batches/<int:pk>/manifest/", exports.batch_manifest, name="batch_manifest"),
    path("batches/<int:pk>/manifest.<str:kind>", exports.batch_export, name="batch_export"),
    path("notices/", notices.notices, name="notices"),
    path("notices/<int:pk>/", notices.notice, name="notice"),
    path("notices/objections/", objection.objections, name="objections"),
    path("notices/objections/<int:pk>/", objection.objection, name="objection"),
    path("notices/objections/<int:pk>/open/", objection.objection_open, name="objection_open"),
    path("notices/objections/<int:pk>/evidence/", objection.objection_evidence, name="objection_evidence"),
    path("notices/objections/<int:pk>/decide/", objection.objection_decide, name="objection_decide"),
    path("payments/", payments.payments, name="payments"),
    path("payments/make/", payments.payments_make, name="payments_make"),
    path("payments/return.xlsx", bank_return.return_template, name="return_template"),
    path("payments/ledger/", ledger.ledger, name="ledger"),
    path("payments/ledger.<str:kind>", ledger.ledger_export, name="ledger_export"),
    path("payments/<int:pk>/", payment_list.payment_list, name="payment_list"),
    path(
        "payments/<int:pk>/lines/<int:position>/reveal/", payment_list.payment_reveal, name="payment_reveal"
    ),
    path("payments/<int:pk>/bank.<str:kind>", payment_list.payment_export, name="payment_export"),
    path("payments/<int:pk>/return/begin/", bank_return.return_begin, name="return_begin"),
    path("payments/<int:pk>/return/panel/", bank_return.return_panel, name="return_panel"),
    path("payments/<int:pk>/return/<uuid:document>/", bank_return.bank_return, name="bank_return"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/changes/<int:pk>/", calendar.calendar_change, name="calendar_change"),
    path("calendar/<int:pk>/take-back/", calendar.calendar_take_back, name="calendar_take_back"),
    path("statistics/", statistics.statistics, name="statistics"),
    path("statistics/<int:year>/<slug:key>/", annual.figure_rows, name="figure_rows"),
]
