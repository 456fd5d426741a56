"""Addresses of conflicts of interest: the office's page of a case, the applicant's list."""

from django.urls import path

from workflows.web.recusal import conflicts, exclusions

urlpatterns = [
    path("desk/cases/<int:pk>/conflicts/", conflicts.case_conflicts, name="case_conflicts"),
    path("desk/cases/<int:pk>/conflicts/declare/", conflicts.conflict_declare, name="conflict_declare"),
    path("desk/cases/<int:pk>/conflicts/<int:conflict>/", conflicts.conflict_settle, name="conflict_settle"),
    path("my/applications/<int:pk>/experts/", exclusions.application_exclusions, name="application_exclusions"),
    path(
        "my/applications/<int:pk>/experts/<int:entry>/remove/", exclusions.exclusion_remove, name="exclusion_remove"
    ),
]  # fmt: skip
