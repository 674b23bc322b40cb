"""Where information waited in a month is kept, so that the page of lessons reads only what was written since."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0007_who_put_a_subject_into_a_dossier"),
    ]

    operations = [
        migrations.CreateModel(
            name="Lesson",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.CharField(max_length=7, unique=True)),
                ("place", models.BigIntegerField()),
                ("leaf", models.CharField(max_length=64)),
                ("found", models.TextField()),
            ],
        ),
    ]
