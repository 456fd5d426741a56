"""A manifest: what a step would do to any number of cases, frozen with their versions, to be signed."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class Manifest(models.Model):
    """Ids and versions of every case that a search found, what blocks each, and what became of it."""

    class Stage(models.TextChoices):
        READY = "ready", _("To be signed")
        SIGNED = "signed", _("Being carried out")
        DONE = "done", _("Carried out")
        REFUSED = "refused", _("Not carried out")

    class Mode(models.TextChoices):
        ALL = "all", _("All or nothing")
        POSSIBLE = "possible", _("Those that can go; the others are reported")

    programme = models.CharField(max_length=40)
    step = models.CharField(max_length=40)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())
    stage = models.CharField(max_length=8, choices=Stage, default=Stage.READY)
    # How the cases were found, so that a page can lead back there.
    search = models.JSONField(default=dict)
    count = models.PositiveIntegerField(default=0)
    blocked = models.PositiveIntegerField(default=0)
    # Of "id:version" lines in id order, over all cases of the manifest.
    sha256 = models.CharField(max_length=64, blank=True, default="")
    # [{"unmet": bits, "state", "policy": where they are the reason, "count": …}]: every combination of reasons.
    groups = models.JSONField(default=list)
    totals = models.JSONField(default=dict)
    mode = models.CharField(max_length=8, choices=Mode, default=Mode.ALL)
    key = models.CharField(max_length=80, blank=True, default="")
    # What else the step was told, JSON, and its reason.
    data = models.JSONField(default=dict)
    reason = models.TextField(blank=True, default="")
    signed_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    # The answer, or the refusal's code and sentences.
    outcome = models.JSONField(default=dict)

    class Meta:
        indexes = (
            models.Index(
                fields=["made_at"],
                name="manifest_unsettled",
                condition=models.Q(stage__in=["ready", "signed"]),
            ),
            models.Index(fields=["actor", "-made_at"], name="manifest_of_actor"),
        )

    def __str__(self) -> str:
        return f"{self.programme}/{self.step} {self.pk}"

    @property
    def possible(self) -> int:
        return self.count - self.blocked


class ManifestPart(models.Model):
    """Ten thousand cases of a manifest as arrays of one length, in id order: a twentieth of the room of rows.

    `unmet` has one bit for each reason: state, role, policy version, then the step's guards in their order.
    """

    manifest = models.ForeignKey(Manifest, on_delete=models.CASCADE, related_name="parts")
    ordinal = models.PositiveIntegerField()
    ids = ArrayField(models.BigIntegerField())
    versions = ArrayField(models.PositiveIntegerField())
    unmet = ArrayField(models.BigIntegerField())
    rounds = ArrayField(models.BigIntegerField())

    class Meta:
        constraints = (models.UniqueConstraint(fields=["manifest", "ordinal"], name="manifest_part"),)

    def __str__(self) -> str:
        return f"{self.manifest_id}/{self.ordinal}"
