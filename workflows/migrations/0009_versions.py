"""Published policy versions, and edges of one version each."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

# Written again from the declarations as soon as the migrations are done.
NO_EDGES = "DELETE FROM workflows_edge"

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
                        AND e.source = o.state AND e.target = n.state)
   LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'application %: no step of % % leads from % to % %',
        bad.id, bad.programme, bad.old_policy, bad.source, bad.target, bad.policy
      USING ERRCODE = 'check_violation', CONSTRAINT = 'application_edge';
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION workflows_refuse_entry() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE bad record;
BEGIN
  SELECT n.id, n.programme, n.policy, n.state INTO bad FROM new_rows n
   WHERE NOT EXISTS (SELECT 1 FROM workflows_edge e
                      WHERE e.programme = n.programme AND e.policy = n.policy AND e.source = '' AND e.target = n.state)
   LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'application %: % % does not begin in %', bad.id, bad.programme, bad.policy, bad.state
      USING ERRCODE = 'check_violation', CONSTRAINT = 'application_edge';
  END IF;
  RETURN NULL;
END $$;
"""

EDGES_UNDO = """
CREATE OR REPLACE FUNCTION workflows_refuse_edge() RETURNS trigger LANGUAGE plpgsql SET enable_nestloop = off AS $$
DECLARE bad record;
BEGIN
  SELECT n.id, n.programme, o.state AS source, n.state AS target INTO bad
    FROM new_rows n JOIN old_rows o ON o.id = n.id
   WHERE (n.state <> o.state OR n.programme <> o.programme)
     AND NOT EXISTS (SELECT 1 FROM workflows_edge e
                      WHERE e.programme = o.programme AND n.programme = o.programme
                        AND e.source = o.state AND e.target = n.state)
   LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'application %: no step of % leads from % to %', bad.id, bad.programme, bad.source, bad.target
      USING ERRCODE = 'check_violation', CONSTRAINT = 'application_edge';
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION workflows_refuse_entry() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE bad record;
BEGIN
  SELECT n.id, n.programme, n.state INTO bad FROM new_rows n
   WHERE NOT EXISTS (SELECT 1 FROM workflows_edge e
                      WHERE e.programme = n.programme AND e.source = '' AND e.target = n.state)
   LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'application %: % does not begin in %', bad.id, bad.programme, bad.state
      USING ERRCODE = 'check_violation', CONSTRAINT = 'application_edge';
  END IF;
  RETURN NULL;
END $$;
"""

PUBLISHED = """
ALTER TABLE workflows_policyversion ADD CONSTRAINT version_hash
  CHECK (sha256 = encode(sha256(convert_to(definition, 'UTF8')), 'hex'));

CREATE FUNCTION workflows_published() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% of % is refused: a published policy version is kept as it is; publish a new one',
      TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'check_violation', CONSTRAINT = 'version_published';
END $$;

CREATE TRIGGER version_published BEFORE UPDATE OR DELETE ON workflows_policyversion
  FOR EACH ROW EXECUTE FUNCTION workflows_published();
CREATE TRIGGER version_no_truncate BEFORE TRUNCATE ON workflows_policyversion
  FOR EACH STATEMENT EXECUTE FUNCTION workflows_published();

-- Rounds of before are taken as they are: their versions are published after this migration.
ALTER TABLE workflows_round ADD CONSTRAINT round_version
  FOREIGN KEY (programme, policy) REFERENCES workflows_policyversion (programme, key) NOT VALID;
"""

PUBLISHED_UNDO = """
ALTER TABLE workflows_round DROP CONSTRAINT round_version;
DROP TRIGGER version_no_truncate ON workflows_policyversion;
DROP TRIGGER version_published ON workflows_policyversion;
DROP FUNCTION workflows_published();
ALTER TABLE workflows_policyversion DROP CONSTRAINT version_hash;
"""


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("workflows", "0008_cases_without_roster"),
    ]
    operations = [
        migrations.CreateModel(
            name="PolicyVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("programme", models.CharField(max_length=40, verbose_name="programme")),
                ("key", models.CharField(max_length=20, verbose_name="policy version")),
                ("number", models.PositiveIntegerField()),
                ("definition", models.TextField()),
                ("sha256", models.CharField(max_length=64)),
                (
                    "published_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="published"
                    ),
                ),
                ("note", models.TextField(blank=True, default="")),
                (
                    "published_by",
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
                    models.UniqueConstraint(fields=("programme", "key"), name="version_once"),
                    models.UniqueConstraint(fields=("programme", "number"), name="version_number"),
                ],
            },
        ),
        migrations.RunSQL(NO_EDGES, NO_EDGES),
        migrations.AddField(
            model_name="edge", name="policy", field=models.CharField(default="", max_length=20), preserve_default=False
        ),
        migrations.RemoveConstraint(model_name="edge", name="edge_once"),
        migrations.AddConstraint(
            model_name="edge",
            constraint=models.UniqueConstraint(
                fields=("programme", "policy", "source", "target", "step"), name="edge_once"
            ),
        ),
        migrations.RunSQL(EDGES, EDGES_UNDO),
        migrations.RunSQL(PUBLISHED, PUBLISHED_UNDO),
    ]
