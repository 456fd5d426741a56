"""Appeals 申诉: one decision is looked at again, by somebody else; what was decided first stays as it was."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from workflows.models.application import Application
from workflows.models.person import Person


class Appeal(models.Model):
    """An appeal against the decision on a case, or on one person of its roster."""

    class State(models.TextChoices):
        RECEIVED = "received", _("Received")
        UPHELD = "upheld", _("Upheld")
        DISMISSED = "dismissed", _("Dismissed")

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="appeals")
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    # The event of the decision (its seq on the case), who decided, and what: kept for good.
    decided_seq = models.PositiveIntegerField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    original = models.JSONField()
    statement = models.TextField()
    filed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    filed_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State, default=State.RECEIVED)
    answer = models.TextField(blank=True, default="")
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        # One at a time on a case, and one at a time on each person.
        constraints = (
            models.UniqueConstraint(
                fields=["application"],
                condition=models.Q(state="received", person=None),
                name="appeal_of_case",
            ),
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(state="received"), name="appeal_of_person"
            ),
        )

    def __str__(self) -> str:
        return f"{self.application_id} {self.state}"
