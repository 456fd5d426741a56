"""The expert database 专家库: who can be asked to review, in which fields, and what ties them to others."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from accounts.sealing import SealedField
from workflows.models.round import Round


class ExpertField(models.Model):
    """A field of knowledge 专业领域, in a tree that the office edits. One that is retired stays where it was used."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    title_zh = models.CharField(_("name in Chinese"), max_length=80)
    title_en = models.CharField(_("name in English"), max_length=80)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="parts")
    position = models.PositiveSmallIntegerField(default=0)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["parent", "position"], name="expert_field_order"),)

    def __str__(self) -> str:
        return self.title_zh if (get_language() or "zh").startswith("zh") else self.title_en


class FieldChange(models.Model):
    """What somebody did to the tree of fields: what stood there before and after. Append-only."""

    field = models.ForeignKey(ExpertField, on_delete=models.PROTECT, related_name="changes")
    what = models.CharField(max_length=12)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.field_id} {self.what}"


class ExpertQuerySet(models.QuerySet["Expert"]):
    def enrolled(self) -> Self:
        """Those who can be asked."""
        return self.filter(status=Expert.Status.ENROLLED)

    def of_offices(self, organisations: "list[int] | frozenset[int]") -> Self:
        """Those in the databases of these offices."""
        return self.filter(office__in=organisations)


class Expert(models.Model):
    """A person in the expert database of an office. Removed ones stay, with the reason."""

    class Status(models.TextChoices):
        APPLIED = "applied", _("Waiting for approval")
        ENROLLED = "enrolled", _("Enrolled")
        REFUSED = "refused", _("Not enrolled")
        SUSPENDED = "suspended", _("Suspended")
        REMOVED = "removed", _("Removed")

    code = models.CharField(_("code"), max_length=12, unique=True)
    office = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", db_index=False)
    # Null until the person signs in for the first time.
    user = models.OneToOneField(User, on_delete=models.PROTECT, null=True, related_name="expert")
    name = models.CharField(_("name"), max_length=80)
    email = models.EmailField(_("e-mail"))
    phone = SealedField(_("mobile"))
    id_number = SealedField(_("ID number"))
    id_index = models.BinaryField(default=b"")
    languages = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    # Since which year in the field: eight years are asked for by law, by analogy.
    in_field_since = models.PositiveSmallIntegerField(_("in the field since"), null=True, blank=True)
    # How many cases at once, at most.
    load_limit = models.PositiveSmallIntegerField(_("cases at most"), default=20)
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.APPLIED)
    # From past service, 0 to 100; null before the first.
    grade = models.DecimalField(_("grade"), max_digits=5, decimal_places=2, null=True)
    # What they have worked on, in their own words.
    about = models.TextField(_("experience"), blank=True, default="")
    # Who wrote it down, the person or a clerk: somebody else approves.
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    applied_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    removed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    removed_at = models.DateTimeField(null=True)
    # Why not enrolled, suspended, or removed.
    reason = models.CharField(max_length=500, blank=True, default="")
    objects = ExpertQuerySet.as_manager()

    class Meta:
        verbose_name = _("expert")
        constraints = (
            models.CheckConstraint(
                condition=Q(entered_by=None)
                | Q(decided_by=None)
                | ~Q(status="enrolled")
                | ~Q(decided_by=models.F("entered_by")),
                name="expert_approved_by_another",
            ),
        )
        indexes = (
            models.Index(fields=["office", "status", "code"], name="expert_of_office"),
            models.Index(fields=["id_index"], name="expert_id", condition=~Q(id_index=b"")),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.code}"


