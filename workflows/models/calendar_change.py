"""What a change of the calendar did to the limits that were running: a ledger that is only ever added to."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from workflows.models.application import Application
from workflows.models.calendar import CalendarOverride


class CalendarChange(models.Model):
    """One change of the calendar: official days loaded, an override made, an override taken back."""

    class Kind(models.TextChoices):
        LOADED = "loaded", _("Official calendar loaded")
        OVERRIDDEN = "overridden", _("Override")
        TAKEN_BACK = "taken_back", _("Override taken back")

    kind = models.CharField(max_length=10, choices=Kind)
    at = models.DateTimeField(db_default=Now())
    # Null where an operator loaded it at the command line.
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    override = models.ForeignKey(
        CalendarOverride, on_delete=models.PROTECT, null=True, related_name="changes"
    )
    first_on = models.DateField()
    last_on = models.DateField()
    moved = models.PositiveIntegerField(default=0)
    kept = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.kind} {self.first_on}–{self.last_on}"


class LimitMove(models.Model):
    """One limit that a change of the calendar moved, or that was kept because moving it would hurt the applicant.

    `counted_on` is what the new calendar gives, `now_on` what holds; they differ where the old day was kept.
    """

    class Kind(models.TextChoices):
        STEP = "step", _("Time limit")
        PROMISE = "promise", _("Promised date")
        NOTICE = "notice", _("Notice period")
        OBJECTION = "objection", _("Answer to an objection")

    change = models.ForeignKey(CalendarChange, on_delete=models.PROTECT, related_name="moves")
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="limit_moves")
    kind = models.CharField(max_length=10, choices=Kind)
    # The step of a time limit, the number of an objection.
    step = models.CharField(max_length=40, blank=True, default="")
    was_on = models.DateField()
    counted_on = models.DateField()
    now_on = models.DateField()

    class Meta:
        indexes = (models.Index(fields=["application", "kind"], name="limit_move_of_application"),)

    def __str__(self) -> str:
        return f"{self.application_id} {self.kind}: {self.was_on} → {self.now_on}"

    @property
    def is_kept(self) -> bool:
        return self.was_on == self.now_on
