"""A batch: the applications that officials decide together."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from workflows.models.application import Application
from workflows.models.round import Round


class Batch(models.Model):
    """Cases consolidated for one decision. Its human tasks are a viewflow process; its facts are here."""

    class Stage(models.TextChoices):
        PREPARING = "preparing", _("Being prepared")
        VERIFYING = "verifying", _("Being verified")
        APPROVING = "approving", _("Awaiting approval")
        RELEASING = "releasing", _("Awaiting public notice")
        NOTICED = "noticed", _("Notice and payment")
        CLOSED = "closed", _("Closed")
        DISSOLVED = "dissolved", _("Dissolved")

    number = models.CharField(_("number"), max_length=24, unique=True)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="batches")
    ordinal = models.PositiveSmallIntegerField()
    handler = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    authority = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    stage = models.CharField(max_length=12, choices=Stage, default=Stage.PREPARING)
    prepared_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    # For whom, where a substitute did it: four eyes are four other eyes than both of theirs.
    prepared_for = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    prepared_at = models.DateTimeField(default=timezone.now)
    verified_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    verified_for = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    verified_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    approved_for = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    # Ids and versions as signed: SHA-256 over "id:version" lines in id order.
    manifest_sha256 = models.CharField(max_length=64, blank=True, default="")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["round", "ordinal"], name="batch_ordinal"),)

    def __str__(self) -> str:
        return self.number


class BatchItem(models.Model):
    """An application in a batch; one that was taken out stays, with its reason."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="items")
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="batch_items")
    added_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True)
    removed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    removed_reason = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["application"], condition=models.Q(removed_at=None), name="application_in_one_batch"
            ),
        )
        indexes = (models.Index(fields=["batch", "removed_at"], name="items_of_batch"),)

    def __str__(self) -> str:
        return f"{self.batch_id}/{self.application_id}"
