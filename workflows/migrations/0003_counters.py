"""The counters by state, the trigger that keeps them, and their first filling."""

import django.db.models.deletion
from django.db import migrations, models

TRIGGER = """
-- Both sides of the statement are summed without being joined: what did not change adds up to nothing.
CREATE FUNCTION workflows_count_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO workflows_casecount (programme, round_id, handler_id, authority_id, state, numbered,
                                   cases, people, granted, amount_fen, paid_fen)
  SELECT programme, round_id, handler_id, authority_id, state, numbered,
         sum(n), sum(n * rows_total), sum(n * rows_granted), sum(n * amount_fen), sum(n * paid_fen)
    FROM (SELECT programme, round_id, handler_id, authority_id, state, number IS NOT NULL AS numbered,
                 -1 AS n, rows_total, rows_granted, amount_fen, paid_fen FROM old_rows
          UNION ALL
          SELECT programme, round_id, handler_id, authority_id, state, number IS NOT NULL,
                 1, rows_total, rows_granted, amount_fen, paid_fen FROM new_rows) changed
   GROUP BY programme, round_id, handler_id, authority_id, state, numbered
  HAVING sum(n) <> 0 OR sum(n * rows_total) <> 0 OR sum(n * rows_granted) <> 0
      OR sum(n * amount_fen) <> 0 OR sum(n * paid_fen) <> 0;
  RETURN NULL;
END $$;

CREATE TRIGGER application_counted AFTER UPDATE ON workflows_application
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION workflows_count_changed();

CREATE FUNCTION workflows_count_entered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO workflows_casecount (programme, round_id, handler_id, authority_id, state, numbered,
                                   cases, people, granted, amount_fen, paid_fen)
  SELECT programme, round_id, handler_id, authority_id, state, number IS NOT NULL,
         count(*), sum(rows_total), sum(rows_granted), sum(amount_fen), sum(paid_fen)
    FROM new_rows GROUP BY 1, 2, 3, 4, 5, 6;
  RETURN NULL;
END $$;

CREATE TRIGGER application_counted_in AFTER INSERT ON workflows_application
  REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION workflows_count_entered();

CREATE FUNCTION workflows_count_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO workflows_casecount (programme, round_id, handler_id, authority_id, state, numbered,
                                   cases, people, granted, amount_fen, paid_fen)
  SELECT programme, round_id, handler_id, authority_id, state, number IS NOT NULL,
         -count(*), -sum(rows_total), -sum(rows_granted), -sum(amount_fen), -sum(paid_fen)
    FROM old_rows GROUP BY 1, 2, 3, 4, 5, 6;
  RETURN NULL;
END $$;

CREATE TRIGGER application_counted_out AFTER DELETE ON workflows_application
  REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION workflows_count_gone();

-- The triggers hold off writers until this transaction ends: nothing slips in between them and the filling.
INSERT INTO workflows_casecount (programme, round_id, handler_id, authority_id, state, numbered,
                                 cases, people, granted, amount_fen, paid_fen)
SELECT programme, round_id, handler_id, authority_id, state, number IS NOT NULL,
       count(*), sum(rows_total), sum(rows_granted), sum(amount_fen), sum(paid_fen)
  FROM workflows_application GROUP BY 1, 2, 3, 4, 5, 6;

-- A small table of many changes: its dead rows are cleared away soon.
ALTER TABLE workflows_casecount SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000,
                                     autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 2000);
"""

UNDO = """
DROP TRIGGER application_counted_out ON workflows_application;
DROP TRIGGER application_counted_in ON workflows_application;
DROP TRIGGER application_counted ON workflows_application;
DROP FUNCTION workflows_count_gone();
DROP FUNCTION workflows_count_entered();
DROP FUNCTION workflows_count_changed();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('workflows', '0002_triggers'),
    ]

    operations = [
        migrations.CreateModel(
            name='CaseCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('programme', models.CharField(max_length=40)),
                ('state', models.CharField(max_length=24)),
                ('numbered', models.BooleanField()),
                ('cases', models.BigIntegerField()),
                ('people', models.BigIntegerField()),
                ('granted', models.BigIntegerField()),
                ('amount_fen', models.BigIntegerField()),
                ('paid_fen', models.BigIntegerField()),
                ('authority', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='accounts.organisation')),
                ('handler', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='accounts.organisation')),
                ('round', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, to='workflows.round')),
            ],
        ),
        migrations.RunSQL(TRIGGER, UNDO),
    ]
