"""Webhooks: who wants to hear of steps at which address, and what became of each message."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.sealing import SealedField


class WebhookQuerySet(models.QuerySet["Webhook"]):
    def of(self, user: User) -> Self:
        """Those of `user` that have not ended."""
        return self.filter(owner=user, ended_at=None)

    def listening(self) -> Self:
        """Those that are told of steps now."""
        return self.filter(ended_at=None, paused_at=None, disabled_at=None, owner__is_active=True)


class Webhook(models.Model):
    """An address that is told of steps on the cases that its owner may read."""

    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="webhooks")
    url = models.CharField(_("address"), max_length=500)
    # Names of steps; empty for all.
    events = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    secret = SealedField()
    created_at = models.DateTimeField(default=timezone.now)
    paused_at = models.DateTimeField(null=True)
    # Set by us after lasting failure; the owner is told, and may let it go on.
    disabled_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    objects = WebhookQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=["owner"], condition=models.Q(ended_at=None), name="webhook_of_owner"),
        )

    def __str__(self) -> str:
        return self.url

    @property
    def state(self) -> str:
        """`disabled` (by us), `paused` (by its owner) or `on`."""
        return "disabled" if self.disabled_at else "paused" if self.paused_at else "on"


class WebhookDelivery(models.Model):
    """One message to one address: known by its key, tried until it is taken or given up."""

    webhook = models.ForeignKey(Webhook, on_delete=models.PROTECT, related_name="deliveries")
    key = models.CharField(max_length=80)
    event = models.CharField(max_length=40)
    payload = models.JSONField()
    created_at = models.DateTimeField(db_default=Now())
    due_at = models.DateTimeField(db_default=Now())
    claimed_until = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    # What the last try was answered: an HTTP status, or the class of an error.
    status = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(max_length=60, blank=True, default="")
    duration_ms = models.PositiveIntegerField(null=True)
    delivered_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["webhook", "key"], name="webhook_delivery_key"),)
        indexes = (
            models.Index(
                fields=["due_at", "id"],
                condition=models.Q(delivered_at=None, given_up_at=None),
                name="webhook_delivery_due",
            ),
            models.Index(fields=["webhook", "-id"], name="webhook_delivery_log"),
        )

    def __str__(self) -> str:
        return f"{self.webhook_id} {self.key}"

    @property
    def state(self) -> str:
        """`delivered`, `given_up`, `waiting`."""
        return "delivered" if self.delivered_at else "given_up" if self.given_up_at else "waiting"
