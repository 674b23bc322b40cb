"""The ledger's head knows how far effective time runs before the clock on the wall, and since when."""

import datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0016_passkeys_and_identities"),
    ]

    operations = [
        migrations.AddField(
            model_name="ledgerhead",
            name="ahead",
            field=models.DurationField(default=datetime.timedelta),
        ),
        migrations.AddField(
            model_name="ledgerhead",
            name="back_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="ledgerhead",
            name="seen_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
