"""The lot of a round: what settles a tie that scores and declared keys leave."""

from django.db import models
from django.db.models.functions import Now

from accounts.models import User
from workflows.models.round import Round


class Lot(models.Model):
    """Public numbers that are announced for a round before they are known; the newest of a round counts."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="lots")
    # What was announced, as it was hashed; the numbers by source once they are known.
    announcement = models.JSONField()
    sha256 = models.CharField(max_length=64, unique=True)
    announced_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    announced_at = models.DateTimeField(db_default=Now())
    # Why it is announced anew.
    reason = models.CharField(max_length=500, blank=True, default="")
    numbers = models.JSONField(null=True)
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    entered_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.round_id} {self.sha256[:8]}"
