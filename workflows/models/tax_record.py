"""The tax bureau's record, imported by staff and compared with what employers declared."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from config.words import T
from workflows.models.round import Round


class TaxRecordImport(models.Model):
    """One file of the tax bureau for a round. `complete` says that who is not in it has no tax record.

    `problems` names the cells that could not be read: `[{row, column_en, column_zh, value, en, zh}]`, values masked.
    """

    class Stage(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        READING = "reading", _("Being read")
        COMPARING = "compare", _("Being compared")
        DONE = "done", _("Done")
        FAILED = "failed", _("Could not be read")

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="tax_record_imports")
    document = models.ForeignKey("storage.Document", on_delete=models.PROTECT, null=True, related_name="+")
    imported_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    imported_at = models.DateTimeField(default=timezone.now)
    complete = models.BooleanField(default=False)
    rows_total = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    rows_with_errors = models.PositiveIntegerField(default=0)
    # Rows of the file that belong to somebody in the round; people of the round compared with it, and differing.
    rows_matched = models.PositiveIntegerField(default=0)
    rows_compared = models.PositiveIntegerField(default=0)
    rows_differing = models.PositiveIntegerField(default=0)
    cases_compared = models.PositiveIntegerField(default=0)
    stage = models.CharField(max_length=8, choices=Stage, default=Stage.WAITING)
    problems = models.JSONField(default=list)
    failure_en = models.TextField(blank=True, default="")
    failure_zh = models.TextField(blank=True, default="")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["round", "-imported_at"], name="tax_record_import_newest"),)

    def __str__(self) -> str:
        return f"{self.round_id} {self.imported_at:%Y-%m-%d}"

    @property
    def is_settled(self) -> bool:
        return self.stage in (self.Stage.DONE, self.Stage.FAILED)

    @property
    def failure(self) -> T:
        """Why it could not be read; empty where it could."""
        return T(en=self.failure_en, zh=self.failure_zh)


class TaxRecord(models.Model):
    """One person's tax by the record; found by the blind index, the number itself is not kept."""

    tax_record_import = models.ForeignKey(TaxRecordImport, on_delete=models.CASCADE, related_name="rows")
    # Excel's row number.
    row = models.PositiveIntegerField(default=0)
    id_index = models.BinaryField()
    tax_fen = models.BigIntegerField()

    class Meta:
        indexes = (models.Index(fields=["tax_record_import", "id_index"], name="tax_record_person"),)

    def __str__(self) -> str:
        return f"{self.tax_record_import_id}"
