"""Figures that nobody here can count, entered by hand: totals of the whole city."""

from django.db import models
from django.utils import timezone

from accounts.models import User


class EnteredFigure(models.Model):
    """A figure of a year with its source and who entered it. A correction is a further row; the last one counts."""

    year = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=40)
    value = models.BigIntegerField()
    source = models.CharField(max_length=200)
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = (models.Index(fields=["year", "key", "-entered_at"], name="figure_newest"),)

    def __str__(self) -> str:
        return f"{self.year} {self.key}: {self.value}"
