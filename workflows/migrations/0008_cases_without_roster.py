import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Programmes may decide on the case itself: its answers as values, lines of a notice without a person."""

    dependencies = [("workflows", "0007_kept_answers")]

    operations = [
        migrations.AddField(model_name="application", name="facts", field=models.JSONField(default=dict)),
        migrations.AlterField(
            model_name="noticeline",
            name="person",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="notice_lines",
                to="workflows.person",
            ),
        ),
        migrations.AlterField(
            model_name="noticeline",
            name="person_name",
            field=models.CharField(blank=True, default="", max_length=80),
        ),
    ]
