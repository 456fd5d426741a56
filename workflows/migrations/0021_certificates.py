"""Certificates: what they say never changes; they are revoked once, and stay."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


KEPT = """
CREATE FUNCTION workflows_certificate_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.revoked_at IS NOT NULL
     OR (to_jsonb(NEW) - ARRAY['revoked_at', 'revoked_by_id', 'revoked_reason'])
        IS DISTINCT FROM (to_jsonb(OLD) - ARRAY['revoked_at', 'revoked_by_id', 'revoked_reason']) THEN
    RAISE EXCEPTION '% of certificate % is refused: what was issued stays as it is, and is revoked once',
        TG_OP, OLD.number
      USING ERRCODE = 'check_violation', CONSTRAINT = 'certificate_kept';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER certificate_kept BEFORE UPDATE OR DELETE ON workflows_certificate
  FOR EACH ROW EXECUTE FUNCTION workflows_certificate_kept();
"""

UNDO = """
DROP TRIGGER certificate_kept ON workflows_certificate;
DROP FUNCTION workflows_certificate_kept();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("workflows", "0020_planning"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="application",
            name="certificate",
            field=models.CharField(blank=True, db_default="", default="", max_length=24),
        ),
        migrations.CreateModel(
            name="Certificate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=24, unique=True, verbose_name="number")),
                ("programme", models.CharField(max_length=40)),
                ("year", models.PositiveSmallIntegerField()),
                ("ordinal", models.PositiveIntegerField()),
                ("code", models.CharField(max_length=16, unique=True, verbose_name="check code")),
                ("content", models.JSONField()),
                ("sha256", models.CharField(max_length=64)),
                ("issued_on", models.DateField(verbose_name="issued on")),
                ("issued_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True, verbose_name="revoked")),
                ("revoked_reason", models.CharField(blank=True, default="", max_length=500)),
                (
                    "application",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="issued",
                        to="workflows.application",
                    ),
                ),
                (
                    "issued_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "revoked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("programme", "year", "ordinal"), name="certificate_ordinal"
                    )
                ],
            },
        ),
        migrations.RunSQL(KEPT, UNDO),
    ]
