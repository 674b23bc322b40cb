"""A colleague is asked about a dossier of their own service: the question stands with it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0003_rule_tables"),
    ]

    operations = [
        migrations.AddField(
            model_name="question",
            name="dossier",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="questions",
                to="records.dossier",
            ),
        ),
    ]
