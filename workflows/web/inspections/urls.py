"""Addresses of inspections. The worker's own address is above those of the visits, so that it serves them off-line."""

from django.urls import path

from workflows.web.inspections import planning, spot, tours, visit

urlpatterns = [
    path("", tours.tours, name="tours"),
    path("<int:pk>/", tours.tour, name="tour"),
    path("plan/<int:pk>/", planning.tour_plan, name="tour_plan"),
    path("cases/<int:pk>/", tours.case_inspection, name="case_inspection"),
    path("worker.js", visit.visit_worker, name="visit_worker"),
    path("visits/<int:pk>/", visit.visit, name="visit"),
    path("visits/<int:pk>/report.pdf", visit.visit_paper, name="visit_paper"),
    path("visits/<int:pk>/photos/<int:photo>/", visit.visit_photo, name="visit_photo"),
    path("visits/<int:pk>/drop/", planning.visit_drop, name="visit_drop"),
    path("visits/<int:pk>/note/", spot.visit_note, name="visit_note"),
    path("visits/<int:pk>/photos/begin/", spot.visit_photo_begin, name="visit_photo_begin"),
    path("visits/<int:pk>/photos/<uuid:document_id>/", spot.visit_photo_finish, name="visit_photo_finish"),
    path("visits/<int:pk>/photos/<int:photo>/remove/", spot.visit_photo_remove, name="visit_photo_remove"),
    path("visits/<int:pk>/report/", spot.visit_report, name="visit_report"),
    path("visits/<int:pk>/reopen/", spot.visit_reopen, name="visit_reopen"),
    path("visits/<int:pk>/sign/", spot.visit_sign, name="visit_sign"),
]
