"""A report that cannot be looked at under another table is left behind by name, so that those after it are looked at."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0008_lessons"),
    ]

    operations = [
        migrations.AddField(
            model_name="ruletable",
            name="left_behind",
            field=models.JSONField(blank=True, default=list),
        ),
    ]
