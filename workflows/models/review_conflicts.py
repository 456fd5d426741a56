"""Conflicts of interest 利益冲突: found and declared, each with rule and evidence, settled only by somebody else."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from workflows.models.application import Application
from workflows.models.review_experts import Expert


class ConflictQuerySet(models.QuerySet["Conflict"]):
    def standing(self) -> Self:
        """Those that keep the expert away from the case."""
        return self.filter(settled_as="")


class Conflict(models.Model):
    """A tie between an expert and a case under one rule. It blocks from the moment it exists."""

    class Source(models.TextChoices):
        FOUND = "found", _("Found")
        DECLARED = "declared", _("Declared")

    class Settled(models.TextChoices):
        STANDING = "", _("Stands")
        DISMISSED = "dismissed", _("Dismissed: it is not so")
        WAIVED = "waived", _("Waived: it does not matter here")

    expert = models.ForeignKey(Expert, on_delete=models.PROTECT, related_name="conflicts", db_index=False)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="conflicts")
    rule = models.CharField(max_length=24)
    evidence = models.JSONField(default=dict)
    source = models.CharField(max_length=8, choices=Source)
    found_at = models.DateTimeField(db_default=Now())
    declared_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    settled_as = models.CharField(max_length=9, choices=Settled, blank=True, default="")
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)
    settled_reason = models.CharField(max_length=500, blank=True, default="")
    objects = ConflictQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["expert", "application", "rule"], name="conflict_once"),
            models.CheckConstraint(
                condition=Q(settled_as="") | ~Q(settled_reason=""), name="conflict_settled_with_reason"
            ),
            models.CheckConstraint(
                condition=Q(settled_by=None) | Q(declared_by=None) | ~Q(settled_by=models.F("declared_by")),
                name="conflict_settled_by_another",
            ),
        )

    def __str__(self) -> str:
        return f"{self.expert_id}/{self.application_id}: {self.rule}"


class ExcludedExpert(models.Model):
    """Somebody whom an applicant asks to keep away from its case, with the reason."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="excluded_experts")
    name = models.CharField(_("name"), max_length=80)
    organisation = models.CharField(_("organisation"), max_length=120, blank=True, default="")
    credit_code = models.CharField(_("unified social credit code"), max_length=18, blank=True, default="")
    reason = models.CharField(_("reason"), max_length=500)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.application_id}: {self.name}"
