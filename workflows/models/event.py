"""The audit trail, the commands that made it, the declared edges, and the deadlines."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from workflows.models.application import Application


class Event(models.Model):
    """One thing that happened to an application. Append-only; each holds the hash of its predecessor.

    `at` is when it happened by the engine's clock, `recorded_at` when the database wrote it.
    """

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="events", db_index=False
    )
    seq = models.PositiveIntegerField()
    step = models.CharField(max_length=40)
    source = models.CharField(max_length=24)
    target = models.CharField(max_length=24)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())
    reason = models.TextField(blank=True, default="")
    data = models.JSONField(default=dict)
    prev_hash = models.BinaryField()
    hash = models.BinaryField()
    command = models.ForeignKey("workflows.Command", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["application", "seq"], name="event_seq"),)
        indexes = (models.Index(fields=["step", "at"], name="event_step_at"),)

    def __str__(self) -> str:
        return f"{self.application_id}/{self.seq} {self.step}"


class Command(models.Model):
    """One request to perform a step, kept with its answer: a second one with the same key gets the same."""

    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=80)
    step = models.CharField(max_length=40)
    request_hash = models.BinaryField()
    answer = models.JSONField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (models.UniqueConstraint(fields=["actor", "key"], name="command_key"),)

    def __str__(self) -> str:
        return f"{self.step} {self.key}"


class Edge(models.Model):
    """A declared edge of a policy version, written from the declarations; the trigger on applications reads it."""

    programme = models.CharField(max_length=40)
    policy = models.CharField(max_length=20)
    source = models.CharField(max_length=24, blank=True)
    step = models.CharField(max_length=40)
    target = models.CharField(max_length=24)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["programme", "policy", "source", "target", "step"], name="edge_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.programme} {self.policy}: {self.source} → {self.target} ({self.step})"


class Deadline(models.Model):
    """By when a step is due on an application. Swept by one task; never a broker's timer."""

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="deadlines", db_index=False
    )
    step = models.CharField(max_length=40)
    due_on = models.DateField(_("due"))
    set_at = models.DateTimeField()
    # `days` working days after `from_on`, and after every day on which the clock stood still: what a new
    # calendar counts again.
    from_on = models.DateField(null=True)
    days = models.PositiveSmallIntegerField(null=True)
    met_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    lapsed_at = models.DateTimeField(null=True)
    # How many levels have heard that it is overdue.
    escalated = models.PositiveSmallIntegerField(db_default=0)

    class Meta:
        indexes = (
            models.Index(
                fields=["due_on", "id"], condition=models.Q(met_at=None, lapsed_at=None), name="deadline_open"
            ),
            models.Index(fields=["application"], name="deadline_of_application"),
        )

    def __str__(self) -> str:
        return f"{self.application_id}: {self.step} by {self.due_on}"
