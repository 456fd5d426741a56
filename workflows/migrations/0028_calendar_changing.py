"""Which transaction changed the calendar last: read without a snapshot, as a sequence is."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [("workflows", "0027_bids_and_reminders")]
    operations = [
        migrations.RunSQL("CREATE SEQUENCE workflows_calendar_changing", "DROP SEQUENCE workflows_calendar_changing")
    ]
