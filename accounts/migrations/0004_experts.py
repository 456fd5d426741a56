"""The role of experts."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_names'),
    ]

    operations = [
        migrations.AlterField(
            model_name='invitation',
            name='role',
            field=models.CharField(choices=[('owner', 'Owner'), ('agent', 'Agent'), ('clerk', 'Clerk'), ('official', 'Official'), ('cashier', 'Cashier'), ('auditor', 'Auditor'), ('administrator', 'Administrator'), ('expert', 'Expert'), ('system', 'System')], max_length=16, verbose_name='role'),
        ),
        migrations.AlterField(
            model_name='membership',
            name='role',
            field=models.CharField(choices=[('owner', 'Owner'), ('agent', 'Agent'), ('clerk', 'Clerk'), ('official', 'Official'), ('cashier', 'Cashier'), ('auditor', 'Auditor'), ('administrator', 'Administrator'), ('expert', 'Expert'), ('system', 'System')], max_length=16, verbose_name='role'),
        ),
    ]
