"""What staff ask to have corrected: each point unlocks exactly one thing."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.sealing import SealedField
from workflows.models.application import Application
from workflows.models.person import Person


class CorrectionPoint(models.Model):
    """One thing to correct. All points of a request are named at once (一次性告知)."""

    class Kind(models.TextChoices):
        FIELD = "field", _("A field of the form")
        PAPER = "paper", _("A paper")
        PERSON = "person", _("A person of the roster")
        ROSTER = "roster", _("The whole roster")

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="points")
    request_seq = models.PositiveIntegerField(help_text="seq of the event that asked")
    kind = models.CharField(max_length=8, choices=Kind)
    # Name of the field, slug of the paper; empty for a person or the roster.
    target = models.CharField(max_length=60, blank=True, default="")
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    words = models.CharField(max_length=500)
    # What stood there when the point was made, sealed JSON, for old and new side by side.
    before = SealedField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    answer = models.CharField(max_length=500, blank=True, default="")
    answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["application", "closed_at"], name="point_of_application"),)

    def __str__(self) -> str:
        return self.words
