"""What is worked out before anybody is told: who could review what, and which sessions there could be."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from workflows.models.application import Application
from workflows.models.review_experts import ExpertField
from workflows.models.round import Round


class CaseField(models.Model):
    """A field that a case is about: experts of it can judge the case."""

    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, related_name="fields", db_index=False
    )
    field = models.ForeignKey(ExpertField, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["application", "field"], name="case_field_once"),)

    def __str__(self) -> str:
        return f"{self.application_id}: {self.field_id}"


class PlanningRun(models.Model):
    """A question put to a solver and its answer, kept whether it was accepted or not."""

    class Kind(models.TextChoices):
        ASSIGN = "assign", _("Assignment of reviews")
        SESSIONS = "sessions", _("Review sessions")

    class Stage(models.TextChoices):
        WAITING = "waiting", _("Being worked out")
        READY = "ready", _("Proposed")
        REFUSED = "refused", _("No answer")
        ACCEPTED = "accepted", _("Accepted")
        DROPPED = "dropped", _("Dropped")

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="planning_runs", db_index=False)
    kind = models.CharField(max_length=8, choices=Kind)
    stage = models.CharField(max_length=8, choices=Stage, default=Stage.WAITING)
    # What was asked, with pins, as the verbs of its kind read it; and what was found, for the preview.
    asked = models.JSONField(default=dict)
    found = models.JSONField(default=dict)
    # Of a refusal: its code and its sentences.
    refusal = models.JSONField(default=dict)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())
    ready_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["round", "kind"],
                condition=Q(stage__in=["waiting", "ready"]),
                name="one_proposal_of_a_kind",
            ),
        )
        indexes = (
            models.Index(fields=["round", "-id"], name="planning_of_round"),
            models.Index(fields=["made_at"], name="planning_waiting", condition=Q(stage="waiting")),
        )

    def __str__(self) -> str:
        return f"{self.round_id} {self.kind} {self.pk}"
