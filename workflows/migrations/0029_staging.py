"""Rows of an upload cost less to store: their upload is looked for once per statement, and they stand in fewer indexes.

The triggers do what the foreign key did: they lock the upload against deletion, refuse rows of one that is not there, and
refuse to delete one that has rows. They come before the key goes.
"""

import django.db.models.deletion
from django.db import migrations, models

BELONGS = """
CREATE FUNCTION workflows_staged_belongs() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE stray bigint;
BEGIN
  PERFORM FROM workflows_rosterimport WHERE id IN (SELECT roster_import_id FROM added) FOR KEY SHARE;
  SELECT a.roster_import_id INTO stray FROM (SELECT DISTINCT roster_import_id FROM added) a
   WHERE NOT EXISTS (SELECT FROM workflows_rosterimport i WHERE i.id = a.roster_import_id) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'there is no upload %', stray
      USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'staged_belongs';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER staged_belongs AFTER INSERT ON workflows_stagedperson
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION workflows_staged_belongs();
"""
BELONGS_UNDO = """
DROP TRIGGER staged_belongs ON workflows_stagedperson;
DROP FUNCTION workflows_staged_belongs();
"""
STAYS = """
CREATE FUNCTION workflows_staged_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a row stays with its upload'
    USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'staged_belongs';
END $$;
CREATE TRIGGER staged_stays BEFORE UPDATE ON workflows_stagedperson FOR EACH ROW
  WHEN (OLD.roster_import_id IS DISTINCT FROM NEW.roster_import_id) EXECUTE FUNCTION workflows_staged_stays();
CREATE TRIGGER import_keeps_id BEFORE UPDATE ON workflows_rosterimport FOR EACH ROW
  WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION workflows_staged_stays();
"""
STAYS_UNDO = """
DROP TRIGGER import_keeps_id ON workflows_rosterimport;
DROP TRIGGER staged_stays ON workflows_stagedperson;
DROP FUNCTION workflows_staged_stays();
"""
EMPTY_FIRST = """
CREATE FUNCTION workflows_import_empty() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM workflows_stagedperson s JOIN gone ON gone.id = s.roster_import_id) THEN
    RAISE EXCEPTION 'the upload still has rows'
      USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'staged_belongs';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER import_empty AFTER DELETE ON workflows_rosterimport
  REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION workflows_import_empty();
"""
EMPTY_FIRST_UNDO = """
DROP TRIGGER import_empty ON workflows_rosterimport;
DROP FUNCTION workflows_import_empty();
"""


class Migration(migrations.Migration):

    dependencies = [("workflows", "0028_calendar_changing")]
    operations = [
        migrations.RunSQL(BELONGS, BELONGS_UNDO),
        migrations.RunSQL(STAYS, STAYS_UNDO),
        migrations.RunSQL(EMPTY_FIRST, EMPTY_FIRST_UNDO),
        migrations.AlterField(
            "stagedperson", "roster_import",
            models.ForeignKey(
                db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="rows",
                to="workflows.rosterimport",
            ),
        ),
        migrations.AlterField(
            "stagedperson", "person",
            models.ForeignKey(
                db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+",
                to="workflows.person",
            ),
        ),
        migrations.AddIndex(
            "stagedperson",
            models.Index(condition=models.Q(person__isnull=False), fields=["person"], name="staged_person"),
        ),
    ]
