"""Calendars by region with overrides, what a change of them moved, and what a limit is counted from."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

VIEW = """
CREATE VIEW workflows_calendar AS
  SELECT ''::varchar(40) AS region, day, working, ordinal, provisional FROM workflows_calendarday
  UNION ALL SELECT region, day, working, ordinal, provisional FROM workflows_regionday;
"""

LEDGER = """
CREATE FUNCTION workflows_override_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.taken_back_at IS NOT NULL OR ROW(OLD.day, OLD.region, OLD.working, OLD.reason, OLD.document, OLD.made_by_id,
      OLD.made_at) IS DISTINCT FROM ROW(NEW.day, NEW.region, NEW.working, NEW.reason, NEW.document, NEW.made_by_id,
      NEW.made_at) THEN
    RAISE EXCEPTION 'override %: it can only be taken back, once', OLD.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'append_only';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER override_kept BEFORE UPDATE ON workflows_calendaroverride
  FOR EACH ROW EXECUTE FUNCTION workflows_override_kept();
CREATE TRIGGER override_append_only BEFORE DELETE ON workflows_calendaroverride
  FOR EACH ROW EXECUTE FUNCTION workflows_append_only();
CREATE TRIGGER calendar_change_append_only BEFORE DELETE ON workflows_calendarchange
  FOR EACH ROW EXECUTE FUNCTION workflows_append_only();
CREATE TRIGGER limit_move_append_only BEFORE UPDATE OR DELETE ON workflows_limitmove
  FOR EACH ROW EXECUTE FUNCTION workflows_append_only();
"""

# What runs already is counted back: the working days between setting and end, less those on which the clock
# stood still. The one programme so far promised sixty days and stopped the clock in one state.
COUNTED_BACK = f"""
UPDATE workflows_deadline d SET from_on = f.day, days = GREATEST(0, due.ordinal - f.ordinal - still.days)
  FROM workflows_deadline open
  JOIN workflows_calendarday f ON f.day = (open.set_at AT TIME ZONE '{settings.TIME_ZONE}')::date
  JOIN workflows_calendarday due ON due.day = open.due_on
  CROSS JOIN LATERAL (
    SELECT COALESCE(sum(u.ordinal - s.ordinal), 0) AS days
      FROM workflows_event e
      CROSS JOIN LATERAL (SELECT n.at FROM workflows_event n WHERE n.application_id = e.application_id
          AND n.seq > e.seq AND n.source <> n.target ORDER BY n.seq LIMIT 1) gone
      JOIN workflows_calendarday s ON s.day = (e.at AT TIME ZONE '{settings.TIME_ZONE}')::date
      JOIN workflows_calendarday u ON u.day = (gone.at AT TIME ZONE '{settings.TIME_ZONE}')::date
     WHERE e.application_id = open.application_id AND e.target = 'correcting' AND e.source <> e.target
       AND e.at > open.set_at) still
 WHERE open.id = d.id AND open.met_at IS NULL AND open.lapsed_at IS NULL;
UPDATE workflows_application SET promised_days = 60 WHERE promised_on IS NOT NULL;
"""  # noqa: S608 - the time zone is a setting

UNDO = """
DROP TRIGGER limit_move_append_only ON workflows_limitmove;
DROP TRIGGER calendar_change_append_only ON workflows_calendarchange;
DROP TRIGGER override_append_only ON workflows_calendaroverride;
DROP TRIGGER override_kept ON workflows_calendaroverride;
DROP FUNCTION workflows_override_kept();
DROP VIEW workflows_calendar;
"""

class Migration(migrations.Migration):

    dependencies = [
        ('workflows', '0004_declaring'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='application',
            name='promised_days',
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='calendarday',
            name='published',
            field=models.BooleanField(null=True),
        ),
        migrations.AddField(
            model_name='deadline',
            name='days',
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='deadline',
            name='escalated',
            field=models.PositiveSmallIntegerField(db_default=0),
        ),
        migrations.AddField(
            model_name='deadline',
            name='from_on',
            field=models.DateField(null=True),
        ),
        migrations.CreateModel(
            name='CalendarOverride',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(verbose_name='day')),
                ('region', models.CharField(blank=True, choices=[('siming', 'Siming'), ('huli', 'Huli'), ('jimei', 'Jimei'), ('haicang', 'Haicang'), ('tongan', "Tong'an"), ('xiangan', "Xiang'an")], default='', max_length=40, verbose_name='district')),
                ('working', models.BooleanField(verbose_name='working day')),
                ('reason', models.CharField(max_length=300, verbose_name='reason')),
                ('document', models.CharField(max_length=200, verbose_name='document')),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('taken_back_at', models.DateTimeField(null=True)),
                ('taken_back_reason', models.CharField(blank=True, default='', max_length=300)),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('taken_back_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='CalendarChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('loaded', 'Official calendar loaded'), ('overridden', 'Override'), ('taken_back', 'Override taken back')], max_length=10)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('first_on', models.DateField()),
                ('last_on', models.DateField()),
                ('moved', models.PositiveIntegerField(default=0)),
                ('kept', models.PositiveIntegerField(default=0)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('override', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='workflows.calendaroverride')),
            ],
        ),
        migrations.CreateModel(
            name='LimitMove',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('step', 'Time limit'), ('promise', 'Promised date'), ('notice', 'Notice period'), ('objection', 'Answer to an objection')], max_length=10)),
                ('step', models.CharField(blank=True, default='', max_length=40)),
                ('was_on', models.DateField()),
                ('counted_on', models.DateField()),
                ('now_on', models.DateField()),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='limit_moves', to='workflows.application')),
                ('change', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='moves', to='workflows.calendarchange')),
            ],
        ),
        migrations.CreateModel(
            name='RegionDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('region', models.CharField(max_length=40)),
                ('day', models.DateField()),
                ('working', models.BooleanField()),
                ('ordinal', models.IntegerField()),
                ('provisional', models.BooleanField(default=False)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('working', True)), fields=['region', 'ordinal'], name='region_ordinal')],
                'constraints': [models.UniqueConstraint(fields=('region', 'day'), name='region_day_once')],
            },
        ),
        migrations.AddIndex(
            model_name='calendaroverride',
            index=models.Index(fields=['-day'], name='override_day'),
        ),
        migrations.AddConstraint(
            model_name='calendaroverride',
            constraint=models.UniqueConstraint(condition=models.Q(('taken_back_at', None)), fields=('day', 'region'), name='override_once_in_force'),
        ),
        migrations.AddIndex(
            model_name='limitmove',
            index=models.Index(fields=['application', 'kind'], name='limit_move_of_application'),
        ),
        migrations.RunSQL(VIEW + LEDGER, UNDO),
        migrations.RunSQL(COUNTED_BACK, migrations.RunSQL.noop),
    ]
