"""What is to be told: effects that wait for delivery, messages to people, and what they want by e-mail."""

from typing import Self

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from config.words import T


class OutboxQuerySet(models.QuerySet["OutboxRow"]):
    def waiting(self) -> Self:
        """Rows neither delivered nor given up, due or not."""
        return self.filter(delivered_at=None, given_up_at=None)

    def given_up(self) -> Self:
        """Rows that failed too often; somebody has to look."""
        return self.exclude(given_up_at=None)


class OutboxRow(models.Model):
    """An effect outside the transaction that caused it, delivered at least once, known by its `key`.

    The database fills every column but topic, key and payload, so that a set-based INSERT names only these.
    """

    topic = models.CharField(max_length=40)
    key = models.CharField(max_length=200)
    payload = models.JSONField()
    created_at = models.DateTimeField(db_default=Now())
    due_at = models.DateTimeField(db_default=Now())
    attempts = models.IntegerField(db_default=0)
    # A relay that holds the row, until it is done or this time has passed.
    claimed_until = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    # The class of the last failure, never its text: that may hold an address or a number.
    last_error = models.TextField(blank=True, db_default="")
    given_up_at = models.DateTimeField(null=True)
    objects = OutboxQuerySet.as_manager()

    class Meta:
        db_table = "notifications_outbox"
        constraints = (models.UniqueConstraint(fields=["key"], name="outbox_key"),)
        indexes = (
            models.Index(
                fields=["topic", "due_at", "id"],
                name="outbox_due",
                condition=models.Q(delivered_at=None, given_up_at=None),
            ),
            models.Index(
                fields=["given_up_at"], name="outbox_given_up", condition=~models.Q(given_up_at=None)
            ),
        )

    def __str__(self) -> str:
        return f"{self.topic} {self.key}"

    @property
    def state(self) -> str:
        """`delivered`, `given up` or `waiting`."""
        if self.delivered_at:
            return "delivered"
        return "given up" if self.given_up_at else "waiting"


class MessageQuerySet(models.QuerySet["Message"]):
    def of(self, user: User) -> Self:
        """Messages to `user`: nobody else may know of them."""
        return self.filter(recipient=user)

    def unread(self) -> Self:
        return self.filter(read_at=None)

    def mark_read(self) -> int:
        """Mark the unread ones among these as read now; how many there were."""
        return self.unread().update(read_at=timezone.now())


class Message(models.Model):
    """One thing told to one person, in both languages; the page and the e-mail show the reader's."""

    key = models.CharField(max_length=200)
    recipient = models.ForeignKey(User, on_delete=models.PROTECT)
    topic = models.CharField(max_length=40)
    # The programme that it is about, for the e-mail's list; empty where it is about none.
    programme = models.CharField(max_length=60, blank=True)
    subject_zh = models.CharField(max_length=300)
    subject_en = models.CharField(max_length=300)
    body_zh = models.TextField()
    body_en = models.TextField()
    # A path of this site, "" for none.
    link = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    read_at = models.DateTimeField(null=True)
    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["key"], name="message_key"),
            models.CheckConstraint(
                condition=models.Q(link="")
                | (models.Q(link__startswith="/") & ~models.Q(link__startswith="//")),
                name="message_link_is_a_path",
            ),
        )
        indexes = (
            models.Index(fields=["recipient", "-id"], name="message_newest"),
            models.Index(
                fields=["recipient", "-id"], name="message_unread", condition=models.Q(read_at=None)
            ),
        )

    def __str__(self) -> str:
        return self.subject

    @property
    def subject(self) -> str:
        """In the active language."""
        return T(en=self.subject_en, zh=self.subject_zh).in_language(get_language() or "zh-hans")

    @property
    def body(self) -> str:
        """In the active language; paragraphs are separated by an empty line."""
        return T(en=self.body_en, zh=self.body_zh).in_language(get_language() or "zh-hans")


class Preference(models.Model):
    """Whether a person wants e-mail of a topic. No row means yes."""

    user = models.ForeignKey(User, on_delete=models.PROTECT)
    topic = models.CharField(max_length=40)
    email = models.BooleanField(_("by e-mail"), default=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["user", "topic"], name="preference_once"),)

    def __str__(self) -> str:
        return f"{self.user} · {self.topic} · {self.email}"
