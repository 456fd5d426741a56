"""A certificate that was issued on a case. What it says never changes; it can be revoked, with a reason."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from workflows.models.application import Application


class Certificate(models.Model):
    """One certificate: its number, its check code, and what it says, word for word."""

    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="issued")
    number = models.CharField(_("number"), max_length=24, unique=True)
    # Which of its programme and year.
    programme = models.CharField(max_length=40)
    year = models.PositiveSmallIntegerField()
    ordinal = models.PositiveIntegerField()
    code = models.CharField(_("check code"), max_length=16, unique=True)
    # Names and words as they were on that day, in both languages.
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    issued_on = models.DateField(_("issued on"))
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(_("revoked"), null=True)
    revoked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    revoked_reason = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["programme", "year", "ordinal"], name="certificate_ordinal"),
        )

    def __str__(self) -> str:
        return self.number

    @property
    def is_valid(self) -> bool:
        return self.revoked_at is None
