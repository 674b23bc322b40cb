"""Who a report speaks of, why two records are alike, and drafts stand sealed too."""

import passerelle.records.sealed
from django.db import migrations

COLUMNS = (
    ("draft", "content"),
    ("judgement", "reason"),
    ("match", "because"),
    ("subject", "caption"),
    ("subject", "properties"),
    ("visit", "reason"),
)


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0010_recalled'),
    ]

    operations = [
        migrations.AlterField(
            model_name='draft',
            name='content',
            field=passerelle.records.sealed.SealedJson(default=dict, row='officer_id'),
        ),
        migrations.AlterField(
            model_name='judgement',
            name='reason',
            field=passerelle.records.sealed.SealedText(blank=True, row='match_id'),
        ),
        migrations.AlterField(
            model_name='match',
            name='because',
            field=passerelle.records.sealed.SealedJson(default=list),
        ),
        migrations.AlterField(
            model_name='subject',
            name='caption',
            field=passerelle.records.sealed.SealedText(),
        ),
        migrations.AlterField(
            model_name='subject',
            name='properties',
            field=passerelle.records.sealed.SealedJson(default=dict),
        ),
        migrations.AlterField(
            model_name='visit',
            name='reason',
            field=passerelle.records.sealed.SealedText(blank=True, row='thing'),
        ),
        migrations.RunPython(passerelle.records.sealed.seal_what_stands(COLUMNS), migrations.RunPython.noop),
    ]
