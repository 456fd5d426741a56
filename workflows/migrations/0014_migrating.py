"""Migrations of cases, and a trigger that lets a case change its policy version as one of them says."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

EDGES = """
CREATE OR REPLACE FUNCTION workflows_refuse_edge() RETURNS trigger LANGUAGE plpgsql SET enable_nestloop = off AS $$
DECLARE bad record;
BEGIN
  SELECT n.id, n.programme, n.policy, o.policy AS old_policy, o.state AS source, n.state AS target INTO bad
    FROM new_rows n JOIN old_rows o ON o.id = n.id
   WHERE (n.state <> o.state OR n.policy <> o.policy OR n.programme <> o.programme)
     AND NOT EXISTS (SELECT 1 FROM workflows_edge e
                      WHERE e.programme = o.programme AND n.programme = o.programme
                        AND e.policy = o.policy AND n.policy = o.policy
                        AND e.source = o.state AND e.target = n.state){migrations}
   LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'application %: no step of % % leads from % to % %',
        bad.id, bad.programme, bad.old_policy, bad.source, bad.target, bad.policy
      USING ERRCODE = 'check_violation', CONSTRAINT = 'application_edge';
  END IF;
  RETURN NULL;
END $$;
"""
# There, and back again.
MIGRATIONS = """
     AND NOT EXISTS (SELECT 1 FROM workflows_casemigration m
                      WHERE m.programme = o.programme AND n.programme = o.programme
                        AND m.source = o.policy AND m.target = n.policy AND m.mapping ->> o.state = n.state)
     AND NOT EXISTS (SELECT 1 FROM workflows_casemigration m
                      WHERE m.programme = o.programme AND n.programme = o.programme
                        AND m.target = o.policy AND m.source = n.policy AND m.mapping ->> n.state = o.state)"""


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("workflows", "0013_indexes"),
    ]
    operations = [
        migrations.CreateModel(
            name="CaseMigration",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("programme", models.CharField(max_length=40)),
                ("source", models.CharField(max_length=20)),
                ("target", models.CharField(max_length=20)),
                ("mapping", models.JSONField()),
                ("reason", models.TextField()),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("cases", models.PositiveIntegerField(default=0)),
                ("taken_back_at", models.DateTimeField(null=True)),
                ("taken_back", models.PositiveIntegerField(default=0)),
                (
                    "operator",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.RunSQL(EDGES.replace("{migrations}", MIGRATIONS), EDGES.replace("{migrations}", "")),
    ]
