"""A delivery can be recalled: then the telling is decided, and may be sent, again."""

from django.db import migrations, models

import passerelle.records.sealed


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0009_watches_asked_for"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="delivery",
            name="delivery_once",
        ),
        migrations.RemoveConstraint(
            model_name="delivery",
            name="delivery_evidence",
        ),
        migrations.RemoveConstraint(
            model_name="duty",
            name="duty_once",
        ),
        migrations.AddField(
            model_name="delivery",
            name="recall_reason",
            field=passerelle.records.sealed.SealedText(blank=True, default=""),
        ),
        migrations.AddField(
            model_name="delivery",
            name="recalled_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(
                condition=models.Q(("evidence", "recalled"), _negated=True),
                fields=("report", "report_version", "recipient", "form"),
                name="delivery_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("evidence__in", ["queued", "delivered", "opened", "acknowledged", "acted_upon", "recalled"])
                ),
                name="delivery_evidence",
            ),
        ),
        migrations.AddConstraint(
            model_name="duty",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("kind", "pass_on"),
                    models.Q(("state", "void"), _negated=True),
                    models.Q(("outcome", "recalled"), _negated=True),
                ),
                fields=("report", "recipient", "kind"),
                name="duty_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="duty",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "correct"), ("state__in", ("open", "held", "deferred", "withheld"))),
                fields=("report", "recipient"),
                name="duty_correct_once",
            ),
        ),
    ]
