"""Bars 限制申报: an organisation that handed in false papers applies for nothing for a time."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from workflows.models.application import Application


class BarQuerySet(models.QuerySet["Bar"]):
    def in_force(self, on: date) -> Self:
        """Those that keep their organisation from applying on that day."""
        return self.filter(from_on__lte=on, until_on__gte=on, lifted_at=None)


class Bar(models.Model):
    """Why, from when and until when an organisation is kept from applying; set on the case in which it was found."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="bars")
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=500)
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("until"))
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=timezone.now)
    lifted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)
    lifted_reason = models.CharField(max_length=500, blank=True, default="")
    objects = BarQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(until_on__gte=F("from_on")), name="bar_ends_after_it_begins"),
            models.UniqueConstraint(
                fields=["organisation", "from_on"], condition=Q(lifted_at=None), name="bar_once_a_day"
            ),
        )

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.from_on} – {self.until_on}"
