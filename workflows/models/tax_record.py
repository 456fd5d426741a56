"""The tax bureau's record, imported by staff and compared with what employers declared."""

from django.db import models
from django.utils import timezone

from accounts.models import User
from workflows.models.round import Round


class TaxRecordImport(models.Model):
    """One file of the tax bureau for a round. `complete` says that who is not in it has no tax record."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="tax_record_imports")
    document = models.ForeignKey("storage.Document", on_delete=models.PROTECT, null=True, related_name="+")
    imported_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    imported_at = models.DateTimeField(default=timezone.now)
    complete = models.BooleanField(default=False)
    rows_total = models.PositiveIntegerField(default=0)
    rows_with_errors = models.PositiveIntegerField(default=0)
    rows_matched = models.PositiveIntegerField(default=0)
    rows_differing = models.PositiveIntegerField(default=0)
    stage = models.CharField(max_length=8, default="waiting")
    problems = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.round_id} {self.imported_at:%Y-%m-%d}"


class TaxRecord(models.Model):
    """One person's tax by the record; found by the blind index, the number itself is not kept."""

    tax_record_import = models.ForeignKey(TaxRecordImport, on_delete=models.CASCADE, related_name="rows")
    id_index = models.BinaryField()
    tax_fen = models.BigIntegerField()

    class Meta:
        indexes = (models.Index(fields=["tax_record_import", "id_index"], name="tax_record_person"),)

    def __str__(self) -> str:
        return f"{self.tax_record_import_id}"
