"""A recipient asks whoever filed a report to pass it on to a further service; the telling knows what it rests on."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0005_handovers_and_what_was_seen"),
    ]

    operations = [
        migrations.AddField(
            model_name="question",
            name="onward_to",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="records.service",
            ),
        ),
        migrations.AddField(
            model_name="duty",
            name="onward",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="records.question",
            ),
        ),
    ]
