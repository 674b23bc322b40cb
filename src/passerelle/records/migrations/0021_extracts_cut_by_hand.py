"""What the desk let an extract carry stands with its delivery: a correction carries no more."""

import passerelle.records.sealed
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0020_questions_and_overloads"),
    ]

    operations = [
        migrations.AddField(
            model_name="delivery",
            name="torn",
            field=passerelle.records.sealed.SealedJson(default=dict),
        ),
    ]
