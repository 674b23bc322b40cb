"""A subject of a dossier knows who put it there: what one officer may add in a day is counted by it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0006_asked_to_pass_on"),
    ]

    operations = [
        migrations.AddField(
            model_name="subject",
            name="added_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="subject",
            index=models.Index(
                condition=models.Q(("added_by__isnull", False)),
                fields=["added_by", "recorded_at"],
                name="subject_added_by",
            ),
        ),
    ]
