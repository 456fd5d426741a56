"""Indexes in the order of the worklist, over what is on a desk."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('workflows', '0005_calendars'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='application',
            name='application_handler_due',
        ),
        migrations.RemoveIndex(
            model_name='application',
            name='application_authority_due',
        ),
        migrations.AddIndex(
            model_name='application',
            index=models.Index(condition=models.Q(('number__isnull', False)), fields=['handler', 'state', 'due_on', 'id'], name='application_handler_desk'),
        ),
        migrations.AddIndex(
            model_name='application',
            index=models.Index(condition=models.Q(('number__isnull', False)), fields=['authority', 'state', 'due_on', 'id'], name='application_authority_desk'),
        ),
        migrations.AddIndex(
            model_name='application',
            index=models.Index(condition=models.Q(('number__isnull', False), ('rows_granted', 0), ('rows_held', 0)), fields=['authority', 'state', 'due_on', 'id'], name='application_ungranted'),
        ),
    ]
