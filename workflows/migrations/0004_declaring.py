from django.db import migrations, models

# Rounds that cases went through before they were counted.
COUNT = """
UPDATE workflows_application a SET correction_rounds = asked.n
  FROM (SELECT application_id, count(*) AS n FROM workflows_event WHERE step = 'ask_correction' GROUP BY 1) asked
 WHERE asked.application_id = a.id
"""


class Migration(migrations.Migration):
    """Rounds of correction are counted; proxies of programmes need no migrations any more (no table changes)."""

    dependencies = [("workflows", "0003_counters")]

    operations = [
        migrations.DeleteModel(name="TalentTaxRebate"),
        migrations.AddField(
            model_name="application",
            name="correction_rounds",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.RunSQL(COUNT, migrations.RunSQL.noop),
    ]
