"""Disbursement: a list for the bank, its lines, and what the bank said of each."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from accounts.sealing import SealedField
from workflows.models.application import Application
from workflows.models.round import Round


class PaymentList(models.Model):
    """A list handed to the bank as one file."""

    number = models.CharField(_("number"), max_length=24, unique=True)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="payment_lists")
    authority = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    exported_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)
    bank_return = models.ForeignKey("storage.Document", on_delete=models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return self.number


class PaymentLine(models.Model):
    """One transfer to one employer for some of its people. A failed one stays; its people go on a new line."""

    class State(models.TextChoices):
        WAITING = "waiting", _("With the bank")
        PAID = "paid", _("Paid")
        FAILED = "failed", _("Failed")

    payment_list = models.ForeignKey(PaymentList, on_delete=models.PROTECT, related_name="lines")
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="payment_lines")
    position = models.PositiveIntegerField()
    payee = models.CharField(max_length=120)
    bank_name = models.CharField(max_length=120, blank=True, default="")
    bank_code = models.CharField(max_length=12, blank=True, default="")
    account = SealedField()
    amount_fen = models.BigIntegerField()
    people_count = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    failure = models.CharField(max_length=200, blank=True, default="")
    bank_reference = models.CharField(max_length=60, blank=True, default="")
    paid_on = models.DateField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["payment_list", "position"], name="payment_position"),
            models.CheckConstraint(condition=models.Q(amount_fen__gt=0), name="payment_amount_positive"),
        )
        indexes = (models.Index(fields=["application"], name="lines_of_application"),)

    def __str__(self) -> str:
        return f"{self.payment_list_id}/{self.position}"
