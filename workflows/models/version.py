"""Published policy versions: what a programme said on the day, kept word for word."""

import json
from typing import Any

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class PolicyVersion(models.Model):
    """A version of a programme that is published. It cannot change or be deleted: a trigger refuses it.

    `definition` is the canonical JSON, byte for byte what `sha256` is the hash of; the database checks that.
    """

    programme = models.CharField(_("programme"), max_length=40)
    key = models.CharField(_("policy version"), max_length=20)
    # Counts the published versions of a programme, in the order of publishing.
    number = models.PositiveIntegerField()
    definition = models.TextField()
    sha256 = models.CharField(max_length=64)
    published_at = models.DateTimeField(_("published"), db_default=Now())
    # Empty: published by an operator at the command line.
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    note = models.TextField(blank=True, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["programme", "key"], name="version_once"),
            models.UniqueConstraint(fields=["programme", "number"], name="version_number"),
        )

    def __str__(self) -> str:
        return f"{self.programme} {self.key}"

    @property
    def parts(self) -> dict[str, Any]:
        """The definition as data."""
        found: dict[str, Any] = json.loads(self.definition)
        return found


class CaseMigration(models.Model):
    """Cases of a programme taken from one policy version to another. The trigger on cases reads it: a case changes
    its version as a migration says, there or back, or not at all."""

    programme = models.CharField(max_length=40)
    source = models.CharField(max_length=20)
    target = models.CharField(max_length=20)
    # State under `source` → state under `target`, of every state in which a case stood.
    mapping = models.JSONField()
    reason = models.TextField()
    operator = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(db_default=Now())
    cases = models.PositiveIntegerField(default=0)
    taken_back_at = models.DateTimeField(null=True)
    taken_back = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.programme}: {self.source} → {self.target} (no. {self.pk})"
