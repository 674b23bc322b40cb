"""What the ledger holds of a match's reasons and of a legal basis is salted, with a salt that stands with the record."""

from django.db import migrations, models

import passerelle.records.models.reports


class Migration(migrations.Migration):
    dependencies = [("records", "0003_owed_again")]
    operations = [
        migrations.AddField(
            model_name=name,
            name="salt",
            field=models.BinaryField(default=passerelle.records.models.reports.new_salt),
        )
        for name in ("match", "interest")
    ]
