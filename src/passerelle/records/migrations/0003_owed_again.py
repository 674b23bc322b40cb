"""A telling that was void may be owed again, and a later delivery is acknowledged by itself."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0002_ledger_is_append_only")]
    operations = [
        migrations.RemoveConstraint(model_name="duty", name="duty_once"),
        migrations.AddConstraint(
            model_name="duty",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind__in", ["pass_on", "correct"]), models.Q(("state", "void"), _negated=True)),
                fields=("report", "recipient", "kind"),
                name="duty_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="duty",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "acknowledge"), ("state__in", ("open", "held", "deferred", "withheld"))),
                fields=("report", "recipient"),
                name="duty_acknowledge_once",
            ),
        ),
    ]
