"""Documents: what was uploaded, by whom, and whether it counts."""

import uuid
from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from config.words import T
from storage.errors import Expired, NotVerified
from storage.interface import INCOMING
from storage.kinds import KINDS
from storage.reasons import SENTENCES
from storage.sizes import size_in_words


class DocumentState(models.TextChoices):
    """The life of a document: announced, uploaded, then one of two verdicts."""

    PENDING = "pending", _("Being uploaded")
    CHECKING = "checking", _("Being checked")
    VERIFIED = "verified", _("Checked")
    REFUSED = "refused", _("Refused")


class DocumentQuerySet(models.QuerySet["Document"]):
    def of_uploader(self, user: User) -> Self:
        """Those that `user` uploaded."""
        return self.filter(uploaded_by=user)

    def verified(self) -> Self:
        """Those that count: checked, and their content still there."""
        return self.filter(state=DocumentState.VERIFIED, removed_at=None)

    def waiting(self, for_at_least: timedelta = timedelta(0)) -> Self:
        """Those to be checked whose check was last asked for that long ago."""
        return self.filter(state=DocumentState.CHECKING, queued_at__lte=timezone.now() - for_at_least)

    def abandoned(self, for_at_least: timedelta) -> Self:
        """Those announced that long ago and never finished."""
        return self.filter(state=DocumentState.PENDING, created_at__lte=timezone.now() - for_at_least)

    def to_remove(self) -> Self:
        """Those whose content goes: refused, or kept long enough; with content still there."""
        over = Q(state=DocumentState.VERIFIED, retained_until__lt=timezone.localdate())
        return self.filter(over | Q(state=DocumentState.REFUSED), removed_at=None)


class Document(models.Model):
    """One uploaded file. Its content lies in the store under `object_key`, which no browser may write to."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    object_key = models.CharField(max_length=200, unique=True, editable=False)
    filename = models.CharField(_("file name"), max_length=200)
    content_type = models.CharField(_("type"), max_length=100)
    size_bytes = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    declared_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    state = models.CharField(_("state"), max_length=8, choices=DocumentState, default=DocumentState.PENDING)
    refusal = models.CharField(max_length=20, blank=True)
    # What the check found instead: a file ending, a size, the name of a malware.
    finding = models.CharField(max_length=80, blank=True)
    # Whether a malware scanner saw it; False where none is configured.
    scanned = models.BooleanField(default=False)
    purpose = models.CharField(max_length=40)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    queued_at = models.DateTimeField(null=True, editable=False)
    verified_at = models.DateTimeField(null=True, editable=False)
    # The last day on which the content is kept; null keeps it for good.
    retained_until = models.DateField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, editable=False)
    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        indexes = (
            models.Index(fields=["queued_at"], condition=Q(state="checking"), name="document_to_check"),
            models.Index(fields=["created_at"], condition=Q(state="pending"), name="document_abandoned"),
            models.Index(
                fields=["retained_until"],
                condition=Q(removed_at=None, state__in=["verified", "refused"]),
                name="document_to_remove",
            ),
            models.Index(fields=["uploaded_by", "created_at"], name="document_uploader"),
        )
        constraints = (
            models.CheckConstraint(
                condition=~Q(state="verified") | Q(verified_at__isnull=False, sha256__regex="^[0-9a-f]{64}$"),
                name="document_verified_has_digest",
            ),
            models.CheckConstraint(
                condition=Q(state="refused") ^ Q(refusal=""), name="document_refused_has_reason"
            ),
        )

    def __str__(self) -> str:
        return self.filename

    @property
    def incoming_key(self) -> str:
        """Where the browser posts it. After the check nothing here matters any more."""
        return f"{INCOMING}{self.pk}"

    @property
    def size(self) -> str:
        """Its size in words."""
        return size_in_words(self.size_bytes)

    @property
    def is_verified(self) -> bool:
        """Whether it counts, with its content still there."""
        return self.state == DocumentState.VERIFIED and self.removed_at is None

    def require_verified(self) -> None:
        """Nothing for a document that counts.

        Raises:
            Expired: its retention is over.
            NotVerified: it has not passed its checks.
        """
        if self.is_verified:
            return
        raise (Expired if self.state == DocumentState.VERIFIED else NotVerified)(filename=self.filename)

    @property
    def is_settled(self) -> bool:
        """Whether its verdict is given."""
        return self.state in {DocumentState.VERIFIED, DocumentState.REFUSED}

    @property
    def reason(self) -> T | None:
        """Why it was refused and what to do next; None where it was not."""
        if not self.refusal:
            return None
        kind = KINDS.get(self.content_type)
        return SENTENCES[self.refusal].format(
            filename=self.filename,
            size=self.size,
            kind=kind.label if kind else self.content_type,
            finding=self.finding,
        )


class MaskedCopy(models.Model):
    """A copy of a document without what the file says of its maker; the row is also the order to make it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Being made")
        MADE = "made", _("Made")
        IMPOSSIBLE = "impossible", _("Cannot be made")

    document = models.OneToOneField(Document, on_delete=models.CASCADE, related_name="masked_copy")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    asked_at = models.DateTimeField(default=timezone.now)
    made_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["asked_at"], condition=Q(state="waiting"), name="masked_copy_waiting"),
        )

    def __str__(self) -> str:
        return f"{self.document_id}: {self.state}"

    @property
    def object_key(self) -> str:
        """Where it lies in the store."""
        return f"masked/{self.document_id}"
