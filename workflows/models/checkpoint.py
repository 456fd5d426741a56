"""Checkpoints of the audit trail: one hash over the tips of all chains, taken from time to time."""

from django.db import models
from django.utils import timezone


class AuditCheckpoint(models.Model):
    """All chains as they stood after the event `last_event`. Kept elsewhere too, it shows a chain made anew."""

    at = models.DateTimeField(default=timezone.now)
    # Chains and events that it covers.
    applications = models.PositiveIntegerField()
    events = models.PositiveBigIntegerField()
    last_event = models.BigIntegerField()
    # SHA-256 over "application:seq:hash" lines of the last events, in the order of the applications.
    tips_sha256 = models.CharField(max_length=64)

    class Meta:
        indexes = (models.Index(fields=["at"], name="checkpoint_at"),)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.tips_sha256[:12]}"
