"""Public notice: a frozen, masked list; objections that freeze one line."""

from typing import Self

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.sealing import SealedField
from workflows.models.application import Application
from workflows.models.batch import Batch
from workflows.models.person import Person


class NoticeQuerySet(models.QuerySet["Notice"]):
    def on_show(self) -> Self:
        """Those that the public may read now, by the database's clock."""
        return self.filter(shown_from__lte=Now(), shown_until__gt=Now(), withdrawn_at=None)


class Notice(models.Model):
    """The proposed award list of one batch, as published. Its lines never change after release."""

    batch = models.OneToOneField(Batch, on_delete=models.PROTECT, related_name="notice")
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    shown_from = models.DateTimeField()
    shown_until = models.DateTimeField()
    released_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    released_at = models.DateTimeField(default=timezone.now)
    # SHA-256 of the lines as shown; anybody can compare it with a saved page.
    sha256 = models.CharField(max_length=64)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_reason = models.CharField(max_length=500, blank=True, default="", db_default="")
    objects = NoticeQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.batch)


class NoticeLine(models.Model):
    """What the public reads of one person: name, employer, category; never a number, a phone or money."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveIntegerField()
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="+")
    # None where the programme decides on the case itself.
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="notice_lines")
    employer_name = models.CharField(max_length=120)
    person_name = models.CharField(max_length=80, blank=True, default="")
    category = models.CharField(max_length=40)
    # The last four of the number, only between namesakes of one employer.
    id_tail = models.CharField(max_length=4, blank=True, default="")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["notice", "position"], name="notice_position"),)

    def __str__(self) -> str:
        return f"{self.employer_name} {self.person_name}".strip()

    @property
    def item_name(self) -> str:
        """Whom the line is about: the person, or the applicant where there is none."""
        return self.person_name or self.employer_name


class Objection(models.Model):
    """An objection to one line, with real name and contact, which stay confidential."""

    class State(models.TextChoices):
        RECEIVED = "received", _("Received")
        REFUSED = "refused", _("Not admitted")
        UPHELD = "upheld", _("Upheld")
        DISMISSED = "dismissed", _("Dismissed")

    number = models.CharField(max_length=24, unique=True)
    line = models.ForeignKey(NoticeLine, on_delete=models.PROTECT, related_name="objections")
    from_organisation = models.BooleanField(default=False)
    objector_name = SealedField()
    objector_contact = SealedField()
    statement = SealedField()
    evidence = models.ForeignKey("storage.Document", on_delete=models.PROTECT, null=True, related_name="+")
    received_at = models.DateTimeField(default=timezone.now)
    due_on = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.RECEIVED)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True, default="")

    class Meta:
        indexes = (models.Index(fields=["state", "due_on"], name="objection_due"),)

    def __str__(self) -> str:
        return self.number