class ExpertTitle(models.Model):
    """A professional title 职称, with the paper that proves it and the day until which it holds."""

    class Level(models.TextChoices):
        JUNIOR = "junior", _("Junior")
        MIDDLE = "middle", _("Intermediate")
        SENIOR = "senior", _("Senior")

    expert = models.ForeignKey(Expert, on_delete=models.CASCADE, related_name="titles")
    name = models.CharField(_("title"), max_length=80)
    level = models.CharField(_("level"), max_length=6, choices=Level)
    awarded_on = models.DateField(_("awarded on"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    evidence = models.ForeignKey(
        "storage.Document", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    verified_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    verified_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class Competence(models.Model):
    """A field that an expert knows, from 1 (knows) to 3 (leads)."""

    expert = models.ForeignKey(Expert, on_delete=models.CASCADE, related_name="competences", db_index=False)
    field = models.ForeignKey(ExpertField, on_delete=models.PROTECT, related_name="+")
    strength = models.PositiveSmallIntegerField(_("strength"), default=2)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["expert", "field"], name="competence_once"),
            models.CheckConstraint(condition=Q(strength__range=(1, 3)), name="competence_strength"),
        )

    def __str__(self) -> str:
        return f"{self.expert_id}: {self.field_id}"


class ExpertPost(models.Model):
    """What ties an expert to an organisation from a day on, and until when: work, office, shares."""

    class Kind(models.TextChoices):
        EMPLOYED = "employed", _("Employed")
        DIRECTOR = "director", _("Director")
        SUPERVISOR = "supervisor", _("Supervisor")
        CONTROLLER = "controller", _("Controller")
        SHAREHOLDER = "shareholder", _("Shareholder")
        ADVISER = "adviser", _("Adviser")

    expert = models.ForeignKey(Expert, on_delete=models.CASCADE, related_name="posts", db_index=False)
    kind = models.CharField(_("kind"), max_length=11, choices=Kind, default=Kind.EMPLOYED)
    organisation = models.CharField(_("organisation"), max_length=120)
    credit_code = models.CharField(_("unified social credit code"), max_length=18, blank=True, default="")
    # The parent's code: firms of one group count as one employer.
    group_code = models.CharField(_("credit code of the group"), max_length=18, blank=True, default="")
    from_on = models.DateField(_("from"), null=True, blank=True)
    until_on = models.DateField(_("until"), null=True, blank=True)
    # Null until the office has looked at it; it counts for conflicts all the same.
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["expert", "kind"], name="post_of_expert"),
            models.Index(fields=["credit_code"], name="post_code", condition=~Q(credit_code="")),
            models.Index(fields=["group_code"], name="post_group", condition=~Q(group_code="")),
        )

    def __str__(self) -> str:
        return f"{self.expert_id}: {self.organisation}"


class ExpertRelation(models.Model):
    """A relative of an expert as declared 亲属, and the organisation that they work for, direct or own."""

    class Kin(models.TextChoices):
        SPOUSE = "spouse", _("Spouse")
        LINEAL = "lineal", _("Lineal kin")
        COLLATERAL = "collateral", _("Collateral kin to the third degree")
        IN_LAW = "in_law", _("Near in-law")
        OTHER = "other", _("Another tie")

    expert = models.ForeignKey(Expert, on_delete=models.CASCADE, related_name="relations")
    kin = models.CharField(_("relation"), max_length=10, choices=Kin)
    relative = SealedField(_("name"))
    relative_index = models.BinaryField(default=b"")
    organisation = models.CharField(_("organisation"), max_length=120, blank=True, default="")
    credit_code = models.CharField(_("unified social credit code"), max_length=18, blank=True, default="")
    position = models.CharField(_("position"), max_length=80, blank=True, default="")

    class Meta:
        indexes = (models.Index(fields=["credit_code"], name="relation_code", condition=~Q(credit_code="")),)

    def __str__(self) -> str:
        return f"{self.expert_id}: {self.kin}"


class Unavailability(models.Model):
    """Days on which an expert cannot come, both included; whole days, or one half of each."""

    class Half(models.TextChoices):
        WHOLE = "", _("Whole day")
        MORNING = "am", _("Morning")
        AFTERNOON = "pm", _("Afternoon")

    expert = models.ForeignKey(Expert, on_delete=models.CASCADE, related_name="unavailable", db_index=False)
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("until"))
    half = models.CharField(_("half of the day"), max_length=2, choices=Half, blank=True, default="")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(until_on__gte=models.F("from_on")), name="unavailability_forward"
            ),
        )
        indexes = (models.Index(fields=["expert", "from_on"], name="unavailability_of"),)

    def __str__(self) -> str:
        return f"{self.expert_id}: {self.from_on}–{self.until_on}"


class ExpertChange(models.Model):
    """What happened to an expert's file, and by whom: kept for good, for the auditor."""

    expert = models.ForeignKey(Expert, on_delete=models.PROTECT, related_name="changes")
    what = models.CharField(max_length=24)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())
    reason = models.CharField(max_length=500, blank=True, default="")
    data = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.expert_id} {self.what}"


class Bid(models.Model):
    """How gladly an expert would review a case: from −2 (cannot judge it) to 2."""

    expert = models.ForeignKey(Expert, on_delete=models.CASCADE, related_name="+", db_index=False)
    application = models.ForeignKey("workflows.Application", on_delete=models.CASCADE, related_name="+")
    value = models.SmallIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["expert", "application"], name="bid_once"),
            models.CheckConstraint(condition=Q(value__range=(-2, 2)), name="bid_range"),
        )

    def __str__(self) -> str:
        return f"{self.expert_id}/{self.application_id}: {self.value}"


class Ranking(models.Model):
    """The frozen ranking of a round: what goes to the approval batch, with the hash of its content."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="rankings")
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    frozen_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    frozen_at = models.DateTimeField(db_default=Now())
    # The newest counts; who freezes anew says why.
    reason = models.CharField(max_length=500, blank=True, default="")

    def __str__(self) -> str:
        return f"{self.round_id} {self.sha256[:8]}"
