"""The working-day calendar: every day numbered, so that adding working days is one look-up."""

from django.db import models


class CalendarDay(models.Model):
    """A day. `ordinal` counts the working days up to and including it, so it joins set-based.

    Days that are not here are unknown: the calendar raises, it never guesses.
    """

    day = models.DateField(primary_key=True)
    working = models.BooleanField()
    ordinal = models.IntegerField()
    # True where the year's official notice is not out yet: every promise made with it says so.
    provisional = models.BooleanField(default=False)
    source = models.CharField(max_length=60)

    class Meta:
        indexes = (
            models.Index(fields=["ordinal"], condition=models.Q(working=True), name="calendar_ordinal"),
        )

    def __str__(self) -> str:
        return f"{self.day} {'working' if self.working else 'off'}"
