"""The working-day calendar: every day numbered, so that adding working days is one look-up."""

from typing import Self

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import District, User


class CalendarDay(models.Model):
    """A day of the whole city. `ordinal` counts the working days up to and including it, so it joins set-based.

    Days that are not here are unknown: the calendar raises, it never guesses.
    """

    day = models.DateField(primary_key=True)
    working = models.BooleanField()
    ordinal = models.IntegerField()
    # True where the year's official notice is not out yet: every promise made with it says so.
    provisional = models.BooleanField(default=False)
    source = models.CharField(max_length=60)
    # What the notice says of a day that an override changes for the whole city; null everywhere else.
    published = models.BooleanField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["ordinal"], condition=models.Q(working=True), name="calendar_ordinal"),
        )

    def __str__(self) -> str:
        return f"{self.day} {'working' if self.working else 'off'}"


class RegionDay(models.Model):
    """A day of a district that has overrides of its own: all days again, with their own ordinals.

    Written from `CalendarDay` and the overrides in force; a district without any has no rows and keeps to
    the city's. The view `workflows_calendar` joins both, by (region, day).
    """

    region = models.CharField(max_length=40)
    day = models.DateField()
    working = models.BooleanField()
    ordinal = models.IntegerField()
    provisional = models.BooleanField(default=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["region", "day"], name="region_day_once"),)
        indexes = (
            models.Index(
                fields=["region", "ordinal"], condition=models.Q(working=True), name="region_ordinal"
            ),
        )

    def __str__(self) -> str:
        return f"{self.region} {self.day} {'working' if self.working else 'off'}"


class OverrideQuerySet(models.QuerySet["CalendarOverride"]):
    def in_force(self) -> Self:
        """Those that have not been taken back."""
        return self.filter(taken_back_at=None)


class CalendarOverride(models.Model):
    """A day that is not what the official notice says: a typhoon, a local holiday, a make-up day.

    Never changed and never deleted; one that was wrong is taken back, and stays.
    """

    day = models.DateField(_("day"))
    # Empty: the whole city. One for a district goes before one for the city.
    region = models.CharField(_("district"), max_length=40, blank=True, default="", choices=District)
    working = models.BooleanField(_("working day"))
    reason = models.CharField(_("reason"), max_length=300)
    # The notice that it rests on: its number or its title.
    document = models.CharField(_("document"), max_length=200)
    # Where it is published, if it is.
    link = models.URLField(max_length=500, blank=True, default="", db_default="")
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())
    taken_back_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    taken_back_at = models.DateTimeField(null=True)
    taken_back_reason = models.CharField(max_length=300, blank=True, default="")
    objects = OverrideQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["day", "region"],
                condition=models.Q(taken_back_at=None),
                name="override_once_in_force",
            ),
        )
        indexes = (models.Index(fields=["-day"], name="override_day"),)

    def __str__(self) -> str:
        return f"{self.day} {self.region or 'all'} {'working' if self.working else 'off'}"
