"""What the API answered to a request with a key: a second one with the same key gets the same."""

from django.db import models
from django.db.models.functions import Now

from accounts.models import User
from accounts.sealing import SealedField


class KeptAnswer(models.Model):
    """One changing request to the API with its answer, sealed: it may hold what only its caller may read.

    Reserved by its row before the work, filled after it, in one transaction: two requests with one key wait
    for each other here.
    """

    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=60)
    request_hash = models.BinaryField()
    status = models.PositiveSmallIntegerField(default=0)
    etag = models.CharField(max_length=40, blank=True, default="")
    body = SealedField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (models.UniqueConstraint(fields=["actor", "key"], name="kept_answer_key"),)
        indexes = (models.Index(fields=["at"], name="kept_answer_at"),)

    def __str__(self) -> str:
        return f"{self.key}: {self.status}"
