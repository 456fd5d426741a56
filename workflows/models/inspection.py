"""On-site inspection: a tour of inspectors, its visits to firms, what was noted, photographed and signed there."""

from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from viewflow.workflow.models import Process

from accounts.models import Organisation, Role, User
from workflows.models.application import Application
from workflows.models.round import Round


class InspectionTourQuerySet(models.QuerySet["InspectionTour"]):
    def readable_by(self, user: User) -> Self:
        """Tours of the offices for which `user` works on cases."""
        return self.filter(
            models.Q(handler__in=user.organisations_as(Role.CLERK))
            | models.Q(authority__in=user.organisations_as(Role.OFFICIAL, Role.CASHIER, Role.AUDITOR))
        )


class InspectionTour(models.Model):
    """One day on which inspectors, at least two, go from firm to firm."""

    class Stage(models.TextChoices):
        VISITING = "visiting", _("Visits")
        REPORTING = "reporting", _("Reports")
        SIGNING = "signing", _("Signatures")
        DONE = "done", _("Done")

    number = models.CharField(_("number"), max_length=24, unique=True)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="inspection_tours")
    ordinal = models.PositiveIntegerField()
    handler = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    authority = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    held_on = models.DateField(_("day"))
    stage = models.CharField(max_length=12, choices=Stage, default=Stage.VISITING)
    planned_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    planned_at = models.DateTimeField(default=timezone.now)
    objects = InspectionTourQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["round", "ordinal"], name="tour_ordinal"),)

    def __str__(self) -> str:
        return self.number


class TourInspector(models.Model):
    """Somebody who goes along. The first of them leads."""

    tour = models.ForeignKey(InspectionTour, on_delete=models.PROTECT, related_name="inspectors")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("position",)
        constraints = (models.UniqueConstraint(fields=["tour", "person"], name="inspector_once"),)

    def __str__(self) -> str:
        return f"{self.tour_id}/{self.person_id}"


class InspectionProcess(Process):  # type: ignore[misc]
    """The human tasks of one tour: visit, report, sign."""

    tour = models.OneToOneField(InspectionTour, on_delete=models.PROTECT, related_name="process")

    def __str__(self) -> str:
        return f"{self.tour}"


class Visit(models.Model):
    """One firm on a tour. `sheet` is what the notes come to; it is frozen when the report is handed in."""

    tour = models.ForeignKey(InspectionTour, on_delete=models.PROTECT, related_name="visits")
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="visits")
    position = models.PositiveSmallIntegerField()
    starts_at = models.DateTimeField(_("begins"))
    sheet = models.JSONField(default=dict)
    noted_at = models.DateTimeField(null=True)
    reported_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reported_at = models.DateTimeField(null=True)
    # The report as it was handed in: sheet, score, photographs; and the hash of the sheet, which is signed.
    report = models.JSONField(default=dict)
    report_sha256 = models.CharField(max_length=64, blank=True, default="")
    signed_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)
    dropped_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    dropped_reason = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        ordering = ("starts_at", "position")
        constraints = (
            models.UniqueConstraint(
                fields=["application"], condition=models.Q(dropped_at=None), name="visit_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.tour_id}/{self.position}"

    @property
    def standing(self) -> str:
        """planned → noted → reported → signed, or dropped."""
        if self.dropped_at:
            return "dropped"
        if self.signed_at:
            return "signed"
        if self.reported_at:
            return "reported"
        return "noted" if self.noted_at else "planned"


class VisitNote(models.Model):
    """What one inspector sent from the spot: the fields that they changed. Never changed itself."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="notes")
    # Made by the phone: what is sent again is recognised by it.
    key = models.CharField(max_length=80)
    changes = models.JSONField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    # By the phone's clock; it may have been off-line for hours.
    noted_at = models.DateTimeField()
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["visit", "key"], name="note_once"),)

    def __str__(self) -> str:
        return f"{self.visit_id}/{self.key}"


class VisitPhotoQuerySet(models.QuerySet["VisitPhoto"]):
    def standing(self) -> Self:
        """Those that nobody took off."""
        return self.filter(removed_at=None)


class VisitPhoto(models.Model):
    """A photograph of a visit, with the time and, unless the inspector refused, the place that the phone gave."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="photos")
    key = models.CharField(max_length=80)
    document = models.OneToOneField("storage.Document", on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    accuracy_m = models.PositiveIntegerField(null=True)
    place_refused = models.BooleanField(default=False)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)
    # Taken off the report before it was handed in; the picture itself is kept.
    removed_at = models.DateTimeField(null=True)
    removed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    removed_reason = models.CharField(max_length=500, blank=True, default="", db_default="")
    objects = VisitPhotoQuerySet.as_manager()

    class Meta:
        ordering = ("taken_at", "pk")
        constraints = (models.UniqueConstraint(fields=["visit", "key"], name="photo_once"),)

    def __str__(self) -> str:
        return f"{self.visit_id}/{self.key}"


class VisitSignature(models.Model):
    """Somebody signs the report: an inspector, or the firm (`person` null), which may also refuse with a reason."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="signatures")
    key = models.CharField(max_length=80)
    person = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=60)
    post = models.CharField(max_length=60, blank=True, default="")
    # Strokes as drawn: lists of points of a field of 1,000 by 300; empty where the name was typed.
    strokes = models.JSONField(default=list)
    refused = models.BooleanField(default=False)
    reason = models.CharField(max_length=500, blank=True, default="")
    signed_sha256 = models.CharField(max_length=64)
    signed_at = models.DateTimeField()
    received_at = models.DateTimeField(default=timezone.now)
    taken_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    # The report was opened again: it does not count any more.
    void_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=["visit", "key"], name="signature_key"),
            models.UniqueConstraint(
                fields=["visit", "person"], condition=models.Q(void_at=None), name="inspector_signs_once"
            ),
            models.UniqueConstraint(
                fields=["visit"], condition=models.Q(void_at=None, person=None), name="firm_signs_once"
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.visit_id}: {self.name}"
