"""The people of a roster: facts as declared, the tax bureau's record, and the decision for each."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.sealing import SealedField
from workflows.models.application import Application


class Result(models.TextChoices):
    """What the decision table says of a person."""

    UNDECIDED = "", _("Not yet decided")
    GRANTED = "granted", _("Granted")
    REFUSED = "refused", _("Not granted")
    HELD = "held", _("On hold")


class PostKind(models.TextChoices):
    TECHNICAL = "technical", _("Technical post")
    MANAGEMENT = "management", _("Management post")
    LOGISTICS = "logistics", _("Logistics or administration")
    OFFICIAL = "official", _("Official under city management")


class PostLevel(models.TextChoices):
    SENIOR = "senior", _("Senior")
    MIDDLE = "middle", _("Middle")
    JUNIOR = "junior", _("Junior")


class PersonFacts(models.Model):
    """What an employer says of one person. Wrong cells keep what was typed in `raw`, with their problems."""

    position = models.PositiveIntegerField(_("row"))
    name = models.CharField(_("name"), max_length=80, blank=True, default="")
    id_kind = models.CharField(_("document type"), max_length=20, blank=True, default="")
    id_number = SealedField(_("document number"))
    id_index = models.BinaryField(default=b"")
    post_kind = models.CharField(_("kind of post"), max_length=12, blank=True, default="", choices=PostKind)
    post_level = models.CharField(_("level of post"), max_length=8, blank=True, default="", choices=PostLevel)
    hired_on = models.DateField(_("hired"), null=True)
    # Whole months in post on the last day of the round's window.
    tenure_months = models.IntegerField(null=True)
    still_employed = models.BooleanField(_("still employed"), null=True)
    pay_fen = models.BigIntegerField(_("yearly pay before tax"), null=True)
    tax_fen = models.BigIntegerField(_("income tax paid"), null=True)
    first_claimed_year = models.PositiveSmallIntegerField(_("first claimed year"), null=True)
    shares = models.DecimalField(_("share of the firm"), max_digits=6, decimal_places=4, null=True)
    other_award = models.BooleanField(_("another income-tax award"), null=True)
    # Sealed JSON {column: text as typed} of the cells that could not be read, and their problems.
    raw = SealedField()
    problems = models.JSONField(default=list)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class Person(PersonFacts):
    """One person of one application, and what is decided for them."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="people")
    record_tax_fen = models.BigIntegerField(_("tax by the tax record"), null=True)
    compared_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=8, choices=Result, blank=True, default=Result.UNDECIDED)
    rule = models.CharField(max_length=8, blank=True, default="")
    award_fen = models.BigIntegerField(_("award"), default=0)
    # Codes of hold rules that a clerk has released for this person, and a hold laid by hand.
    released = ArrayField(models.CharField(max_length=8), default=list, blank=True)
    held_by_hand = models.BooleanField(default=False)
    frozen = models.BooleanField(default=False)
    revoked = models.BooleanField(default=False)
    payment_line = models.ForeignKey(
        "workflows.PaymentLine", on_delete=models.PROTECT, null=True, related_name="people"
    )

    class Meta:
        constraints = (models.UniqueConstraint(fields=["application", "position"], name="person_position"),)
        indexes = (
            models.Index(fields=["id_index"], name="person_id_index"),
            models.Index(fields=["application", "result"], name="person_result"),
        )


class RosterImport(models.Model):
    """An uploaded roster: read, compared with what is there, then applied or dropped by the employer."""

    class Stage(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        READING = "reading", _("Reading")
        READY = "ready", _("Ready to apply")
        APPLYING = "applying", _("Being applied")
        APPLIED = "applied", _("Applied")
        DROPPED = "dropped", _("Dropped")
        FAILED = "failed", _("Could not be read")

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="roster_imports")
    document = models.ForeignKey("storage.Document", on_delete=models.PROTECT, related_name="+")
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(default=timezone.now)
    stage = models.CharField(max_length=8, choices=Stage, default=Stage.WAITING)
    rows_done = models.PositiveIntegerField(default=0)
    rows_total = models.PositiveIntegerField(default=0)
    rows_with_errors = models.PositiveIntegerField(default=0)
    rows_added = models.PositiveIntegerField(default=0)
    rows_changed = models.PositiveIntegerField(default=0)
    rows_removed = models.PositiveIntegerField(default=0)
    rows_same = models.PositiveIntegerField(default=0)
    failure_en = models.TextField(blank=True, default="")
    failure_zh = models.TextField(blank=True, default="")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["application", "-started_at"], name="roster_import_newest"),)

    def __str__(self) -> str:
        return f"{self.application_id}: {self.stage}"


class StagedPerson(PersonFacts):
    """A row of an upload before it is applied, with what it would change."""

    class Change(models.TextChoices):
        ADDED = "added", _("Added")
        CHANGED = "changed", _("Changed")
        SAME = "same", _("Unchanged")

    # Held by triggers that look once per statement (0029), found by `staged_position`, which begins with it.
    roster_import = models.ForeignKey(
        RosterImport, on_delete=models.CASCADE, related_name="rows", db_index=False, db_constraint=False
    )
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    change = models.CharField(max_length=8, choices=Change, default=Change.ADDED)

    class Meta:
        indexes = (
            models.Index(fields=["roster_import", "position"], name="staged_position"),
            # Of a first roster nobody is there yet: its rows are not in it.
            models.Index(fields=["person"], name="staged_person", condition=models.Q(person__isnull=False)),
        )
